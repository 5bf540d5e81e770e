"""`kam-rules report`: a whole run from one side."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, show


@click.group("report")
def command() -> None:
    """Look at a whole run from one side.

    \b
    Examples:
      kam-rules report rules runs/FY2027-2026-01-31-1a2b3c4d
    """


@command.command("rules")
@click.argument("run", type=FILE)
@FORMAT
def rules(run: Path, form: str) -> None:
    """Tell how often every rule of RUN fired, and which fired for no account."""
    from kam_rules import engine
    from kam_rules.reports import rules as counts

    show(counts.rules(engine.read(run)), form)
