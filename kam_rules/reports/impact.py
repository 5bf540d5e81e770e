"""What a new policy would change, told to those who are to sign it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from kam_rules.formats._cells import csv_of
from kam_rules.formats._findings import say_finding
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.trial import Tested
from kam_rules.pipeline.impact import Impact
from kam_rules.pipeline.impact.accounts import BY, DATA, DOWN, EACH, LEVEL, POLICY, TOGETHER, UP, Matrix
from kam_rules.pipeline.impact.money import Effect
from kam_rules.pipeline.tabulate import decimal, marked
from kam_rules.pipeline.tally import count
from kam_rules.reports._money import amount

MEANS = {
    POLICY: "the policy alone moves it",
    DATA: "the data alone move it",
    EACH: "the policy alone would, and so would the data",
    TOGETHER: "neither would alone, both together do",
}
TITLES = {
    "all": "In all",
    "tier": "By tier",
    "state": "By state",
    "rep": "By rep",
    "manager": "By manager",
    "team": "By team",
}
READ = (
    "An account moves where its tier or its state differs. Amounts count the accounts that have a target.",
    "The policy's part of a change is the mean of what the new policy changes on the old accounts and on the new ones.",
    "The data's part is the rest: both are exact and add up to the change, in every line and in every table.",
    "In a tier or state, a change is also of who stands in it.",
)


def impact(tested: Tested | None, found: Impact) -> Report:
    """Return what changes.

    Args:
        tested: how the tests of the new policy came out; None where there are none.
        found: the change.
    """
    new, old = found.corners.new_new, found.corners.old_old
    minor = new.ready.program.minor
    total = found.tiers.counts.values()
    title = f"{new.name} against {old.name}: {found.movers.height:,} of {sum(total):,} accounts move"
    blocks: list[Block] = [*_tests(tested), _runs(found)]
    blocks += [_matrix("tiers", "From tier (rows) to tier (columns)", found.tiers), _matrix("states", "From state to state", found.states)]
    blocks += [_by(found, minor), _ways(found, minor)]
    blocks += [_effects(key, effects, minor) for key, effects in found.effects.items()]
    blocks += [*_gaps(found, minor), _top(found, minor), Lines("read", "How to read it", READ)]
    return Report("impact", title, tuple(blocks), minor=minor, status=new.standing.status)


def movers_csv(found: Impact) -> str:
    """Return every mover as CSV: before and after, the parts of the change of its target, and what moves it."""
    new = found.corners.new_new
    minor = new.ready.program.minor
    words = ("tier_old", "tier_new", "state_old", "state_new", "by", "way")
    money = ("base_old", "base_new", "target_old", "target_new", "change", "policy", "data")
    return csv_of(marked(new, found.movers.select("account_id", *words, *(decimal(name, minor).alias(name) for name in money))))


def _tests(tested: Tested | None) -> Iterator[Block]:
    if tested is None:
        yield Facts("tests", "Tests of the new policy", (("tests", "none stand beside it; kam-rules test generate writes some"),))
        return
    passed, total = len(tested.trials) - tested.failed, len(tested.trials)
    yield Facts("tests", "Tests of the new policy", (("passed", f"{passed:,} of {total:,}"), ("failed", f"{tested.failed:,}")))
    if tested.failed:
        lines = (line for told in tested.findings for finding in told for line in say_finding(finding).splitlines())
        yield Lines("failed", "Not as expected: what follows is not what the policy's tests promise", tuple(lines))


def _runs(found: Impact) -> Table:
    columns = (
        Column("policy", "Policy"), Column("data", "Data"), Column("as_of", "As of"), Column("effective_on", "Decided for"),
        Column("decided", "Decided", Unit.COUNT), Column("undecided", "Undecided", Unit.COUNT), Column("refused", "Refused", Unit.COUNT),
    )  # fmt: skip
    runs = list({id(run): run for run in found.corners.named.values()}.values())
    rows = tuple(_run(run) for run in runs)
    two_years = found.corners.old_old is not found.corners.old_new
    note = f"{found.common:,} accounts stand in both data." if two_years else "One set of data: all that moves, the policy moves."
    return Table("runs", "Runs", columns, rows, note)


def _run(run: Run) -> tuple[Cell, ...]:
    told, ready = count(run), run.ready
    sets = "".join(f", {name}={value}" for name, value in ready.sets.items())
    data = run.book.source.shown
    return (f"{run.name}{sets}", data, str(ready.as_of), str(ready.effective_on), told["decided"], told["undecided"], told["refused"])


def _matrix(key: str, title: str, found: Matrix) -> Table:
    columns = (Column("from", "From"), *(Column(word, word, Unit.COUNT) for word in found.new), Column("all", "All before", Unit.COUNT))
    rows: list[tuple[Cell, ...]] = [(old, *(found.counts.get((old, new), 0) for new in found.new), found.row(old)) for old in found.old]
    rows.append(("all after", *(found.column(new) for new in found.new), sum(found.counts.values())))
    return Table(key, title, columns, tuple(rows))


def _sums(rows: pl.DataFrame, minor: int) -> tuple[Cell, ...]:
    """Return how many accounts, their base, and the change of their target with its parts."""
    names = ("base", "change", "policy", "data")
    sums = rows.select(pl.col(name).cast(pl.Int128).sum() for name in names).row(0)
    return (rows.height, *(Fraction(int(value or 0), 10**minor) for value in sums))


SUMMED = (Column("accounts", "Accounts", Unit.COUNT), Column("base", "Base", Unit.MONEY), Column("change", "Target by", Unit.MONEY),
          Column("policy", "of it policy", Unit.MONEY), Column("data", "of it data", Unit.MONEY))  # fmt: skip


def _by(found: Impact, minor: int) -> Table:
    columns = (Column("by", "Moved by"), Column("means", "Which means"), *SUMMED)
    rows = tuple((by, MEANS[by], *_sums(found.movers.filter(pl.col("by") == by), minor)) for by in BY)
    return Table("moved_by", "What moves accounts", columns, rows)


def _ways(found: Impact, minor: int) -> Table:
    says = {UP: "winners: to a higher tier", DOWN: "losers: to a lower tier", LEVEL: "another state, or undecided, new or gone"}
    columns = (Column("way", "Who"), *SUMMED)
    rows = tuple((says[way], *_sums(found.movers.filter(pl.col("way") == way), minor)) for way in (UP, DOWN, LEVEL))
    return Table("winners_losers", "Winners and losers", columns, rows)


def _effects(key: str, effects: tuple[Effect, ...], minor: int) -> Table:
    people = key not in {"tier", "state"}
    columns = (
        Column("name", TITLES[key].removeprefix("By ").capitalize()),
        Column("accounts_old", "Accounts", Unit.COUNT), Column("accounts_new", "now", Unit.COUNT),
        Column("base_new", "Base now", Unit.MONEY),
        Column("target_old", "Target", Unit.MONEY), Column("target_new", "now", Unit.MONEY), Column("change", "by", Unit.MONEY),
        Column("policy", "of it policy", Unit.MONEY), Column("data", "of it data", Unit.MONEY),
        Column("nrr_old", "NRR", Unit.RATIO), Column("nrr_new", "now", Unit.RATIO),
        *((Column("up", "Up", Unit.COUNT), Column("down", "Down", Unit.COUNT)) if people else ()),
    )  # fmt: skip
    rows = []
    for one in effects:
        money = (one.base[1], *one.target, one.change, one.policy, one.data)
        cells: tuple[Cell, ...] = (one.name, *one.accounts, *(Fraction(value, 10**minor) for value in money), one.nrr(0), one.nrr(1))
        rows.append((*cells, one.up, one.down) if people else cells)
    return Table(f"by_{key}", TITLES[key], columns, tuple(rows), empty="no account has a target")


def _gaps(found: Impact, minor: int) -> Iterator[Block]:
    """Tell what the ladder says of each team, where both runs are reconciled."""
    old, new = found.corners.old_old.reconciled, found.corners.new_new.reconciled
    if old is None or new is None:
        return
    before, after = ({team.team: team for team in (*one.teams, one.total)} for one in (old, new))
    columns = (
        Column("team", "Team"), Column("gap_old", "Gap", Unit.MONEY), Column("rung_old", "Ladder"),
        Column("gap_new", "Gap now", Unit.MONEY), Column("rung_new", "Ladder now"),
    )  # fmt: skip
    rows = []
    for name in dict.fromkeys((*before, *after)):
        cells: list[Cell] = [name]
        for team in (before.get(name), after.get(name)):
            cells += [None, "none"] if team is None else [Fraction(team.gap, 10**minor), str(team.verdict)]
        rows.append(tuple(cells))
    yield Table("gaps", "Against the figure from above", columns, tuple(rows), "A gap above 0 is a shortfall of the targets.")


def _top(found: Impact, minor: int) -> Lines:
    lines = []
    for mover in found.top:
        parts = f"policy {amount(mover.policy, minor)}, data {amount(mover.data, minor)}"
        (tier, tier_now), (state, state_now) = mover.figures["tier"], mover.figures["state"]
        target, now = mover.figures["target"]
        lines.append(f"{mover.account_id} {mover.name} ({mover.owner or 'no owner'}): {_pair(tier, tier_now)}, {_pair(state, state_now)}")
        lines.append(f"  target {_money(target, minor)} to {_money(now, minor)}: {parts}; {MEANS[mover.by]}")
        lines += [f"  {why}" for why in mover.why]
    told = f"The {len(found.top)} largest movers of {found.movers.height:,}, and the rules that moved them"
    return Lines("top", told, tuple(lines) or ("nobody moves",))


def _pair(old: str | None, new: str | None) -> str:
    return f"{old or 'none'}" if old == new else f"{old or 'none'} to {new or 'none'}"


def _money(value: int | None, minor: int) -> str:
    return "none" if value is None else amount(value, minor)
