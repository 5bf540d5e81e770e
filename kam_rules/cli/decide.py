"""`kam-rules decide`: one account, from values given by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, a_day, pairs, show


@click.command("decide")
@click.argument("policy", type=FILE)
@click.option(
    "--values", multiple=True, required=True, callback=pairs, metavar="FIELD=VALUE", help="A value of the account; may be repeated."
)
@a_day("--as-of", said="The day the values speak of; by default the policy's first day.")
@click.option("--set", "sets", multiple=True, callback=pairs, metavar="NAME=VALUE", help="Try another value of an assumption.")
@FORMAT
def command(policy: Path, values: dict[str, str], as_of: dt.date | None, sets: dict[str, str], form: str) -> None:
    """Decide one account by POLICY from values given by hand, and tell why.

    The rules fire in durable-rules; the reference engine decides the account again, and both must agree. Fields that
    are not given are missing. There are no other accounts, so neither capacity nor limits.at_most binds.

    \b
    Examples:
      kam-rules decide policy.yaml --values base_revenue=420000 --values wallet=1600000 --values health_score=82
      kam-rules decide policy.yaml --values base_revenue=0 --format json
    """
    from kam_rules import engine
    from kam_rules.reports.explanation import explanation

    show(explanation(engine.decide_one(policy, values, as_of=as_of, sets=sets)), form)
