"""Prove the figures of a target rule: plausible, exact, floor ≤ target ≤ aspirational."""

from __future__ import annotations

from collections.abc import Mapping as Pairs
from fractions import Fraction

from kam_rules.backends.reference import evaluate
from kam_rules.model.amounts import LITERAL_DECIMALS, decimals, percent
from kam_rules.model.document import Mapping, at
from kam_rules.model.errors import Finding
from kam_rules.model.program import Rule
from kam_rules.model.tree import Const, Value
from kam_rules.sections.targets import KEYS, hint


def figure_faults(
    rule: Rule, document: Mapping, bound: Pairs[str, Value], plausible: tuple[Fraction, Fraction], when: str
) -> list[Finding]:
    """Return what is wrong with one rule's target, floor and aspiration where the assumptions are `bound` so."""
    found = []
    implausible: set[str] = set()
    figures = dict(zip(KEYS, (evaluate(node, bound) for node in rule.gives), strict=True))
    state, _, tier = rule.id.partition(".")
    path = ("targets", "by_state", state, *(("by_tier", tier) if tier else ()))
    for key, value in figures.items():
        if not isinstance(value, Fraction):
            continue
        where = at(document, (*path, key))
        if not plausible[0] <= value <= plausible[1]:
            written = isinstance(rule.gives[KEYS.index(key)], Const)
            near = hint(value, plausible) if written else ""
            fix = f"did you mean {near}?" if near else "correct the figure, or widen targets.plausible"
            if not written:
                fix = "correct the figures that it is made of, or widen targets.plausible"
            implausible.add(key)
            limits = f"{percent(plausible[0])} to {percent(plausible[1])}"
            day = "" if written else f" {when}"
            found.append(Finding("KR306", f"{key} {percent(value)} is not plausible{day} ({limits})", where, fix))
        elif decimals(value) > LITERAL_DECIMALS:
            found.append(Finding("KR316", f"{key} needs more than 6 decimals {when}", where, "write round(…, 4) around it"))
    for lower, upper in (("floor", "target"), ("target", "aspirational")):
        low, high = figures[lower], figures[upper]
        if isinstance(low, Fraction) and isinstance(high, Fraction) and low > high and not implausible & {lower, upper}:
            message = f"{lower} {percent(low)} lies above {upper} {percent(high)} {when}"
            found.append(Finding("KR305", message, at(document, (*path, lower)), f"lower the {lower} figure, or raise the {upper} figure"))
    return found
