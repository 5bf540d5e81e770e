"""`kam-rules review`: what a meeting decides about accounts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, Bar, a_day, show


@click.command("review")
@click.argument("policy", type=FILE)
@click.argument("data", type=FILE)
@click.option("--top", type=click.IntRange(1), default=25, show_default=True, help="How many items a meeting can take.")
@a_day("--effective-on", said="The day to decide for; by default that of the data, or the policy's first day.")
@click.option("--record", type=FILE, help="Write a review record to fill in: needs, resources in place, outcome.")
@FORMAT
def command(policy: Path, data: Path, top: int, effective_on: dt.date | None, record: Path | None, form: str) -> None:
    """List the accounts of DATA that a review should talk about, by money at stake.

    Tells what POLICY proposes, who is held and why, who is overdue for reassessment, over-invested, or stale in calibration,
    with the entitlements gained and lost. Nothing is changed by it.

    The record is a CSV file, one row an account on the agenda; once filled in it goes back: kam-rules history RECORD HISTORY.

    \b
    Examples:
      kam-rules review policy.yaml data.yaml --top 10
      kam-rules review policy.yaml data.yaml --record review.csv
    """
    from kam_rules import years
    from kam_rules.reports.review import review

    with Bar("deciding") as bar:
        run, agenda = years.review(policy, data, top=top, effective_on=effective_on, progress=bar.advance, expect=bar.expect)
    if record is not None:
        years.review_record(run, agenda, record)
        todo = f"fill in needs, resources_in_place and outcome, then kam-rules history {record} HISTORY"
        click.echo(f"{record}, by {run.name}: {todo}", err=True)
    show(review(run, agenda), form)
