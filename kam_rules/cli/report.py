"""`kam-rules report`: a whole run from one side."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, show


@click.group("report")
def command() -> None:
    """Look at a whole run from one side.

    \b
    Examples:
      kam-rules report rules runs/FY2027-2026-01-31-1a2b3c4d
      kam-rules report fairness runs/FY2027-2026-01-31-1a2b3c4d --format csv
    """


@command.command("rules")
@click.argument("run", type=FILE)
@FORMAT
def rules(run: Path, form: str) -> None:
    """Tell how often every rule of RUN fired, and which fired for no account."""
    from kam_rules import engine
    from kam_rules.reports import rules as counts

    show(counts.rules(engine.read(run)), form)


@command.command("fairness")
@click.argument("run", type=FILE)
@FORMAT
def fairness(run: Path, form: str) -> None:
    """Tell what each book of RUN can attain under each method, and how evenly that falls."""
    from kam_rules import engine
    from kam_rules.reports.fairness import fairness as report

    show(report(engine.read(run)), form)


@command.command("baselines")
@click.argument("run", type=FILE)
@FORMAT
def baselines(run: Path, form: str) -> None:
    """Put the baselines beside the targets of RUN, by person, team and account, and within each category."""
    from kam_rules import engine
    from kam_rules.reports.baselines import baselines as report

    show(report(engine.read(run)), form)


@command.command("cushion")
@click.argument("run", type=FILE)
@FORMAT
def cushion(run: Path, form: str) -> None:
    """Tell how far the surplus of each team of RUN reaches: the loss of one safe account, a downturn of all."""
    from kam_rules import engine
    from kam_rules.reports.cushion import cushion as report

    show(report(engine.read(run)), form)


@command.command("resources")
@click.argument("run", type=FILE)
@FORMAT
def resources(run: Path, form: str) -> None:
    """Tell which functions the accounts of RUN call on, with how much revenue, and how many people that needs."""
    from kam_rules import engine
    from kam_rules.reports.resources import resources as report

    show(report(engine.read(run)), form)
