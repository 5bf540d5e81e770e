"""Criteria and conditions that raise a customer for what it already spends.

A measure counts as spend where it is an amount of today that rises with the base of the targets. Article 002: customers
raised for their spend are 51% less likely to grow it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from kam_rules.model.amounts import percent
from kam_rules.model.policy import Policy
from kam_rules.model.program import Criterion, Derive, Program
from kam_rules.model.tree import Arith, Extreme, FirstKnown, Node, Read, Round, reads, rebuild, type_of
from kam_rules.model.types import Type
from kam_rules.pipeline.analyse.ground import Insight, insight

HALF = Fraction(1, 2)


def questions(policy: Policy) -> Iterator[Insight]:
    """Ask whether spend outweighs everything else, or everything that looks ahead."""
    criteria = policy.program.criteria
    found = spending(policy.program)
    weight = sum((c.weight for c in found), Fraction(0))
    ahead = sum((c.weight for c in criteria if ("horizon", "future") in c.tags), Fraction(0))
    if found and (weight >= HALF or weight > ahead):
        names = ", ".join(f"{c.id} {percent(c.weight)}" for c in found)
        against = "half of all weight or more" if weight >= HALF else f"and what lies ahead only {percent(ahead)}"
        message = (
            f"today's spend weighs {percent(weight)} ({names}), {against}; "
            "customers raised for their spend are 51% less likely to grow it (article 002)"
        )
        fix = "give weight to what a customer could become: growth potential, acquisition potential, new markets"
        yield insight("KR723", message, found[0].where, fix, subject="criteria.spend")


def spending(program: Program) -> tuple[Criterion, ...]:
    """Return the criteria that measure today's spend."""
    return tuple(c for c in program.criteria if ("horizon", "current") in c.tags and is_spend(program, c.measure))


def is_spend(program: Program, node: Node) -> bool:
    """Tell whether a measure is an amount that rises with the base of the targets."""
    return type_of(node) is Type.MONEY and rises(written_out(program, node), program.base) > 0


def written_out(program: Program, node: Node) -> Node:
    """Return the tree with every figure written out, so that it reads fields alone."""
    return _written(node, {step.name: step.node for stage in program.stages for step in stage.steps if isinstance(step, Derive)})


def _written(node: Node, figures: Mapping[str, Node]) -> Node:
    def change(part: Node) -> Node:
        return _written(figures[part.name], figures) if isinstance(part, Read) and part.name in figures else part

    return rebuild(node, change)


def rises(node: Node, name: str) -> int:
    """Tell whether a tree over amounts above 0 rises (1) or falls (-1) with a name; 0 where it does neither or either.

    Examples:
        >>> wallet, base = Read("wallet", Type.MONEY), Read("base", Type.MONEY)
        >>> rises(Arith("-", wallet, base, Type.MONEY), "base"), rises(Arith("/", base, wallet, Type.RATIO), "base")
        (-1, 1)
    """
    match node:
        case Read(found):
            return int(found == name)
        case Arith(op, left, right):
            one, other = rises(left, name), rises(right, name)
            other = -other if op in {"-", "/"} else other
            if name in reads(left) and name in reads(right) and (not one or not other):
                return 0
            return one if one == other or not other else other if not one else _growth(node, name)
        case Extreme(_, items) | FirstKnown(items):
            ways = {rises(item, name) for item in items} - {0}
            return next(iter(ways)) if len(ways) == 1 else 0
        case Round(item, _):
            return rises(item, name)
        case _:
            return 0


def _growth(node: Arith, name: str) -> int:
    """A name on both sides that pulls both ways: (a - b) / a rises with a, and so on, where the other side is its part."""
    match node:
        case Arith("/", Arith("-", Read(first), _), Read(second)) if first == second == name:
            return 1
        case _:
            return 0
