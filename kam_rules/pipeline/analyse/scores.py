"""Which scores a criterion can give, and which composites the criteria can add up to, by the data contract alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from kam_rules.model.program import Criterion, Program, RuleList
from kam_rules.model.tree import Compare, Const, Node, Read
from kam_rules.model.types import Type
from kam_rules.pipeline.analyse.formula import Formula, every
from kam_rules.pipeline.analyse.meaning import Meaning, TooComplex, Want
from kam_rules.pipeline.analyse.solve import GivenUp, solve

FULL = Fraction(100)


@dataclass(frozen=True)
class Option:
    """Where `when` holds, the criterion scores from `low` to `high` (one score in a band), or is missing: None."""

    when: Formula
    low: Fraction | None
    high: Fraction | None


@dataclass(frozen=True)
class Reach:
    """What one criterion can give: its options that some account has, and whether its measure can be missing."""

    criterion: Criterion
    options: tuple[Option, ...]

    @property
    def known(self) -> tuple[Option, ...]:
        """The options in which the measure is known."""
        return tuple(option for option in self.options if option.low is not None)


def reaches(program: Program, meaning: Meaning) -> tuple[Reach, ...]:
    """Return what every criterion can give."""
    return tuple(Reach(c, tuple(o for o in _options(program, c, meaning) if _possible(o, meaning))) for c in program.criteria)


def _possible(option: Option, meaning: Meaning) -> bool:
    try:
        return solve(meaning.world, (option.when,)) is not None
    except GivenUp:
        return True


def _options(program: Program, criterion: Criterion, meaning: Meaning) -> Iterator[Option]:
    try:
        if criterion.line is None:
            for rule in rules_of(program, criterion).rules:
                (score,) = rule.gives
                assert isinstance(score, Const)
                value = Fraction(str(score.value))
                yield Option(meaning.truth(rule.when, Want.TRUE), value, value)
        else:
            yield from _line(criterion, criterion.line, meaning)
        yield Option(meaning.missing(criterion.measure), None, None)
    except TooComplex:
        yield Option(when=True, low=criterion.lowest, high=criterion.highest)
        yield Option(when=True, low=None, high=None)


def rules_of(program: Program, criterion: Criterion) -> RuleList:
    """Return the bands of a criterion."""
    return program.ranking.list(f"criteria.{criterion.id}")


def _line(criterion: Criterion, ends: tuple[Fraction, Fraction], meaning: Meaning) -> Iterator[Option]:
    worst, best = ends
    beyond, short = (">=", "<=") if best > worst else ("<=", ">=")
    yield Option(meaning.truth(at(criterion.measure, beyond, best), Want.TRUE), FULL, FULL)
    yield Option(meaning.truth(at(criterion.measure, short, worst), Want.TRUE), Fraction(0), Fraction(0))
    inside = (at(criterion.measure, ">", min(ends)), at(criterion.measure, "<", max(ends)))
    yield Option(every([meaning.truth(node, Want.TRUE) for node in inside]), Fraction(0), FULL)


def at(measure: Node, op: str, edge: Fraction) -> Compare:
    """Return the comparison of a measure with an edge in its own unit."""
    type_ = measure.type if isinstance(measure, Read) else Type.NUMBER
    return Compare(op, measure, Const(edge, type_))


def composites(found: Iterable[Reach], min_coverage: Fraction) -> tuple[Fraction, Fraction] | None:
    """Return the lowest and the highest composite, as if every criterion moved by itself; None where there is no score."""
    items = tuple(found)
    lowest = [end for end in _ends(items, min_coverage, lowest=True) if end is not None]
    highest = [end for end in _ends(items, min_coverage, lowest=False) if end is not None]
    return (min(lowest), max(highest)) if lowest else None


def _ends(items: tuple[Reach, ...], min_coverage: Fraction, *, lowest: bool) -> Iterator[Fraction | None]:
    best = min if lowest else max
    choices = []
    for item in items:
        known = [option.low if lowest else option.high for option in item.known]
        ends = [best(value for value in known if value is not None)] if known else []
        choices.append([*ends, *([None] if _may_be_missing(item, ends, best) else [])])
    for picked in product(*choices):
        yield composite(zip((item.criterion for item in items), picked, strict=True), min_coverage)


def _may_be_missing(item: Reach, ends: list[Fraction], best: Callable[..., Fraction]) -> bool:
    """Tell whether a missing measure can lead further than a known one: not where what stands in for it is no further out."""
    if len(item.known) == len(item.options):
        return False
    stand_in = standing_in(item.criterion)
    return not ends or (item.criterion.if_missing != "reject" and (stand_in is None or best(stand_in, ends[0]) != ends[0]))


def composite(scores: Iterable[tuple[Criterion, Fraction | None]], min_coverage: Fraction) -> Fraction | None:
    """Return the composite of these scores, not rounded; None where there is none."""
    points, weight, covered = Fraction(0), Fraction(0), Fraction(0)
    for criterion, score in scores:
        covered += criterion.weight if score is not None else 0
        stand_in = standing_in(criterion) if score is None else score
        if stand_in is None and criterion.if_missing == "reject":
            return None
        if stand_in is not None:
            points, weight = points + criterion.weight * stand_in, weight + criterion.weight
    return points / weight if weight and covered >= min_coverage else None


def standing_in(criterion: Criterion) -> Fraction | None:
    """Return the score that counts where the measure is missing; None where none does."""
    return {"zero": Fraction(0), "neutral": criterion.neutral}.get(criterion.if_missing)
