"""`kam-rules data`: look at data before a policy decides by them."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._inspect import inspect
from kam_rules.cli._shared import FILE, FORMAT, Bar, Family, show, tell

FINDINGS, INVALID = 1, 4
SHOWN = 15
"""Rows of a list that people are shown; programs and pages get all."""


@click.group("data", cls=Family)
def command() -> None:
    """Look at data before a policy decides by them.

    \b
    Examples:
      kam-rules data inspect report.csv
      kam-rules data inspect report.csv --policy policy.yaml
      kam-rules data check data.yaml --policy policy.yaml
      kam-rules data check data.yaml --policy policy.yaml --work-list to-ask
    """


command.add_command(inspect)


@command.command("check")
@click.argument("data", type=FILE)
@click.option("--policy", type=FILE, required=True, help="The policy whose contract the data have to keep.")
@click.option("--work-list", "out", type=FILE, metavar="FOLDER", help="Write the missing answers there, one CSV for each owner.")
@FORMAT
def check(data: Path, policy: Path, out: Path | None, form: str) -> None:
    """Hold DATA against the contract of a policy: every failure, grouped, and the answers that are missing.

    Told are values out of contract with the revenue that they stand for, rows that are refused or set aside, control totals,
    parents, likely duplicates, and what is to be asked of whom: only answers that could change a decision, the largest
    account first. Ends with 1 where a row is refused, with 4 where the accounts are not what the ledger says.

    \b
    Examples:
      kam-rules data check data.yaml --policy policy.yaml
      kam-rules data check data.yaml --policy policy.yaml --format html > contract.html
      kam-rules data check data.yaml --policy policy.yaml --work-list to-ask
    """
    from kam_rules import intake
    from kam_rules.reports.contract import contract

    with Bar("checking") as bar:
        found = intake.check_data(policy, data, progress=bar.advance, expect=bar.expect)
    show(contract(found, SHOWN if form in {"text", "markdown"} else None), form)
    if out is not None:
        files = intake.write_work_list(found, out)
        click.echo(f"wrote {len(files):,} lists to {out}", err=True)
    if found.ledger:
        tell(found.ledger)
        raise click.exceptions.Exit(INVALID)
    if found.grave:
        raise click.exceptions.Exit(FINDINGS)
