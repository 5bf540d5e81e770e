"""`kam-rules check`: everything that can be known before a run."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FINDING_FORMAT, show, tell

ERROR = 1


@click.command("check")
@click.argument("policy", type=FILE)
@click.option("--data", type=FILE, help="A data file: hold its accounts against the policy's contract, too.")
@FINDING_FORMAT
def command(policy: Path, data: Path | None, form: str) -> None:
    """Tell everything that can be known of POLICY before a run.

    All faults are told at once, each with its line and what to do. With --data the accounts are read by the policy's
    data contract, and every value that breaks it is listed.

    \b
    Examples:
      kam-rules check policies/key-accounts/fy2027.yaml
      kam-rules check policy.yaml --data data.yaml --format csv > to-mend.csv
      kam-rules check policy.yaml --format sarif > check.sarif
    """
    from kam_rules import engine
    from kam_rules.model.errors import DataError, PolicyError
    from kam_rules.reports.checked import checked, faulty

    try:
        found = engine.check(policy, data)
    except (PolicyError, DataError) as error:
        if form == "text":
            tell(error.findings)
        else:
            show(faulty(str(policy), error.findings), form)
        raise click.exceptions.Exit(error.exit_code) from None
    show(checked(found), form)
    if found.refused:
        raise click.exceptions.Exit(ERROR)
