"""Noisy accounts, where the data can tell: service above the book's standard, and no profit left after it.

Read are the fields that the glossary names: `cost_to_serve` and `gross_margin`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kam_rules.feel.printer import value as said
from kam_rules.model.amounts import percent
from kam_rules.model.program import Program
from kam_rules.model.types import Type
from kam_rules.pipeline.analyse.ground import Insight, insight
from kam_rules.pipeline.weigh.book import Decided

COST, MARGIN = "cost_to_serve", "gross_margin"
NAMED = 5


def can_tell(program: Program) -> bool:
    """Tell whether a policy has the fields that this asks for."""
    return {COST, MARGIN} <= {f.name for f in program.fields}


def questions(decided: Decided) -> Iterator[Insight]:
    """Ask every account whose cost and margin are known."""
    program = decided.run.ready.program
    if not can_tell(program):
        return
    columns = (decided.column(name) for name in (COST, MARGIN, program.base))
    known = [
        (i, cost, margin, base)
        for i, (cost, margin, base) in enumerate(zip(*columns, strict=True))
        if cost is not None and margin is not None and base
    ]
    if not known:
        return
    spent, earned = sum(cost for _, cost, _, _ in known), sum(base for _, _, _, base in known)
    noisy = [i for i, cost, margin, base in known if cost * earned > spent * base and margin <= cost]
    if noisy:
        weight = decided.weight(noisy)
        names = ", ".join(decided.names(noisy)[:NAMED]) + (f" and {len(noisy) - NAMED} more" if len(noisy) > NAMED else "")
        base = said(weight.base, Type.MONEY, minor=program.minor)
        where = next(f.where for f in program.fields if f.name == COST)
        message = (
            f"{len(noisy)} account{'s' if len(noisy) > 1 else ''} with {base} of base cost more to serve than the book's "
            f"{percent(Fraction(spent, earned), 1)} and leave no profit: {names}"
        )
        yield insight("KR745", message, where, "agree on a standard of service with them, or price what goes beyond it", subject="noisy")
