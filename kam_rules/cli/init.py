"""`kam-rules init`: a policy project to start from."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE


@click.command("init")
@click.argument("folder", type=FILE, default=".", required=False)
def command(folder: Path) -> None:
    """Write a small policy project into FOLDER (here, if none is named) that `kam-rules run` accepts at once.

    \b
    Examples:
      kam-rules init my-policy
      cd my-policy && kam-rules run policy.yaml data.yaml
    """
    from kam_rules import workshop

    for path in workshop.init(folder):
        click.echo(f"wrote {path}")
    here = "" if folder == Path() else f"cd {folder} && "
    click.echo(f"\nNext: {here}kam-rules run policy.yaml data.yaml", err=True)
