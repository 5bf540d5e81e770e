"""`kam-rules check`: everything that can be known before a run."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FINDING_FORMAT, LEDGER, ROSTER, a_day, one_at_a_time, share, show, show_difference, tell

ERROR = 1
LEVELS = ("error", "warning", "note", "never")


@click.command("check")
@click.argument("policies", type=FILE, nargs=-1, required=True, metavar="POLICY...")
@click.option("--data", type=FILE, help="A data file: hold its accounts against the policy's contract, too.")
@click.option("--fail-level", "level", type=click.Choice(LEVELS), default="error", show_default=True, help="The level that ends with 1.")
@a_day("--on", said="The day that waivers are held against; by default the day that is decided for.")
@click.option("--within", default="2%", show_default=True, callback=share, help="With --data: how near an edge an account is near it.")
@click.option("--fix", is_flag=True, help="Mend what has one right spelling, and tell what was mended.")
@click.option("--diff", is_flag=True, help="With --fix: write nothing; show what would change.")
@click.option("--dry-run", is_flag=True, help="With --fix: write nothing; tell what would be mended.")
@LEDGER
@ROSTER
@FINDING_FORMAT
def command(  # noqa: PLR0913 - one an option
    policies: tuple[Path, ...],
    *,
    data: Path | None,
    level: str,
    on: dt.date | None,
    within: Fraction,
    fix: bool,
    diff: bool,
    dry_run: bool,
    ledger: Path | None,
    roster: Path | None,
    form: str,
) -> None:
    """Tell everything that can be known of each POLICY before a run.

    All faults are told at once, each with its line and what to do; a policy without faults is analysed: rules that never
    fire, accounts that no rule takes, edges that nobody reaches, and what the articles advise. With --data the accounts
    are read by the policy's data contract, every value that breaks it is listed, and each finding is weighed on them.

    --fix first mends what has one right spelling: a misspelled key or name, a figure in another notation. It never guesses
    a figure, and keeps a change only where its fault is gone and no other came; with --diff or --dry-run it only looks.

    What POLICY.waivers.yaml accepts is counted apart; with --ledger only where the person who answers for it has signed it.
    Ends with 1 where something of --fail-level or above is found.

    \b
    Examples:
      kam-rules check policies/key-accounts/fy2027.yaml
      kam-rules check policy.yaml --data data.yaml --format csv > checked.csv
      kam-rules check policy.yaml --format sarif > check.sarif
      kam-rules check policy.yaml --fail-level warning --on 2026-10-01
      kam-rules check policy.yaml --fix --diff
    """
    one_at_a_time(policies, form)
    codes = []
    for policy in policies:
        if fix or diff or dry_run:
            _mend(policy, write=not (diff or dry_run), diff=diff)
        codes.append(_check(policy, data, level, on, within, (ledger, roster), form))
    if any(codes):
        raise click.exceptions.Exit(max(codes))


def _mend(policy: Path, *, write: bool, diff: bool) -> None:
    """Mend small faults, and tell each."""
    from kam_rules import workshop

    before, after, done = workshop.mend_policy(policy, write=write)
    for change in done:
        click.echo(
            f"{change.finding.where}: {change.finding.code} {'mended' if write else 'would mend'}: {change.old} -> {change.new}", err=True
        )
    if diff:
        show_difference(policy, before, after)


Signed = tuple[Path | None, Path | None]


def _check(policy: Path, data: Path | None, level: str, on: dt.date | None, within: Fraction, signed: Signed, form: str) -> int:
    """Check one policy, show what there is to say of it, and return the exit code."""
    from kam_rules import engine, proof
    from kam_rules.model.errors import DataError, PolicyError
    from kam_rules.reports.checked import checked, faulty, grave

    try:
        found = engine.check(policy, data, on=on, within=within)
        ledger, roster = signed
        found = found if ledger is None else proof.approved(found, ledger, roster)
    except (PolicyError, DataError) as error:
        if form == "text":
            tell(error.findings)
        else:
            show(faulty(str(policy), error.findings), form)
        return error.exit_code
    show(checked(found), form)
    return ERROR if grave(found, level) else 0
