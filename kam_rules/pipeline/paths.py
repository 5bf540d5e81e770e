"""How a field leads to what an account is asked for: worked out once, of any account."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kam_rules.model.past import NAMES
from kam_rules.model.program import TIERS, Program, RuleList, Stage
from kam_rules.model.types import Field
from kam_rules.pipeline.anew import SEATING
from kam_rules.pipeline.assemble import GATES, MET, STATES
from kam_rules.pipeline.decide import HANDED
from kam_rules.pipeline.moved import led

TARGET = "target_amount"


@dataclass(frozen=True, slots=True)
class Path:
    """How a field leads to what is asked, of any account: the steps before seats are given, to the state, and to the target.

    Attributes:
        names: for each of the three what may change with the field, tier and state included where they are given to it.
        direct: whether it leads to the target by another way than tier and state.
        by_tier: whether a tier, or whatever else the first stage hands on, leads to a state or a target.
        seats: whether it may move a seat.
    """

    program: Program
    field: Field
    stages: tuple[Stage, Stage, Stage]
    names: tuple[set[str], set[str], set[str]]
    direct: bool
    by_tier: bool
    seats: bool

    @classmethod
    def of(cls, program: Program, field_: Field) -> Path:
        """Return the path of a field."""
        first, last = program.stages[0], without(program.stages[-1], TIERS)
        end, before = without(last, STATES), {field_.name}
        ranking = led(first, before, {TIERS, MET})
        own = {field_.name, *(before & {*HANDED}) - {"tier"}}
        names = before, {*own, "tier"}, {*own, "tier", "state"}
        stages = ranking, led(last, names[1], {STATES}), led(end, names[2], {TARGET})
        by_tier = bool(led(last, {*HANDED}, {STATES, TARGET}).steps)
        ties = {tie for seats in program.seating.tiers for tie, _ in seats.tie_break}
        ranks = led(first, {field_.name}, {*SEATING, GATES, *HANDED, *ties})
        seats = bool(ranks.steps) or field_.name in {*NAMES, *ties}
        return cls(program, field_, stages, names, bool(led(end, own, {TARGET}).steps), by_tier, seats)


def without(stage: Stage, *lists: str) -> Stage:
    """Return a stage without some of its lists."""
    return replace(stage, steps=tuple(step for step in stage.steps if not (isinstance(step, RuleList) and step.id in lists)))
