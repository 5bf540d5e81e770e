"""`kam-rules history`: keep what a run decided for the reviews to come."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE


@click.command("history")
@click.argument("run", type=FILE)
@click.argument("history", type=FILE)
def command(run: Path, history: Path) -> None:
    """Add what RUN decided to HISTORY, a CSV file: one row an account and review. RUN may be a filled-in review record.

    The next run reads it where the data file names it under history; then accounts hold their tiers as tier_changes says.
    No row is ever overwritten, and adding a run twice adds nothing.

    \b
    Examples:
      kam-rules history runs/FY2027-2026-01-31-1a2b3c4d history.csv
      kam-rules history review.csv history.csv
    """
    from kam_rules import engine, years

    found = run if run.is_file() else engine.read(run)
    added, by = years.history(found, history), "" if isinstance(found, Path) else f", by {found.name}"
    rows = f"{added:,} row{'' if added == 1 else 's'} added or filled in"
    click.echo(f"{history}: {rows}{by}" if added else f"{history} holds all of it already{by}")
