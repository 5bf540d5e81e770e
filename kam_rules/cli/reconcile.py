"""`kam-rules reconcile`: climb the ladder of a run again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, LEDGER, ROSTER, pairs, show, tell

FINDINGS = 1


@click.command("reconcile")
@click.argument("run", type=FILE)
@click.option(
    "--top-down", metavar="AMOUNT", help="Another figure from above, in whole currency; teams share it as they share the policy's."
)
@click.option("--set", "sets", multiple=True, callback=pairs, metavar="NAME=VALUE", help="Try another value of an assumption.")
@click.option("--proceed", type=click.Choice(["new_business", "manager"]), help="Go on after an escalation: who is to bring the gap.")
@click.option("--by", default="", metavar="NAME", help="Who decided, or assumed another figure; somebody else approves it.")
@click.option("--reason", default="", metavar="WHY", help="Why it was decided.")
@click.option("--out", type=FILE, help="Keep the result as a run of its own; a decision to go on needs it.")
@LEDGER
@ROSTER
@FORMAT
def command(
    run: Path,
    *,
    top_down: str | None,
    sets: dict[str, str],
    proceed: str | None,
    by: str,
    reason: str,
    out: Path | None,
    ledger: Path | None,
    roster: Path | None,
    form: str,
) -> None:
    """Hold the targets of RUN against the figure from above, and tell the rung, its neighbours and every quota.

    The decisions stay as they are; the ladder alone is climbed again. Nothing is written without --out. After an
    escalation no quota exists until somebody decides to go on, by name and with a reason; the run in --out records it.

    \b
    Examples:
      kam-rules reconcile RUN
      kam-rules reconcile RUN --top-down 5600000
      kam-rules reconcile RUN --set top_down_nrr=110%
      kam-rules reconcile RUN --proceed new_business --by "I. Solvang" --reason "Board of 12 March" --out decided
    """
    from kam_rules import engine, proof
    from kam_rules.model.quota import Decision
    from kam_rules.reports.reconciliation import reconciliation

    now = dt.datetime.now(dt.UTC)
    if (reason and not proceed) or (proceed and (out is None or not (by or reason))):
        raise click.UsageError("--proceed, --by, --reason and --out stand together: a decision is kept as evidence")
    if by and not (proceed or sets or top_down):
        raise click.UsageError("--by needs --proceed, --set or --top-down: it names who decided or assumed that")
    decision = Decision(proceed, by, reason, now.date().isoformat()) if proceed else None
    found = engine.reconcile(run, top_down=top_down, sets=sets, decision=decision)
    if out is not None:
        found = proof.entered(found, ledger, roster, by)
        engine.write(found, out, {"at": now.isoformat(timespec="seconds")})
        if ledger is not None:
            proof.record_run(out, ledger, now.isoformat(timespec="seconds"))
    show(reconciliation(found), form)
    faults = engine.unassigned(found)
    if faults:
        tell(faults)
        raise click.exceptions.Exit(FINDINGS)
