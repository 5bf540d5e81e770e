"""Steps of score: a band holds from its edge up to the next, so that no gap and no overlap can be written.

The first band starts at `lowest`. Ratings, flags and categories are listed one by one with `is:` instead; all their
values must be there, or a last band says `otherwise: true`. A missing measure is in no band.

Example:
    bands:
      - {from: lowest,  score: 0}
      - {from: 50000,   score: 40}
      - {from: 1000000, score: 100, label: wide open}

Prefer edges that people already speak of.
Avoid more bands than people can tell apart; five are plenty.
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.feel.units import phrase
from kam_rules.model.amounts import parse_number
from kam_rules.model.document import Doc, Listing, Mapping, Scalar, at
from kam_rules.model.errors import Where
from kam_rules.model.program import Rule
from kam_rules.model.schema import listing, number, only, record, text
from kam_rules.model.schema import literal as literal_shape
from kam_rules.model.tree import And, Compare, Const, Known, Node, Not, Or, type_of
from kam_rules.model.tree import number as figure
from kam_rules.model.types import Type
from kam_rules.scales import Fault, Literal, Scaled

BAND = record(
    "One band",
    {
        "from": literal_shape("Its lower edge, inclusive, in the measure's own unit; the first is: lowest"),
        "is": literal_shape("The one value that it holds, for ratings, flags and categories"),
        "otherwise": only(value=True, description="Holds every other value"),
        "score": number("The score that it gives", 0, 100),
        "label": text("What people call it"),
        "because": text("Why the edge stands there"),
        "source": text("Where the figure comes from"),
    },
    ("score",),
)
SCHEMA = listing("Steps of score, in rising order", BAND)
LOWEST = "lowest"


def lower(doc: Doc, measure: Node, literal: Literal, fault: Fault, name: str) -> Scaled | None:
    """Return each band as a rule that gives its score."""
    if not isinstance(doc, Listing):
        return None
    items = doc.maps()
    keys = [[key for key in ("from", "is", "otherwise") if key in item] for item in items]
    for item, found in zip(items, keys, strict=True):
        if len(found) != 1:
            fault("KR304", "a band has one of from, is and otherwise", item.where, "write {from: 50000, score: 40}")
            return None
    kinds = {found[0] for found in keys}
    scores = [parse_number(item.text("score")) or Fraction(0) for item in items]
    if kinds == {"from"}:
        return _edges(items, scores, measure, literal, fault, name)
    if "from" in kinds:
        fault("KR304", "bands by edge and bands by value are mixed", doc.where, "use from: in all of them, or is:")
        return None
    return _values(items, scores, measure, literal, fault, name)


def _rule(item: Mapping, name: str, i: int, when: Node, score: Fraction, text_: str) -> Rule:
    note = tuple((key, item.text(key)) for key in ("label", "source") if key in item)
    return Rule(f"{name}.{i}", when, (figure(score),), text_, item.text("because"), note, _where(item))


def _where(item: Mapping) -> Where:
    return next(item.key_where(key) for key in ("from", "is", "otherwise") if key in item)


def _edges(items: tuple[Mapping, ...], scores: list[Fraction], measure: Node, literal: Literal, fault: Fault, name: str) -> Scaled | None:
    if not type_of(measure).numeric:
        fault("KR320", f"{phrase(type_of(measure))} has no edges", items[0].where, "list its values with is:")
        return None
    if items[0].text("from") != LOWEST:
        message = f"the first band starts at lowest, not at {items[0].text('from')}"
        fault("KR304", message, at(items[0], ("from",)), "write {from: lowest, score: …} first")
        return None
    edges: list[Const] = []
    for item in items[1:]:
        if item.text("from") == LOWEST:
            fault("KR304", "lowest stands in the first band alone", at(item, ("from",)), "write the edge as a number")
            return None
        found = literal(item.scalar("from") or Scalar("", item.where))
        if found is None:
            return None
        if edges and found.value <= edges[-1].value:  # type: ignore[operator]
            message = f"the edge {item.text('from')} does not lie above the one before, {items[len(edges)].text('from')}"
            fault("KR303", message, at(item, ("from",)), "put the edges in rising order")
            return None
        edges.append(found)
    rules = []
    for i, item in enumerate(items):
        above = (Compare(">=", measure, edges[i - 1]),) if i else ()
        below = (Compare("<", measure, edges[i]),) if i < len(edges) else ()
        tests = (*above, *below)
        when: Node = And(tests) if len(tests) == 2 else tests[0] if tests else Known(measure)  # noqa: PLR2004 - both edges
        start = item.text("from")
        upper = f", up to {items[i + 1].text('from')}" if i < len(edges) else ""
        rules.append(_rule(item, name, i, when, scores[i], f"from {start}{upper}"))
    lows: list[Fraction | None] = [None, *(Fraction(str(edge.value)) for edge in edges)]
    return Scaled(min(scores), max(scores), tuple(rules), edges=tuple(zip(lows, scores, strict=True)))


def _values(items: tuple[Mapping, ...], scores: list[Fraction], measure: Node, literal: Literal, fault: Fault, name: str) -> Scaled | None:
    if type_of(measure) in {Type.MONEY, Type.RATIO, Type.NUMBER, Type.DATE}:
        fault("KR320", f"{phrase(type_of(measure))} has too many values to list", items[0].where, "use edges with from:")
        return None
    rules: list[Rule] = []
    tests: list[Node] = []
    for i, item in enumerate(items):
        if "otherwise" in item:
            if i < len(items) - 1 or not tests:
                fault("KR310", "'otherwise' stands last, after other bands", _where(item), "move it to the end")
                return None
            rest = And((Known(measure), Not(Or(tuple(tests)))))
            rules.append(_rule(item, name, i, rest, scores[i], "otherwise"))
            continue
        found = literal(item.scalar("is") or Scalar("", item.where))
        if found is None:
            return None
        if Compare("=", measure, found) in tests:
            fault("KR307", f"the value {item.text('is')} is listed twice", _where(item), "keep one of them")
            return None
        tests.append(Compare("=", measure, found))
        rules.append(_rule(item, name, i, tests[-1], scores[i], f"is {item.text('is')}"))
    return Scaled(min(scores), max(scores), tuple(rules))
