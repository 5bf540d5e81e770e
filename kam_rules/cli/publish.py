"""`kam-rules publish`: make one run the quotas of its year."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, LEDGER, ROSTER, now, show


@click.command("publish")
@click.argument("run", type=FILE, required=False)
@click.option("--as", "by", metavar="NAME", help="Who publishes it, as the roster writes the name.")
@click.option("--key", type=FILE, help="The file with your private key.")
@click.option("--reason", default="", metavar="WHY", help="Why; needed where the year's quotas are published already.")
@LEDGER
@ROSTER
@FORMAT
def command(
    *, run: Path | None, by: str | None, key: Path | None, reason: str, ledger: Path | None, roster: Path | None, form: str
) -> None:
    """Make RUN the quotas of its policy's year; without RUN, tell what is published.

    A run can be published once it is recorded in the ledger, every function has signed its policy, and every team has its
    quotas. A later run of the year is an amendment: it says why, and lists what changes for whom. What was published stays.

    \b
    Examples:
      kam-rules publish runs/FY2027-2026-01-31-1a2b3c4d --as sales-director --key sales-director.key --ledger ledger.db
      kam-rules publish runs/FY2027-2026-06-30-5e6f7a8b --as cfo --key cfo.key --reason "Two reps left" --ledger ledger.db
      kam-rules publish --ledger ledger.db
    """
    from kam_rules import proof
    from kam_rules.reports.published import listed, publication

    if ledger is None:
        raise click.UsageError("--ledger is missing: what is published is kept there")
    if run is None:
        show(listed(proof.published(ledger, roster), proof.head(ledger), str(ledger)), form)
        return
    if by is None or key is None:
        raise click.UsageError("--as and --key are missing: quotas are published by a name with a key")
    found, new = proof.publish(run, by=by, key=key, ledger=ledger, at=now(), roster=roster, reason=reason)
    if not new:
        click.echo(f"{run} is what is published already: nothing was written", err=True)
    show(publication(found), form)
