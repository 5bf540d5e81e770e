"""`kam-rules periods`: quota by quarter or month."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FOR, FORMAT, show


@click.command("periods")
@click.argument("run", type=FILE)
@click.argument("season", type=FILE, required=False)
@FOR
@FORMAT
def command(run: Path, season: Path | None, rep: str | None, form: str) -> None:
    """Divide the quotas of RUN into quarters or months, as its policy says under `periods`.

    SEASON names last year's revenue, for split: season alone. kam-rules schema season tells what it holds.

    \b
    Examples:
      kam-rules periods runs/fy2027
      kam-rules periods runs/fy2027 season.yaml --format csv
      kam-rules periods runs/fy2027 --for rep:R-01
    """
    from kam_rules import engine, years
    from kam_rules.reports.periods import periods

    found = engine.read(run)
    show(periods(found, years.periods(found, season), rep), form)
