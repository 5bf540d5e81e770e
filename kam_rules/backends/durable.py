"""The rules engine that the product is named for: rule lists become durable-rules rulesets and decide by firing.

Facts are asserted, rules fire, and what they conclude is asserted in turn. It never does arithmetic: figures, and the
numbers that conditions compare, come from the reference derivation over what has fired; the score is re-summed from
the bands that fired. It serves `explain`, single decisions, and the independent witness of every run.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kam_rules.backends._durable_plan import Asked, Round, plan
from kam_rules.backends._durable_session import ONE_THREAD, next_session
from kam_rules.backends.reference import evaluate, facts_of, judge
from kam_rules.model.outcome import Outcome, Verdict, flatten
from kam_rules.model.tree import Value

if TYPE_CHECKING:
    import polars as pl

    from kam_rules.backends import Progress
    from kam_rules.model.program import Stage

CHUNK = 250
KEPT = 8
"""How many stages stay compiled."""


class Durable:
    """The durable engine."""

    def __init__(self) -> None:
        """Start without compiled stages."""
        self._plans: OrderedDict[int, tuple[Stage, tuple[Round, ...]]] = OrderedDict()

    def decide(self, stage: Stage, table: pl.DataFrame, progress: Progress) -> pl.DataFrame:
        """Decide the stage for every row; see `Backend`."""
        import polars as pl

        from kam_rules.backends._table import schema

        rows = []
        with ONE_THREAD:
            rounds = self._compiled(stage)
            for number, row in enumerate(table.iter_rows(named=True), start=1):
                rows.append(flatten(stage, take(stage, rounds, facts_of(stage, row))))
                if number % CHUNK == 0:
                    progress(CHUNK)
        progress(len(rows) % CHUNK)
        return pl.DataFrame(rows, schema=schema(stage), orient="row")

    def _compiled(self, stage: Stage) -> tuple[Round, ...]:
        """Return the rounds of a stage; the same object is compiled once, the least recent one gives way."""
        key = id(stage)
        if key not in self._plans:
            self._plans[key] = (stage, plan(stage))
        self._plans.move_to_end(key)
        if len(self._plans) > KEPT:
            _, (_, rounds) = self._plans.popitem(last=False)
            for sheet in (sheet for each in rounds for sheet in each.sheets):
                sheet.ruleset.close()
        return self._plans[key][1]


def take(stage: Stage, rounds: Iterable[Round], facts: dict[str, Value]) -> Outcome:
    """Decide one account round by round; `facts` gains what is derived and decided."""
    verdicts: dict[str, Verdict] = {}
    session = next_session()
    for each in rounds:
        for derive in each.derives:
            facts[derive.name] = evaluate(derive.node, facts)
        fired: set[int] = set()
        for sheet in each.sheets:
            fired.update(*sheet.fire(session, facts))
        for asked in each.asked:
            _settle(asked, fired, facts, verdicts)
    return Outcome(verdicts, {figure.name: facts[figure.name] for figure in stage.kept})


def _settle(asked: Asked, fired: set[int], facts: dict[str, Value], verdicts: dict[str, Verdict]) -> None:
    """Read what has fired: a rule or its unknown twin; neither means false."""
    truths: list[Value] = [True if 2 * slot in fired else None if 2 * slot + 1 in fired else False for slot in asked.slots]
    if isinstance(asked.step, str):
        facts[asked.step] = truths[0]
        return
    verdict = judge(asked.step, truths)
    verdicts[asked.step.id] = verdict
    for i, (name, _) in enumerate(asked.step.binds):
        facts[name] = None if verdict.rule is None else evaluate(asked.gives[verdict.rule][i], facts)


ENGINE = Durable()
