"""Hold a policy against what became of its accounts: realised NRR by state and tier, and what single signals would have said.

Nothing is decided here. The outcome is that of a closed cohort, in smallest units; every sum is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import polars as pl

from kam_rules.model.outcome import Layout
from kam_rules.model.program import RuleList
from kam_rules.model.run import Run
from kam_rules.pipeline import codes
from kam_rules.pipeline.assemble import GATES, STATES, TRIGGERS
from kam_rules.pipeline.credit import book_lines
from kam_rules.pipeline.judge import UNDECIDED, Judged, judge
from kam_rules.pipeline.measures import atoms, truths

MEDIAN_PLACES = 6
"""Decimals to which the NRR of one account is cut before the middle one is taken."""


@dataclass(frozen=True, slots=True)
class Group:
    """Some accounts of the cohort: their base, what became of it, and what the policy asked of those with a target.

    Attributes:
        stayed: how many still brought something.
        reached: how many reached their own committed target.
        based, asked: base and committed targets of the `targeted` accounts that have a target.
        ended: what those brought.
        median: the NRR of the typical account; None without accounts.
    """

    of: str
    accounts: int
    start: int
    end: int
    stayed: int
    targeted: int
    reached: int
    based: int
    asked: int
    ended: int
    median: Fraction | None

    @property
    def nrr(self) -> Fraction | None:
        """Realised: Σ end / Σ start."""
        return Fraction(self.end, self.start) if self.start else None

    @property
    def target(self) -> Fraction | None:
        """Asked for: Σ committed / Σ base, of the accounts that have a target."""
        return Fraction(self.asked, self.based) if self.based else None

    @property
    def attained(self) -> Fraction | None:
        """Realised of what was asked, of the accounts that have a target."""
        return Fraction(self.ended, self.asked) if self.asked else None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two groups of which the first should keep more; `right` is None where both kept the same."""

    above: Group
    below: Group

    @property
    def right(self) -> bool | None:
        """Whether it did, all its accounts together."""
        return _more(self.above.nrr, self.below.nrr)

    @property
    def typical(self) -> bool | None:
        """Whether its typical account did."""
        return _more(self.above.median, self.below.median)


def _more(above: Fraction | None, below: Fraction | None) -> bool | None:
    return None if above is None or below is None or above == below else above > below


@dataclass(frozen=True, slots=True)
class Signal:
    """One question alone, and what became of the accounts that answer yes and no; `unknown` could not answer."""

    stands: str
    text: str
    yes: Group
    no: Group
    unknown: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """A policy held against a year.

    Attributes:
        states: the one asked for most first, undecided last; `state_order` its pairs.
        tiers: from the top; `tier_order` its pairs.
        cells: one a state within a tier.
        key: the accounts in key tiers; without accounts where the policy names none.
        judged: the same year by person, as `kam-rules year-end` judges it.
    """

    total: Group
    states: tuple[Group, ...]
    state_order: tuple[Pair, ...]
    tiers: tuple[Group, ...]
    tier_order: tuple[Pair, ...]
    cells: tuple[tuple[str, Group], ...]
    key: Group
    signals: tuple[Signal, ...]
    judged: Judged


def backtest(run: Run, actuals: Path) -> Backtest:
    """Return a run held against its actuals.

    Raises:
        DataError: the actuals are at fault; see `kam_rules.pipeline.actuals.outcome`.
    """
    judged = judge(run, actuals)
    rows = judged.outcome.accounts.join(
        book_lines(run).select("account_id", "tier", "state", "base", "target_amount"), on="account_id", how="left", maintain_order="left"
    ).with_columns(pl.col("tier", "state").fill_null(UNDECIDED))
    states = sorted(_groups(rows, "state"), key=lambda one: (one.target is None, -(one.target or 0), one.of))
    order = [*(seats.tier for seats in run.ready.program.seating.tiers)]
    tiers = sorted(_groups(rows, "tier"), key=lambda one: (order.index(one.of) if one.of in order else len(order), one.of))
    cells = [(tier.of, one) for tier in tiers for one in _groups(rows.filter(pl.col("tier") == tier.of), "state")]
    keys = list(run.ready.program.seating.key_tiers)
    return Backtest(
        group("total", rows),
        tuple(states),
        pairs([one for one in states if one.target is not None]),
        tuple(tiers),
        pairs([one for one in tiers if one.of in order]),
        tuple(cells),
        group("key", rows.filter(pl.col("tier").is_in(keys))),
        tuple(_signals(run, rows)),
        judged,
    )


