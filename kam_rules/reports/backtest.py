"""A policy held against a year: what its states and tiers kept, in which order, and what less of a policy would have said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from kam_rules.model.amounts import percent
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.year import ACCOUNT_BASED, RAW_NRR, UNIFORM
from kam_rules.pipeline.backtest import Backtest, Group, Pair, Signal
from kam_rules.pipeline.benchmarks import benchmark
from kam_rules.pipeline.fairness import FEWEST, TOO_FEW
from kam_rules.reports._money import amount

PLACES = 2
VERDICT = {True: "right", False: "REVERSED", None: "level"}
READ = (
    "States are given by last year's figures, so part of what follows is a return to the usual (regression to the mean).",
    "A very good or a very bad year is seldom followed by its like.",
    "One year is one draw. A state whose typical account (median) is far from its sum rests on a few accounts.",
    "What the policy itself brought about, a campaign say, is part of what is realised; in a year before the policy there is none.",
    "A policy whose rules were chosen on this very year fits it better than it will fit the next.",
)


def backtest(run: Run, found: Backtest) -> Report:
    """Return a policy held against a year."""
    minor = run.ready.program.minor
    blocks: list[Block] = [
        Facts("held", "What is held against what", tuple(_held(run, found, minor))),
        _groups("states", "States: asked for and realised", "State", found.states, found.total, minor),
        Lines("state_order", "Did the states come out in the order of their targets?", tuple(_order(found.state_order, "state"))),
        _groups("tiers", "Tiers, from the top", "Tier", found.tiers, found.total, minor),
        Lines("tier_order", "Did a higher tier keep more?", tuple(_order(found.tier_order, "tier"))),
        _cells(found, minor),
        _signals(found.signals, found.total),
        _people(found, minor),
        Facts("key", "Key accounts", tuple(_key(found, minor))),
        Lines("read", "How to read it", READ),
    ]
    return Report("backtest", _title(run, found), tuple(blocks), minor=minor, status=run.standing.status)


def _title(run: Run, found: Backtest) -> str:
    right, wrong = (sum(1 for pair in found.state_order if pair.right is truth) for truth in (True, False))
    pairs = len(found.state_order)
    order = "states in the right order" if pairs and right == pairs else f"of {pairs} pairs of states {right} right, {wrong} reversed"
    total = found.total
    return f"{run.name} held against its year: {order}; {_share(total.nrr)} kept where {_share(total.target)} was asked"


def _share(value: Fraction | None) -> str:
    return "nothing" if value is None else percent(value, PLACES)


def _held(run: Run, found: Backtest, minor: int) -> Iterable[tuple[str, str]]:
    outcome = found.judged.outcome
    yield "policy", f"{run.policy.sources[0].path}, decided for {run.ready.effective_on.isoformat()}"
    yield "data", f"{run.book.source.shown}, as of {run.ready.as_of.isoformat()}"
    yield "cohort", f"{found.total.accounts:,} accounts that had a base; basis {found.judged.basis}"
    if outcome.lost:
        yield "lost", f"{outcome.lost:,} of them have no row, and are read as lost"
    yield "new business, left out", f"{outcome.new:,} rows, {amount(outcome.new_amount, minor)}"


def _columns(label: str) -> tuple[Column, ...]:
    return (
        Column("of", label),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("start", "Base", Unit.MONEY),
        Column("end", "Realised", Unit.MONEY),
        Column("nrr", "NRR", Unit.RATIO),
        Column("target", "Target NRR", Unit.RATIO),
        Column("median", "Typical account", Unit.RATIO),
        Column("stayed", "Still buy", Unit.COUNT),
        Column("reached", "Reached target", Unit.COUNT),
    )


def _row(one: Group, minor: int) -> tuple[Cell, ...]:
    money = 10**minor
    reached = one.reached if one.targeted else None
    figures = (one.nrr, one.target, one.median, one.stayed, reached)
    return (one.of, one.accounts, Fraction(one.start, money), Fraction(one.end, money), *figures)


def _groups(key: str, title: str, label: str, groups: Iterable[Group], total: Group, minor: int) -> Table:
    rows = [_row(one, minor) for one in groups]
    few = [str(row[0]) for row in rows if int(str(row[1])) < FEWEST]
    note = f"{', '.join(few)}: {TOO_FEW}." if few else ""
    said = "Typical account: the NRR of the middle one, beside the NRR of all together." if key == "states" else ""
    return Table(key, title, _columns(label), (*rows, _row(total, minor)), " ".join(filter(None, (said, note))))


def _order(found: tuple[Pair, ...], what: str) -> Iterator[str]:
    if not found:
        yield f"There are not two {what}s to compare."
    for pair in found:
        above, below = pair.above, pair.below
        few = f" ({TOO_FEW})" if min(above.accounts, below.accounts) < FEWEST else ""
        asked = [f", asked for {_share(one.target)}," if what == "state" else "" for one in (above, below)]
        yield f"{VERDICT[pair.right]}: {above.of}{asked[0]} kept {_share(above.nrr)}; {below.of}{asked[1]} kept {_share(below.nrr)}{few}"
        if pair.typical is not pair.right:
            yield f"  by the typical account {VERDICT[pair.typical]}: {_share(above.median)} and {_share(below.median)}"


def _cells(found: Backtest, minor: int) -> Table:
    first, *rest = _columns("State")
    rows = tuple((tier, *_row(one, minor)) for tier, one in found.cells)
    return Table("cells", "State by state within each tier", (Column("tier", "Tier"), first, *rest), rows)


def _signals(signals: tuple[Signal, ...], total: Group) -> Table:
    columns = (
        Column("stands", "Under"),
        Column("signal", "One question alone"),
        Column("yes", "Yes", Unit.COUNT),
        Column("yes_nrr", "NRR", Unit.RATIO),
        Column("yes_median", "Typical", Unit.RATIO),
        Column("no", "No", Unit.COUNT),
        Column("no_nrr", "NRR", Unit.RATIO),
        Column("no_median", "Typical", Unit.RATIO),
        Column("unknown", "Unknown", Unit.COUNT),
    )
    rows = tuple(
        (
            one.stands,
            one.text,
            one.yes.accounts,
            one.yes.nrr,
            one.yes.median,
            one.no.accounts,
            one.no.nrr,
            one.no.median,
            one.unknown,
        )
        for one in signals
    )
    note = f"All {total.accounts:,} accounts kept {_share(total.nrr)}; a signal worth having parts yes from no in NRR and typical."
    return Table("signals", "What single signals would have said", columns, rows, note)


def _people(found: Backtest, minor: int) -> Table:
    columns = (
        Column("of", "Person"),
        Column("base", "Base", Unit.MONEY),
        Column("committed", "Committed", Unit.MONEY),
        Column("actual", "Realised", Unit.MONEY),
        Column("attained", "Attained", Unit.RATIO),
        Column("uniform", "Of uniform", Unit.RATIO),
        Column("raw_nrr", "Raw NRR", Unit.RATIO),
    )
    ranks, money = found.judged.ranks[ACCOUNT_BASED], 10**minor
    people = sorted(found.judged.years, key=lambda one: (ranks[one.id] or len(ranks) + 1, one.id))
    rows: list[tuple[Cell, ...]] = []
    for year in people:
        sums = (Fraction(year.base, money), Fraction(year.committed, money), Fraction(year.end, money))
        rows.append((year.id, *sums, *(year.measure(by) for by in (ACCOUNT_BASED, UNIFORM, RAW_NRR))))
    note = "Realised counts accounts with a target; raw NRR counts all of the book."
    return Table("people", "Attainment, had the policy been in force", columns, tuple(rows), note, "nobody has an account with a base")


def _key(found: Backtest, minor: int) -> Iterable[tuple[str, str]]:
    key, other = found.key, benchmark("missed")
    if not key.accounts:
        yield "key accounts", "none with a base"
        return
    verdict = "reached" if (key.attained or 0) >= 1 else "missed"
    yield "their quota", f"{verdict}: {_share(key.attained)} of {amount(key.asked, minor)}"
    yield "accounts that missed", f"{percent(Fraction(key.targeted - key.reached, key.targeted), PLACES)} of {key.targeted:,} with a target"
    yield "beside", f"{other.says} {other.of} ({other.source}); there companies are counted, here accounts"
