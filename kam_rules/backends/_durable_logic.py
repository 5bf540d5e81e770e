"""Formulas over the tests that durable-rules makes of one fact, and what it costs durable-rules to hold them.

No meaning here: a formula is true or false. What is unknown is a formula of its own, over presence flags.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import prod

HAS, NO = "has", "no"
"""Beside the six comparisons: the operand has a value, and it has none."""

Definition = dict[str, object]
Code = Callable[[int, int], int]


@dataclass(frozen=True, slots=True)
class Test:
    """One test of one operand: a comparison with one of its literals (of a pair: of its two sides), `has` or `no`."""

    op: str
    operand: int
    literal: int = 0
    pair: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """True where every item is; of none it is true."""

    items: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """True where some item is; of none it is false."""

    items: tuple[Formula, ...]


Formula = Test | Every | Some

ALWAYS, NEVER = Every(()), Some(())


def every(*items: Formula) -> Formula:
    """Return the conjunction, flat, each item once, without what another item implies.

    (a or m) and (b or m), with m a missing operand, is (m or (a and b)): one disjunction, however long a range is.
    """
    flat = dict.fromkeys(part for item in items for part in (item.items if isinstance(item, Every) else (item,)))
    if NEVER in flat:
        return NEVER
    kept: dict[Formula, None] = {}
    guarded: dict[Test, list[Formula]] = {}
    for item in flat:
        if isinstance(item, Some) and any(arm in flat for arm in item.items):
            continue
        missing = _guard(item)
        if missing is None or not isinstance(item, Some):
            kept[item] = None
        else:
            guarded.setdefault(missing, []).extend(arm for arm in item.items if arm != missing)
    for missing, arms in guarded.items():
        kept[some(missing, every(*arms))] = None
    return next(iter(kept)) if len(kept) == 1 else Every(tuple(kept))


def some(*items: Formula) -> Formula:
    """Return the disjunction, flat, each item once, without what implies another item."""
    flat = dict.fromkeys(part for item in items for part in (item.items if isinstance(item, Some) else (item,)))
    if ALWAYS in flat:
        return ALWAYS
    kept = tuple(item for item in flat if not (isinstance(item, Every) and any(part in flat for part in item.items)))
    return kept[0] if len(kept) == 1 else Some(kept)


def _guard(item: Formula) -> Test | None:
    """Return m of a two-armed (a or m), where m says that an operand is missing."""
    arms = item.items if isinstance(item, Some) and len(item.items) == 2 else ()  # noqa: PLR2004 - both arms
    return next((arm for arm in arms if isinstance(arm, Test) and arm.op == NO), None)


def tests(formula: Formula) -> Iterator[Test]:
    """Return the tests of a formula, in order."""
    if isinstance(formula, Test):
        yield formula
        return
    for item in formula.items:
        yield from tests(item)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a formula costs durable-rules.

    Attributes:
        groups: its `$and` and `$or`; a rule holds 15, or is refused with error 113.
        breadth: how many of its tests can wait on the matcher's stack at once; the stack holds 64, or error 303.
        paths: in how many ways it can be true at once; its action runs once for each.
        leaves: its tests.
    """

    groups: int
    breadth: int
    paths: int
    leaves: int

    @property
    def fits(self) -> bool:
        """Tell whether one rule can hold it, well inside what durable-rules holds."""
        return self.groups <= GROUPS and self.breadth <= BREADTH and self.paths <= PATHS and self.leaves <= LEAVES


GROUPS, BREADTH, PATHS, LEAVES = 14, 40, 24, 150
SPLIT = 12
"""The most rules that one formula is written as."""


def rules(formula: Formula) -> tuple[Formula, ...] | None:
    """Return formulas of which one is true where the given one is, each fit for one rule; None where it takes too many."""
    if cost(formula).fits:
        return (formula,)
    arms: list[Formula] = []
    if isinstance(formula, Some):
        arms = list(formula.items)
    elif isinstance(formula, Every):
        wide = max((item for item in formula.items if isinstance(item, Some)), key=lambda item: cost(item).groups, default=None)
        rest = [item for item in formula.items if item != wide]
        arms = [every(arm, *rest) for arm in wide.items] if wide is not None else []
    found: list[Formula] = []
    for arm in arms[: SPLIT + 1]:
        below = rules(arm)
        if below is None:
            return None
        found += below
    return tuple(found) if 0 < len(found) <= SPLIT else None


def cost(formula: Formula) -> Cost:
    """Return what a formula costs."""
    if isinstance(formula, Test):
        return Cost(int(formula.pair), 1, 1, 3 if formula.pair else 1)
    below = [cost(item) for item in formula.items]
    groups, leaves = 1 + sum(part.groups for part in below), sum(part.leaves for part in below)
    if isinstance(formula, Every):
        return Cost(groups, 1 + sum(part.breadth - 1 for part in below), prod(part.paths for part in below), leaves)
    alone = _at_once(item for item in formula.items if isinstance(item, Test))
    deep = [part for item, part in zip(formula.items, below, strict=True) if not isinstance(item, Test)]
    return Cost(groups, alone + sum(part.breadth for part in deep), alone + sum(part.paths for part in deep), leaves)


def _at_once(found: Iterable[Test]) -> int:
    """Return how many of these tests can be true at once: an operand equals one literal, and has a value or none."""
    by_operand: dict[int, list[str]] = defaultdict(list)
    for test in found:
        by_operand[test.operand].append("equal" if test.op == "=" and not test.pair else test.op)
    total = 0
    for ops in by_operand.values():
        others = sum(op not in {"equal", NO} for op in ops)
        total += max(others + ("equal" in ops), 1)
    return total


OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


def render(formula: Formula, code: Code) -> list[Definition]:
    """Return the formula as the items of a durable-rules `$and`; `code` gives the whole number for an operand's literal."""
    if isinstance(formula, Every):
        return [part for item in formula.items for part in render(item, code)]
    if isinstance(formula, Some):
        arms = [render(item, code) for item in formula.items]
        return [{"$or": [arm[0] if len(arm) == 1 else {"$and": arm} for arm in arms]}]
    return _both_there(formula) if formula.pair and formula.op in {"=", *OPERATORS} else [_one(formula, code)]


def _one(test: Test, code: Code) -> Definition:
    name = f"x{test.operand}"
    if test.op == HAS:
        return {"$ex": {name: 1}}
    if test.op == NO:
        return {f"{name}_no": 1}
    return _compare(test.op, name, code(test.operand, test.literal))


def _both_there(test: Test) -> list[Definition]:
    """Fence: with the right field absent durable-rules lets x < y, x >= y and x = y all fire, so both are asked for first."""
    left, right = f"x{test.operand}", f"y{test.operand}"
    return [{"$ex": {left: 1}}, {"$ex": {right: 1}}, _compare(test.op, left, {"$m": right})]


def _compare(op: str, name: str, right: object) -> Definition:
    return {name: right} if op == "=" else {OPERATORS[op]: {name: right}}
