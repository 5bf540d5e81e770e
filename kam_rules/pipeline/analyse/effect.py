"""Criteria that cannot change any tier: whatever they score, no edge of a tier lies in between.

The composites that the other criteria can add up to are worked out as points and stretches, as if each moved by itself;
what cannot move an edge then, cannot move one at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product
from math import lcm

from kam_rules.model.program import TIERS, Criterion
from kam_rules.model.tree import Compare, Const, Node, Read, bind, reads, walk
from kam_rules.pipeline.analyse.ground import Ground, Insight, insight
from kam_rules.pipeline.analyse.scores import Reach, composite, standing_in
from kam_rules.sections.criteria import score_edges

MOST = 4000
"""Stretches of composites that are told apart; with more, the criterion is not analysed."""
Stretch = tuple[Fraction, Fraction]


def questions(ground: Ground) -> Iterator[Insight]:
    """Ask every criterion, where tiers read the score."""
    whens = tuple(bind(rule.when, ground.named) for rule in ground.program.ranking.list(TIERS).rules)
    edges = tuple(dict.fromkeys(edge for _, edge in score_edges(whens)))
    if not any("score" in reads(when) for when in whens):
        if len(whens) > 1:
            yield from _unread(ground)
        return
    plain = all(_plain(when) for when in whens)
    for own in ground.reach:
        others = tuple(reach for reach in ground.reach if reach is not own)
        moves = _moves(ground, own, others, edges) if plain else None
        if moves is None:
            message = f"it was not settled whether '{own.criterion.id}' can change a tier: too many sums, or no tier edge that is a figure"
            yield insight("KR712", message, own.criterion.where, "fewer criteria can be proved", subject=_subject(own.criterion))
        elif not moves:
            yield _idle(ground, own)


def _plain(when: Node) -> bool:
    """Tell whether a condition reads the score only where it compares it with a figure."""
    compared = [node for node in walk(when) if isinstance(node, Compare) and {type(node.left), type(node.right)} == {Read, Const}]
    inside = sum(1 for node in compared for side in (node.left, node.right) if isinstance(side, Read) and side.name == "score")
    return inside == sum(1 for node in walk(when) if isinstance(node, Read) and node.name in {"score", "coverage"})


def _subject(criterion: Criterion) -> str:
    return f"criteria.{criterion.id}"


def _unread(ground: Ground) -> Iterator[Insight]:
    where = ground.program.criteria[0].where
    fix = "let a tier read the score, such as when: score >= 75"
    yield insight("KR710", "no criterion can change a tier: no tier reads the score", where, fix, subject="criteria")


def _idle(ground: Ground, own: Reach) -> Insight:
    scores = sorted({score for option in own.known for score in (option.low, option.high) if score is not None})
    swing = f"it always scores {scores[0]}" if len(scores) == 1 else f"from score {scores[0]} to {scores[-1]} no edge lies in between"
    criterion = own.criterion
    message = f"'{criterion.id}' cannot change any tier, whatever it scores: {swing}"
    fix = "take it out, raise its weight, or move its edges; article 001 asks for criteria that decide"
    formula = own.known[-1].when if own.known else True
    example = ground.example((formula,), lambda _: True, (criterion.measure,), assigning=False)
    return insight("KR710", message, criterion.where, fix, subject=_subject(criterion), example=example)


def _moves(ground: Ground, own: Reach, others: tuple[Reach, ...], edges: Iterable[Fraction]) -> bool | None:
    """Tell whether some edge lies between two composites that differ in this criterion alone; None past the bound."""
    low = min((option.low for option in own.known if option.low is not None), default=Fraction(0))
    high = max((option.high for option in own.known if option.high is not None), default=Fraction(0))
    if low == high:
        return False
    weight = own.criterion.weight
    half = Fraction(1, 10**ground.program.round)
    for known in product((True, False), repeat=len(others)):
        if any(
            (not reach.known and k) or (len(reach.known) == len(reach.options) and not k) for reach, k in zip(others, known, strict=True)
        ):
            continue
        shape = [(r.criterion, (Fraction(0) if k else None)) for r, k in zip(others, known, strict=True)]
        if composite([*shape, (own.criterion, low)], ground.program.min_coverage) is None:
            continue
        total = weight + sum((c.weight for (c, s) in shape if s is not None or standing_in(c) is not None), Fraction(0))
        stretches = _sums([_points(r, known=k) for r, k in zip(others, known, strict=True)])
        if stretches is None:
            return None
        for start, end in stretches:
            if any(start + weight * low <= (edge + half) * total and end + weight * high >= (edge - half) * total for edge in edges):
                return True
    return False


def _points(reach: Reach, *, known: bool) -> list[Stretch]:
    """Return what a criterion can add to the sum of points."""
    weight = reach.criterion.weight
    if not known:
        return [(weight * score, weight * score) for score in (standing_in(reach.criterion) or Fraction(0),)]
    ends = {(option.low, option.high) for option in reach.known}
    return [(weight * low, weight * high) for low, high in ends if low is not None and high is not None]


def _sums(parts: list[list[Stretch]]) -> list[Stretch] | None:
    """Return every sum of one stretch from each part, those that meet made one; added up in whole numbers of one unit."""
    scale = lcm(*(end.denominator for part in parts for stretch in part for end in stretch))
    found: list[tuple[int, int]] = [(0, 0)]
    for part in sorted(parts, key=len):
        whole = [(int(low * scale), int(high * scale)) for low, high in part]
        found = _merged([(a + c, b + d) for a, b in found for c, d in whole])
        if len(found) > MOST:
            return None
    return [(Fraction(low, scale), Fraction(high, scale)) for low, high in found]


def _merged(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for low, high in sorted(set(stretches)):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found
