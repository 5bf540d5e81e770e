"""The rules engine that the product is named for: rule lists become durable-rules rulesets and decide by firing.

Facts are asserted, rules fire, and what they conclude is asserted in turn. It never does arithmetic: figures, and the
numbers that conditions compare, come from the reference derivation over what has fired; the score is re-summed from
the bands that fired. It serves `explain`, single decisions, and the independent witness of every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kam_rules.backends._durable_plan import Asked, Plan, plan
from kam_rules.backends._durable_session import ONE_THREAD, next_session
from kam_rules.backends.reference import evaluate, facts_of
from kam_rules.model.outcome import Outcome, Verdict
from kam_rules.model.program import Hit, RuleList
from kam_rules.model.tree import Value

if TYPE_CHECKING:
    import polars as pl

    from kam_rules.model.program import Stage
    from kam_rules.model.progress import Progress

KEPT = 8
"""How many stages stay compiled."""


class Durable:
    """The durable engine."""

    def __init__(self) -> None:
        """Start without compiled stages."""
        self._plans: dict[int, tuple[Stage, Plan]] = {}

    def decide(self, stage: Stage, table: pl.DataFrame, progress: Progress) -> pl.DataFrame:
        """Decide the stage for every row; see `Backend`."""
        from kam_rules.backends._table import one_by_one

        with ONE_THREAD, self._compiled(stage) as compiled:
            return one_by_one(stage, table, lambda row: take(stage, compiled, facts_of(stage, row)), progress)

    @contextmanager
    def _compiled(self, stage: Stage) -> Iterator[Plan]:
        """Hand out the plan of a stage; the same object is planned once, and the least recent one gives way.

        A plan that was left by an error is not used again: its sessions may hold facts.
        """
        key = id(stage)
        found = self._plans.pop(key, None) or (stage, plan(stage))
        yield found[1]
        self._plans[key] = found
        if len(self._plans) > KEPT:
            self._plans.pop(next(iter(self._plans)))[1].close()


def take(stage: Stage, compiled: Plan, facts: dict[str, Value]) -> Outcome:
    """Decide one account round by round; `facts` gains what is derived and decided."""
    verdicts: dict[str, Verdict] = {}
    notes = [0] * (2 * compiled.asked)
    session = next_session()
    for each in compiled.rounds:
        for derive in each.derives:
            facts[derive.name] = evaluate(derive.node, facts)
        for sheet in each.sheets:
            sheet.fire(session, facts, notes)
        for asked in each.asked:
            _settle(asked, notes, facts, verdicts)
    return Outcome(verdicts, {figure.name: facts[figure.name] for figure in stage.kept})


def _settle(asked: Asked, notes: list[int], facts: dict[str, Value], verdicts: dict[str, Verdict]) -> None:
    """Read what has fired of one step: a condition, else its unknown twin; where neither has, it is false."""
    true = notes[2 * asked.number]
    unknown = notes[2 * asked.number + 1] & ~true
    if isinstance(asked.step, str):
        facts[asked.step] = True if true else None if unknown else False
        return
    verdict = hit(asked.step, true, unknown)
    verdicts[asked.step.id] = verdict
    for i, (name, _) in enumerate(asked.step.binds):
        facts[name] = None if verdict.rule is None else evaluate(asked.gives[verdict.rule][i], facts)


def hit(found: RuleList, true: int, unknown: int) -> Verdict:
    """Return the outcome of a list from the masks of what has fired, by its hit policy."""
    if found.hit is Hit.COLLECT:
        return Verdict(true=true, unknown=unknown)
    first = true & -true
    rule = first.bit_length() - 1
    if found.hit is Hit.UNIQUE:
        return Verdict(rule=rule if true and true == first else None, unknown=unknown)
    above = unknown & (first - 1) if true else unknown
    decided = bool(true) and (not above or found.if_unknown == "flag")
    return Verdict(rule=rule if decided else None, unknown=above)


ENGINE = Durable()
