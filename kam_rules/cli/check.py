"""`kam-rules check`: everything that can be known before a run."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import click

from kam_rules.cli._shared import DAY, FILE, FINDING_FORMAT, share, show, tell

ERROR = 1
LEVELS = ("error", "warning", "note", "never")


@click.command("check")
@click.argument("policy", type=FILE)
@click.option("--data", type=FILE, help="A data file: hold its accounts against the policy's contract, too.")
@click.option("--fail-level", "level", type=click.Choice(LEVELS), default="error", show_default=True, help="The level that ends with 1.")
@click.option("--on", type=DAY, help="The day that waivers are held against; by default the day that is decided for.")
@click.option("--within", default="2%", show_default=True, callback=share, help="With --data: how near an edge an account is near it.")
@FINDING_FORMAT
def command(policy: Path, data: Path | None, level: str, on: dt.datetime | None, within: Fraction, form: str) -> None:
    """Tell everything that can be known of POLICY before a run.

    All faults are told at once, each with its line and what to do; a policy without faults is analysed: rules that never
    fire, accounts that no rule takes, edges that nobody reaches, and what the articles advise. With --data the accounts
    are read by the policy's data contract, every value that breaks it is listed, and each finding is weighed on them.

    What POLICY.waivers.yaml accepts is counted apart. Ends with 1 where something of --fail-level or above is found.

    \b
    Examples:
      kam-rules check policies/key-accounts/fy2027.yaml
      kam-rules check policy.yaml --data data.yaml --format csv > checked.csv
      kam-rules check policy.yaml --format sarif > check.sarif
      kam-rules check policy.yaml --fail-level warning --on 2026-10-01
    """
    from kam_rules import engine
    from kam_rules.model.errors import DataError, PolicyError
    from kam_rules.reports.checked import checked, faulty, grave

    try:
        found = engine.check(policy, data, on=on.date() if on else None, within=within)
    except (PolicyError, DataError) as error:
        if form == "text":
            tell(error.findings)
        else:
            show(faulty(str(policy), error.findings), form)
        raise click.exceptions.Exit(error.exit_code) from None
    show(checked(found), form)
    if grave(found, level):
        raise click.exceptions.Exit(ERROR)
