"""`kam-rules pay`: what people are paid for a run's year."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FOR, FORMAT, show


@click.command("pay")
@click.argument("run", type=FILE)
@click.argument("actuals", type=FILE)
@click.option("--person", default="", metavar="ID", help="Tell how the payout of one person came to be.")
@FOR
@FORMAT
def command(run: Path, actuals: Path, person: str, rep: str | None, form: str) -> None:
    """Reckon what everybody is paid for the year of RUN by the results that ACTUALS names.

    ACTUALS holds results: and target_pay: (kam-rules schema results, kam-rules schema target_pay). Plans, curves and who
    has which plan stand in the policy (kam-rules schema incentives). Nobody is paid while a row is at fault.

    \b
    Examples:
      kam-rules pay runs/fy2027 pay.yaml
      kam-rules pay runs/fy2027 pay.yaml --person R-02
      kam-rules pay runs/fy2027 pay.yaml --for rep:R-02
      kam-rules pay runs/fy2027 pay.yaml --format json
    """
    from kam_rules import engine, programme
    from kam_rules.reports.own_pay import own_pay
    from kam_rules.reports.pay import pay

    if person and rep is not None:
        raise click.UsageError("--for writes the own payout of a rep: leave --person out")
    found = engine.read(run)
    paid = programme.pay(found, actuals)
    show(pay(found, paid, person) if rep is None else own_pay(found, paid, rep), form)
