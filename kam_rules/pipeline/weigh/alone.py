"""Accounts that are key for their size alone, or for their tenure alone: without those criteria they fall below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from kam_rules.model.outcome import Layout
from kam_rules.model.program import TIERS, Criterion, Derive, Program, Stage, Step
from kam_rules.model.tree import Const, reads
from kam_rules.pipeline import codes
from kam_rules.pipeline.analyse.ground import Insight, insight
from kam_rules.pipeline.assemble import composite
from kam_rules.pipeline.programme.spend import spending, written_out
from kam_rules.pipeline.weigh.book import Decided

NAMED = 5
HORIZON = ("horizon", "current")


def questions(decided: Decided) -> Iterator[Insight]:
    """Ask for size, then for tenure."""
    program = decided.run.ready.program
    for code, what, found in (("KR743", "size", spending(program)), ("KR744", "tenure", lasting(program))):
        rows = falling(decided, found)
        if not rows:
            continue
        names = ", ".join(decided.names(rows)[:NAMED]) + (f" and {len(rows) - NAMED} more" if len(rows) > NAMED else "")
        criteria = ", ".join(c.id for c in found)
        fall = "falls" if len(rows) == 1 else "fall"
        message = f"key by {what} alone: without {criteria}, {names} {fall} below the key tiers"
        fix = "look at them before the tiers are agreed, or give the criterion less weight"
        yield insight(code, message, found[0].where, fix, subject=f"tiers.{what}")


def lasting(program: Program) -> tuple[Criterion, ...]:
    """Return the criteria that measure tenure: they read what the states call maturity, and not what they call potential."""
    inputs = {key: set(reads(written_out(program, node))) - {"as_of"} for key, node in program.state_inputs}
    maturity = inputs.get("maturity", set()) - inputs.get("potential", set()) - inputs.get("penetration", set())
    return tuple(c for c in program.criteria if HORIZON in c.tags and maturity & set(reads(written_out(program, c.measure))))


def falling(decided: Decided, without: Sequence[Criterion]) -> list[int]:
    """Return the key accounts that are key no more where these criteria are not asked."""
    program = decided.run.ready.program
    keys = set(program.seating.key_tiers)
    rest = [c for c in program.criteria if c not in without]
    if not without or not rest or not keys:
        return []
    stage = _without(program, rest)
    tiers = [str(rule.gives[0].value) for rule in stage.list(TIERS).rules if isinstance(rule.gives[0], Const)]
    table = decided.decided(stage, assigning=False)
    numbers = table.select(codes.rule(Layout(stage), TIERS)).to_series()
    now = [None if i < 0 else tiers[i] for i in numbers.to_list()]
    return [i for i, (held, left) in enumerate(zip(decided.tiers(), now, strict=True)) if held in keys and left not in keys]


def _without(program: Program, rest: Sequence[Criterion]) -> Stage:
    """Return the first stage with a composite of the criteria that are left, of whose weight the same share must be known."""
    total = sum((c.weight for c in rest), Fraction(0))
    new = {step.name: step for step in composite(rest, program.min_coverage * total, program.round)}
    steps: tuple[Step, ...] = tuple(new.get(s.name, s) if isinstance(s, Derive) else s for s in program.ranking.steps)
    return replace(program.ranking, steps=steps)
