"""`kam-rules report`: a whole run from one side. Each report is the file of its name in `kam_rules.reports`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from kam_rules.cli._shared import CSV_FORMAT, FILE, FOR, FORMAT, Bar, Family, show

REPORTS = {
    "rules": "Tell how often every rule of RUN fired, and which fired for no account.",
    "baselines": "Put the baselines beside the targets of RUN, by person, team and account, and within each category.",
    "cushion": "Tell how far the surplus of each team of RUN reaches: the loss of one safe account, a downturn of all.",
    "resources": "Tell which functions the accounts of RUN call on, with how much revenue, and how many people that needs.",
    "governance": "Tell how the programme of RUN is looked after: functions, owners and counterparts, rebuilds, selling cost.",
    "incentives": "Tell which incentive plan each person of RUN has and why, and which plans do not fit their book.",
}


@click.group("report", cls=Family)
def command() -> None:
    """Look at a whole run from one side.

    \b
    Examples:
      kam-rules report rules runs/FY2027-2026-01-31-1a2b3c4d
      kam-rules report fairness runs/FY2027-2026-01-31-1a2b3c4d --format csv
    """


def _report(name: str, about: str) -> click.Command:
    @click.command(name, help=f"{about}\n\n\b\nExample:\n  kam-rules report {name} runs/fy2027")
    @click.argument("run", type=FILE)
    @FORMAT
    def told(run: Path, form: str) -> None:
        from kam_rules import engine

        show(getattr(import_module(f"kam_rules.reports.{name}"), name)(engine.read(run)), form)

    return told


for _name, _about in REPORTS.items():
    command.add_command(_report(_name, _about))


@command.command("fairness")
@click.argument("run", type=FILE)
@FOR
@FORMAT
def fairness(run: Path, rep: str | None, form: str) -> None:
    """Tell what each book of RUN can attain under each method, and how evenly that falls.

    \b
    Examples:
      kam-rules report fairness runs/fy2027
      kam-rules report fairness runs/fy2027 --for rep:R-01
    """
    from kam_rules import engine
    from kam_rules.reports.fairness import fairness as told

    show(told(engine.read(run), rep), form)


@command.command("define")
@click.argument("run", type=FILE)
@click.option("--nominations", type=FILE, help="A file of people's own lists, to compare with the policy's.")
@click.option("--earlier", type=FILE, metavar="RUN", help="An earlier year's run: did its small key accounts become large?")
@FORMAT
def define(run: Path, nominations: Path | None, earlier: Path | None, form: str) -> None:
    """Tell who the key accounts of RUN are and what they bring.

    Answers article 004's closing questions, concentration, the producers of 80%, the whale curve, diamonds, large accounts
    that earn little, share of wallet, markets, and accounts that are key for what they may become. What no field of the
    policy answers is said, with the field that would. kam-rules schema nominations tells what a file of lists holds.

    \b
    Examples:
      kam-rules report define runs/fy2027
      kam-rules report define runs/fy2027 --nominations lists.yaml
      kam-rules report define runs/fy2027 --earlier runs/fy2025 --format html > who.html
    """
    from kam_rules import programme

    with Bar("looking at key accounts") as bar:
        found = programme.define(run, nominations=nominations, earlier=earlier, progress=bar.advance, expect=bar.expect)
    show(found, form)


@command.command("crm")
@click.argument("run", type=FILE)
@CSV_FORMAT
def crm(run: Path, form: str) -> None:
    """Write what a customer system takes back: one line an account of RUN, in order of the ids.

    Account, owner, tier, state, target, currency, version of the policy, day of the decision, and whether the policy was a
    draft or active. Overrides in force are in. No cell runs as a formula in a spreadsheet: one that starts with = + - @ has
    a quote in front.

    \b
    Examples:
      kam-rules report crm runs/fy2027 > write-back.csv
    """
    from kam_rules import engine
    from kam_rules.reports.crm import crm as told

    show(told(engine.read(run)), form)


@command.command("benefits")
@click.argument("run", type=FILE)
@click.option("--earlier", type=FILE, metavar="RUN", help="The run of a year that is over; its reps' answers are held against --actuals.")
@click.option("--actuals", type=FILE, help="What became of the accounts of that year, or of RUN where no earlier run is named.")
@FORMAT
def benefits(run: Path, earlier: Path | None, actuals: Path | None, form: str) -> None:
    """Tell who benefits: what each answer that a rep supplied is worth in that rep's own quota.

    The policy says which fields those are (supplied_by: owner). Each account is decided again with every other value of such
    a field, all else as it is. With --actuals, last year's answers stand beside what became of the accounts, by rater, and
    beside each rep's attainment what one other answer would have made of it. An answer is no accusation: it says where
    somebody without an interest should look.

    \b
    Examples:
      kam-rules report benefits runs/fy2028
      kam-rules report benefits runs/fy2028 --earlier runs/fy2027 --actuals actuals_fy2027.yaml
    """
    from kam_rules import programme

    if earlier is not None and actuals is None:
        raise click.UsageError("--earlier needs --actuals: what became of the accounts of that year")
    with Bar("deciding again with other answers") as bar:
        found = programme.benefits(run, earlier=earlier, actuals=actuals, progress=bar.advance, expect=bar.expect)
    show(found, form)
