"""`kam-rules run`: decide for every account."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kam_rules.backends import backends
from kam_rules.cli._shared import FILE, FORMAT, LEDGER, ROSTER, Bar, a_day, now, pairs, show, tell

FINDINGS = 1


@click.command("run")
@click.argument("policy", type=FILE)
@click.argument("data", type=FILE)
@a_day("--as-of", said="The day the data speaks of, if not the one in the data file.")
@a_day("--effective-on", said="The day to decide for: it picks the assumptions in force.")
@click.option("--set", "sets", multiple=True, callback=pairs, metavar="NAME=VALUE", help="Try another value of an assumption.")
@click.option("--by", default="", metavar="NAME", help="Who replaces assumptions with --set; somebody else approves them.")
@click.option("--out", type=FILE, help="The folder to write; by default one under runs/, named for its inputs.")
@click.option("--engine", "name", type=click.Choice(backends()), default="columnar", show_default=True, help="What decides.")
@click.option("--witness/--no-witness", default=True, show_default=True, help="Let durable-rules decide accounts again.")
@click.option("--overrides", type=FILE, help="What people put in the place of what is computed; needs --ledger.")
@LEDGER
@ROSTER
@FORMAT
def command(  # noqa: PLR0913 - one an option
    policy: Path,
    data: Path,
    *,
    as_of: dt.date | None,
    effective_on: dt.date | None,
    sets: dict[str, str],
    by: str,
    out: Path | None,
    name: str,
    witness: bool,
    overrides: Path | None,
    ledger: Path | None,
    roster: Path | None,
    form: str,
) -> None:
    """Decide for every account of DATA by POLICY, and write the run. Of a folder of policies, the one in force decides.

    The run folder holds the decisions (CSV and Parquet), the trail, the policy as it was, the values as they were
    read, what was refused, and a manifest with the SHA-256 of every input and output.

    With --ledger the run is recorded there, and says whether every function has signed the policy; without, it is a draft.
    With --overrides the decisions have columns of their own for what people set; the engines' answers stay as they are.

    \b
    Examples:
      kam-rules run policy.yaml data.yaml
      kam-rules run policy.yaml data.yaml --set inflation=3% --out runs/inflation-3
      kam-rules run policy.yaml data.yaml --format json | jq .states
      kam-rules run policy.yaml data.yaml --ledger ledger.db --overrides overrides.yaml
    """
    from kam_rules import engine, proof
    from kam_rules.reports.summary import summary

    if by and not sets:
        raise click.UsageError("--by needs --set: it names who replaces an assumption")
    if overrides is not None and ledger is None:
        raise click.UsageError("--overrides needs --ledger: an override holds once the ledger holds an approval of it")
    with Bar("deciding") as bar:
        run = engine.run(
            policy,
            data,
            as_of=as_of,
            effective_on=effective_on,
            sets=sets,
            engine=name,
            witness=witness,
            scratch=_near(out or Path("runs")),
            progress=bar.advance,
            expect=bar.expect,
        )
        run = proof.entered(run, ledger, roster, by)
        if overrides is not None and ledger is not None:
            run = proof.override(run, overrides, ledger, roster)
        folder = out or Path("runs") / engine.name_of(run)
        known = out is None and folder.exists()
        if known:
            run = engine.read(folder)
        else:
            engine.write(run, folder, {"at": now()}, bar.advance)
    if ledger is not None:
        proof.record_run(folder, ledger, now())
    if known:
        click.echo(f"{folder} holds this very run already: same policy, data, days and version", err=True)
    show(summary(run, str(folder)), form)
    findings = engine.serious(run)
    if findings:
        tell(findings)
        raise click.exceptions.Exit(FINDINGS)


def _near(out: Path) -> Path:
    """Return the nearest folder above the run's that is there already: what waits on the same disk need not be copied."""
    return next(folder for folder in out.absolute().parents if folder.is_dir())
