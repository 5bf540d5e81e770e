"""`kam-rules periods`: quota by quarter or month."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, show


@click.command("periods")
@click.argument("run", type=FILE)
@click.argument("season", type=FILE, required=False)
@FORMAT
def command(run: Path, season: Path | None, form: str) -> None:
    """Divide the quotas of RUN into quarters or months, as its policy says under `periods`.

    SEASON names last year's revenue, for split: season alone. kam-rules schema season tells what it holds.

    \b
    Examples:
      kam-rules periods runs/fy2027
      kam-rules periods runs/fy2027 season.yaml --format csv
    """
    from kam_rules import engine, years
    from kam_rules.reports.periods import periods

    found = engine.read(run)
    show(periods(found, years.periods(found, season)), form)
