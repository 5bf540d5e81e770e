"""What a policy does to a real book before it is run: findings weighed on it, edges, and accounts it raises for little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.feel.printer import value as said
from kam_rules.model.run import Run
from kam_rules.model.types import Type
from kam_rules.model.weight import Edge, Weight
from kam_rules.pipeline.analyse.ground import Insight, insight
from kam_rules.pipeline.assemble import INNER
from kam_rules.pipeline.weigh import alone, noisy
from kam_rules.pipeline.weigh.book import Decided
from kam_rules.pipeline.weigh.edges import edges

CLIFFS = 5
"""Edges with the most at stake that become findings; all stand in the table."""
Weights = Mapping[tuple[str, str], Weight]


@dataclass(frozen=True)
class Weighed:
    """Findings that only a book can give, the weight of those that need none, and the edges near which accounts lie."""

    insights: tuple[Insight, ...]
    weights: Weights
    edges: tuple[Edge, ...]


def weigh(run: Run, insights: Sequence[Insight], within: Fraction) -> Weighed:
    """Hold a policy against its book.

    Args:
        run: the book as decided.
        insights: what was found without it.
        within: how near an edge an account is near it: the share of the edge, or of 100 points of a score.
    """
    decided = Decided(run)
    found = edges(decided, within)
    told = (*_unfired(decided), *_cliffs(decided, found), *alone.questions(decided), *noisy.questions(decided))
    return Weighed(told, _weights(decided, insights), found)


def _weights(decided: Decided, insights: Sequence[Insight]) -> Weights:
    weights: dict[tuple[str, str], Weight] = {}
    for assigning in (False, True):
        here = [told for told in insights if told.touches is not None and told.assigning is assigning]
        if not here:
            continue
        rows = decided.rows([told.touches for told in here if told.touches is not None], assigning=assigning)
        for told, found in zip(here, rows, strict=True):
            weights[told.finding.code, told.finding.subject] = decided.weight(found)
    return weights


def _unfired(decided: Decided) -> Iterator[Insight]:
    """Name, for each list, the rules that no account of the book reached."""
    for found in decided.run.ready.program.lists:
        if found.id in INNER or not decided.size:
            continue
        idle = [rule for i, rule in enumerate(found.rules) if not rule.built_in and not decided.fired(found, i)]
        if idle:
            message = f"no account of {decided.size:,} reached {', '.join(rule.id for rule in idle)}"
            fix = "look whether such accounts exist, or move the edge to where accounts are"
            yield insight("KR741", message, idle[0].where, fix, subject=found.id)


def _cliffs(decided: Decided, found: Sequence[Edge]) -> Iterator[Insight]:
    minor = decided.run.ready.program.minor
    for edge in [edge for edge in found if edge.change][:CLIFFS]:
        change, base = (said(amount, Type.MONEY, minor=minor) for amount in (edge.change, edge.near.base))
        one = edge.near.accounts == 1
        count = f"{edge.near.accounts} account{'' if one else 's'} with {base} of base {'lies' if one else 'lie'}"
        message = f"{count} near {edge.text}; on its other side targets would differ by {change}"
        fix = "give the edge a step in between, or look at these accounts before targets are agreed"
        yield insight("KR742", message, edge.where, fix, subject=f"{edge.list_id}.{edge.rule}: {edge.text}")
