"""`kam-rules policies`: a folder of policies as a series."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FINDING_FORMAT, LEDGER, ROSTER, a_day, show

FINDINGS = 1


@click.command("policies")
@click.argument("folder", type=FILE)
@a_day("--on", said="Tell which policy is in force on this day.")
@LEDGER
@ROSTER
@FINDING_FORMAT
def command(folder: Path, on: dt.date | None, ledger: Path | None, roster: Path | None, form: str) -> None:
    """List the policies of FOLDER as a series: from when to when each is in force, what it extends, its hash.

    Days without a policy, days with two, and faults of any of them are findings. With --ledger each tells whether it is
    active or a draft, and one that was signed and is no longer what was signed is refused. Ends with 1 where there are
    findings. kam-rules run takes such a folder, too, and decides by the policy in force.

    \b
    Examples:
      kam-rules policies policies/resellers
      kam-rules policies policies/resellers --on 2020-10-01
      kam-rules policies policies --ledger ledger.db --format json
    """
    from kam_rules import years
    from kam_rules.reports.policies import policies

    found, status = years.series(folder, ledger, roster)
    show(policies(found, status, on), form)
    if found.findings:
        raise click.exceptions.Exit(FINDINGS)
