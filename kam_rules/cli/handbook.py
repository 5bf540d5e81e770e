"""`kam-rules handbook`: the policy as a document that leaders sign."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, WIDEST, show
from kam_rules.formats import PIPELINES, format_, formats

FORMS = tuple(name for name in formats() if name not in PIPELINES)


@click.command("handbook")
@click.argument("policy", type=FILE)
@click.option("--data", type=FILE, help="A data file, from which --account is walked through the policy.")
@click.option("--account", metavar="ID", help="The account to walk through.")
@click.option("--against", type=FILE, metavar="OLD", help="Tell what changed since this policy; by default the one that POLICY extends.")
@click.option("--out", type=FILE, help="The file to write; by default stdout.")
@click.option("--format", "form", type=click.Choice(FORMS), default="markdown", show_default=True, help="How it is written.")
def command(policy: Path, data: Path | None, account: str | None, against: Path | None, out: Path | None, form: str) -> None:
    """Write POLICY as a document that leaders sign: all of it in plain sentences, and a place to sign.

    With --data and --account one real account is walked through; with --against every change since last year is listed.

    \b
    Examples:
      kam-rules handbook policy.yaml --format html --out handbook.html
      kam-rules handbook policy.yaml --data data.yaml --account A-01
      kam-rules handbook fy2021.yaml --against fy2020.yaml --out handbook.md
    """
    from kam_rules import workshop

    if bool(data) != bool(account):
        raise click.UsageError("--data and --account stand together: the account is read from the data file")
    report = workshop.handbook(policy, data=data, account=account, against=against)
    if out is None:
        show(report, form)
        return
    workshop.save_text(out, format_(form).render(report, width=WIDEST, color=False))
    click.echo(f"wrote {out}")