def pairs(groups: Sequence[Group]) -> tuple[Pair, ...]:
    """Return every pair of groups, the first above the second; equals in target promise no order."""
    return tuple(Pair(a, b) for a, b in combinations(groups, 2) if a.target is None or b.target is None or a.target != b.target)


def group(of: str, rows: pl.DataFrame) -> Group:
    """Add some accounts of the cohort up; columns: start, end, base, target_amount."""
    aimed = rows.filter(pl.col("target_amount").is_not_null())
    return Group(
        of,
        rows.height,
        _sum(rows, "start"),
        _sum(rows, "end"),
        rows.filter(pl.col("end") > 0).height,
        aimed.height,
        aimed.filter(pl.col("end") >= pl.col("target_amount")).height,
        _sum(aimed, "base"),
        _sum(aimed, "target_amount"),
        _sum(aimed, "end"),
        _median(rows),
    )


def _groups(rows: pl.DataFrame, by: str) -> list[Group]:
    return [group(str(of), part) for (of,), part in rows.partition_by(by, as_dict=True).items()]


def _sum(rows: pl.DataFrame, name: str) -> int:
    return int(rows[name].cast(pl.Int128).sum() or 0)


def _median(rows: pl.DataFrame) -> Fraction | None:
    cut = (pl.col("end").cast(pl.Int128) * 10**MEDIAN_PLACES // pl.col("start").cast(pl.Int128)).cast(pl.Int64)
    sorted_, n = rows.select(cut.sort()).to_series(), rows.height
    if not n:
        return None
    return Fraction(int(sorted_[(n - 1) // 2]) + int(sorted_[n // 2]), 2 * 10**MEDIAN_PLACES)


def _signals(run: Run, rows: pl.DataFrame) -> Iterator[Signal]:
    """Ask every part of a state's condition by itself, every gate and every trigger."""
    asked = {text: node for rule in run.ready.program.list(STATES).rules if not rule.built_in for text, node in atoms(run, rule.when)}
    parts = rows.join(truths(run, asked), on="account_id", how="left", maintain_order="left")
    for text in asked:
        yield _signal("states", text, parts, pl.col(text))
    layout = Layout(*run.ready.program.stages)
    lists = [found for found in run.ready.program.lists if found.id in {GATES, TRIGGERS}]
    for found in lists:
        answers = rows.join(_answers(run, found, layout), on="account_id", how="left", maintain_order="left")
        for rule in found.rules:
            yield _signal(found.id, f"{rule.id}: {rule.text}", answers, pl.col(rule.id))


def _answers(run: Run, found: RuleList, layout: Layout) -> pl.DataFrame:
    """Return account_id and a column a rule: true, false, or null where it could not be answered."""
    told = [
        pl.when(codes.bit(layout, found.id, "unknown", i)).then(None).otherwise(codes.bit(layout, found.id, "true", i)).alias(rule.id)
        for i, rule in enumerate(found.rules)
    ]
    return run.table.lazy().select("account_id", *told).collect()


def _signal(stands: str, text: str, rows: pl.DataFrame, answer: pl.Expr) -> Signal:
    asked = rows.with_columns(answer.alias("answer"))
    yes, no = (group(word, asked.filter(pl.col("answer") == truth)) for word, truth in (("yes", True), ("no", False)))
    return Signal(stands, text, yes, no, asked["answer"].null_count())
