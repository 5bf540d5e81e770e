"""`kam-rules year-end`: judge a run by what became of its accounts."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FOR, FORMAT, show


@click.command("year-end")
@click.argument("run", type=FILE)
@click.argument("actuals", type=FILE)
@click.option("--accounts", is_flag=True, help="List every account, not only those that moved most.")
@FOR
@FORMAT
def command(run: Path, actuals: Path, accounts: bool, rep: str | None, form: str) -> None:  # noqa: FBT001 - click hands it on by name
    """Judge the year of RUN by the actuals that ACTUALS names.

    Tells attainment of the committed and of the total quota, the ranks under raw NRR, uniform and account-based, the club
    that the policy names, and the retention of the closed cohort. kam-rules schema actuals tells what ACTUALS holds.

    \b
    Examples:
      kam-rules year-end runs/fy2027 actuals.yaml
      kam-rules year-end runs/fy2027 actuals.yaml --accounts --format csv
      kam-rules year-end runs/fy2027 actuals.yaml --for rep:R-01
    """
    from kam_rules import engine, years
    from kam_rules.reports.year_end import year_end

    found = engine.read(run)
    show(year_end(found, years.year_end(found, actuals), accounts=accounts, rep=rep), form)
