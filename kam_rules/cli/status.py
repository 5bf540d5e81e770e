"""`kam-rules status`: whether a policy is in force."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FINDING_FORMAT, LEDGER, ROSTER, show

DRAFT = 1


@click.command("status")
@click.argument("policy", type=FILE)
@LEDGER
@ROSTER
@FINDING_FORMAT
def command(policy: Path, ledger: Path | None, roster: Path | None, form: str) -> None:
    """Tell whether POLICY is in force: which function has signed this exact content, and which has not.

    Signatures count by the roster alone: --roster, or roster.yaml beside the ledger. Ends with exit code 1 where the
    policy is a draft.

    \b
    Examples:
      kam-rules status policies/fy2027.yaml --ledger ledger.db
      kam-rules status policies/fy2027.yaml --ledger ledger.db --roster roster.yaml --format json
    """
    from kam_rules import proof
    from kam_rules.model.standing import DRAFT as IS_DRAFT
    from kam_rules.reports.status import status

    if ledger is None:
        raise click.UsageError("--ledger is missing: signatures are kept there; kam-rules ledger new ledger.db opens one")
    found = proof.status(policy, ledger, roster)
    show(status(found), form)
    if found.standing.status == IS_DRAFT:
        raise click.exceptions.Exit(DRAFT)
