"""`kam-rules fmt`: the one layout of a policy."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, show_difference

DIFFERS = 1


@click.command("fmt")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Write nothing; end with 1 where a file is laid out otherwise.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--dry-run", is_flag=True, help="Write nothing; tell which files would change.")
def command(files: tuple[Path, ...], check: bool, diff: bool, dry_run: bool) -> None:  # noqa: FBT001 - click hands it on by name
    """Write FILES, policies and their tests and data files, in their one layout.

    Blocks are set in by two, conditions longer than a comparison stand outside of braces, signs have a space on both
    sides, lines end without blanks. Every comment stays, columns that you lined up stay, and no meaning changes.

    \b
    Examples:
      kam-rules fmt policy.yaml policy.tests.yaml
      kam-rules fmt --check policies/*.yaml
      kam-rules fmt --diff policy.yaml
    """
    from kam_rules import workshop

    write = not (check or diff or dry_run)
    changed = 0
    for path in files:
        before, after = workshop.format_file(path, write=write)
        changed += before != after
        if diff:
            show_difference(path, before, after)
        elif before != after:
            click.echo(f"{'wrote' if write else 'would change'} {path}")
    if not diff:
        click.echo(f"{changed} of {len(files)} files {'changed' if write else 'would change'}", err=True)
    if check and changed:
        raise click.exceptions.Exit(DIFFERS)
