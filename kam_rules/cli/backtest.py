"""`kam-rules backtest`: hold a policy against what became of its accounts."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, Bar, show


@click.command("backtest")
@click.argument("policy", type=FILE)
@click.argument("data", type=FILE)
@click.argument("actuals", type=FILE)
@FORMAT
def command(policy: Path, data: Path, actuals: Path, form: str) -> None:
    """Decide a past year, DATA, by POLICY, and hold it against what became of the accounts, ACTUALS.

    Tells realised NRR beside the target by state and tier, whether their order came out right or reversed, what each
    question of the policy would have said alone, and what each person would have attained. Nothing is written. A policy of
    a later year may be held against an earlier one. kam-rules schema actuals tells what ACTUALS holds.

    \b
    Examples:
      kam-rules backtest policies/resellers/fy2020.yaml examples/adventureworks/data_fy2020.yaml \\
        examples/adventureworks/actuals_fy2020.yaml
      kam-rules backtest policy.yaml last-year.yaml actuals.yaml --format html > backtest.html
    """
    from kam_rules import programme
    from kam_rules.reports.backtest import backtest

    with Bar("deciding") as bar:
        run, found = programme.backtest(policy, data, actuals, progress=bar.advance, expect=bar.expect)
    show(backtest(run, found), form)
