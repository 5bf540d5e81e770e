"""`kam-rules impact`: what a new policy would change, before anybody signs it."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, Bar, pairs, show

FAILED = 1


@click.command("impact")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.argument("data", type=FILE)
@click.option("--data-old", type=FILE, help="The data file that OLD decided: tells apart what the policy moves and what the data move.")
@click.option("--set", "sets", multiple=True, callback=pairs, metavar="NAME=VALUE", help="Try another value of an assumption of NEW.")
@click.option("--top", type=click.IntRange(0, 1000), default=20, show_default=True, help="Movers of which the rules are told.")
@click.option("--movers", type=FILE, help="Write every mover into this CSV file.")
@FORMAT
def command(
    old: Path, new: Path, data: Path, data_old: Path | None, sets: dict[str, str], top: int, movers: Path | None, form: str
) -> None:
    """Tell what NEW would change against OLD on the accounts of DATA, before anybody signs it.

    First the tests beside NEW; then who goes from tier to tier and from state to state, what it comes to in money by tier,
    state, rep, manager and team, who wins and loses, and the rules that moved the largest movers. With --data-old each policy
    decides both years' accounts, and every change is split exactly into what the policy and what the data bring. No run is
    written. Ends with 1 where a test of NEW fails.

    \b
    Examples:
      kam-rules impact fy2026.yaml fy2027.yaml data.yaml
      kam-rules impact policies/resellers/fy2020.yaml policies/resellers/fy2021.yaml examples/adventureworks/data.yaml \\
        --data-old examples/adventureworks/data_fy2020.yaml --format html > impact.html
      kam-rules impact fy2027.yaml fy2027.yaml data.yaml --set inflation=3%
    """
    from kam_rules import workshop, years
    from kam_rules.reports.impact import impact, movers_csv

    with Bar("deciding") as bar:
        tested, found = years.impact(old, new, data, data_old=data_old, sets=sets, top=top, progress=bar.advance, expect=bar.expect)
    show(impact(tested, found), form)
    if movers is not None:
        workshop.save_text(movers, movers_csv(found))
        click.echo(f"wrote {found.movers.height:,} movers to {movers}", err=True)
    if tested is not None and tested.failed:
        raise click.exceptions.Exit(FAILED)
