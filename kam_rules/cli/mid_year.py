"""`kam-rules mid-year`: accounts change hands within the year."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FOR, FORMAT, show


@click.command("mid-year")
@click.argument("run", type=FILE)
@click.argument("changes", type=FILE)
@click.option("--accounts", is_flag=True, help="List every account that changes hands.")
@FOR
@FORMAT
def command(run: Path, changes: Path, accounts: bool, rep: str | None, form: str) -> None:  # noqa: FBT001 - click hands it on by name
    """Let accounts of RUN change hands as CHANGES says: people who start, move and leave.

    Quota is divided by days, or by whole months where the policy says so; the sum before and after is the same. The run
    itself is not altered. kam-rules schema changes tells what CHANGES holds.

    \b
    Examples:
      kam-rules mid-year runs/fy2027 changes.yaml
      kam-rules mid-year runs/fy2027 changes.yaml --for rep:R-01
    """
    from kam_rules import engine, years
    from kam_rules.reports.mid_year import mid_year

    found = engine.read(run)
    show(mid_year(found, years.mid_year(found, changes), every=accounts, rep=rep), form)
