"""Weighted criteria, at most ten; their weights sum to 100%. Each says what it measures and how it scores.

`if_missing` has no default: `reject` leaves the account without a score, `zero` counts 0, `neutral: 50` counts that
score, `renormalise` leaves the criterion out and lets the others carry its weight.

The tags are article 001's: what the criterion is for, and where it stands on the three axes of the two-by-two.

Example:
    criteria:
      - id: growth_potential
        weight: 100%
        purpose: long_term_growth
        kind: quantitative
        about: customer
        horizon: future
        measure: wallet - base_revenue
        if_missing: {neutral: 50}
        bands:
          - {from: lowest, score: 0}
          - {from: 250000, score: 75}

Prefer few criteria that people can name by heart, from all quarters of the two-by-two.
Avoid weights that spend dominates: accounts raised for their spend grow less often.
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.feel.printer import say
from kam_rules.model.amounts import percent as shown_percent
from kam_rules.model.document import Doc, Listing, Mapping, Scalar, at
from kam_rules.model.program import Criterion, Derive, Hit, RuleList, Step
from kam_rules.model.schema import choice, either, expression, identifier, listing, number, percent, record, text
from kam_rules.model.tree import Compare, Const, Node, Read, type_of, walk
from kam_rules.model.types import Field, Type
from kam_rules.scales import Scaled, scale, scales
from kam_rules.sections._draft import Draft
from kam_rules.sections._rules import notes

MOST = 10
TAGS = ("purpose", "kind", "about", "horizon")
SCALES = {word: scale(word).SCHEMA for word in scales()}
CRITERION = record(
    "One criterion",
    {
        "id": identifier("The criterion's name"),
        "weight": percent("Its share of the composite; all weights sum to 100%"),
        "purpose": choice("What the criterion is for", "long_term_growth", "market_position", "resource_allocation", "cost_of_sale"),
        "kind": choice("Judged by people or counted", "qualitative", "quantitative"),
        "about": choice("Tells of the customer (external) or of us (internal)", "customer", "us"),
        "horizon": choice("Tells of today or of what may come", "current", "future"),
        "measure": expression("What is measured: a field, a metric or a calculation"),
        "if_missing": either(
            "What counts where the measure is missing",
            choice("reject, zero or renormalise", "reject", "zero", "renormalise"),
            record("A score to count instead", {"neutral": number("The score that counts", 0, 100)}, ("neutral",)),
        ),
        **SCALES,
        "because": text("Why the criterion stands"),
        "source": text("Where its figures come from"),
    },
    ("id", "weight", *TAGS, "measure", "if_missing"),
)
SCHEMA = listing("Weighted criteria, at most ten", CRITERION)
REQUIRED = True


def lower(doc: Doc, draft: Draft) -> None:
    """Keep each criterion with the steps that measure and score it; count them and sum their weights."""
    if not isinstance(doc, Listing):
        return
    items = doc.maps()
    draft.unique(((item.text("id"), item.key_where("id")) for item in items), "criterion")
    if len(items) > MOST:
        message = f"there are {len(items)} criteria; article 001 allows at most {MOST}"
        draft.fault("KR302", message, items[MOST].where, "take out those that move no tier")
    total = sum((draft.percent(item.scalar("weight")) for item in items), Fraction(0))
    if total != 1:
        way = "raise" if total < 1 else "lower"
        message = f"the weights sum to {shown_percent(total)}, not to 100%"
        draft.fault("KR301", message, doc.where, f"{way} them by {shown_percent(abs(1 - total))} in all")
    for item in items:
        if draft.percent(item.scalar("weight")) <= 0:
            message = f"a weight is more than 0%, not {item.text('weight')}"
            draft.fault("KR301", message, at(item, ("weight",)), "take the criterion out instead")
    for item in items:
        _criterion(item, draft)


def _criterion(item: Mapping, draft: Draft) -> None:
    words = [word for word in SCALES if word in item]
    measured = item.scalar("measure") or Scalar("", item.where)
    node = draft.expression(measured, "criteria")
    if len(words) != 1:
        fix = f"add one of {', '.join(SCALES)}" if not words else f"keep one of {', '.join(words)}"
        draft.fault("KR304", f"'{item.text('id')}' has {'no scale' if not words else 'two scales'}", item.where, fix)
        return
    if node is None:
        return
    id_ = item.text("id")
    measure = Read(f"{id_}.measure", type_of(node))
    scaled = scale(words[0]).lower(
        item.get(words[0]) or item,
        measure,
        lambda scalar: draft.literal(scalar, node, "criteria"),
        draft.fault,
        id_,
    )
    if scaled is None:
        return
    _complete(item, node, scaled, draft)
    draft.criteria += (_kept(item, measured, measure, scaled, draft),)
    draft.criteria_steps += _steps(id_, node, scaled)


def _kept(item: Mapping, measured: Scalar, measure: Read, scaled: Scaled, draft: Draft) -> Criterion:
    missing = item.get("if_missing")
    neutral = draft.number(missing.scalar("neutral")) if isinstance(missing, Mapping) else None
    return Criterion(
        item.text("id"),
        draft.percent(item.scalar("weight")),
        measure,
        measured.text,
        "neutral" if neutral is not None else item.text("if_missing"),
        neutral or Fraction(0),
        scaled.lowest,
        scaled.highest,
        scaled.edges,
        scaled.line,
        notes(item, *TAGS, "because", "source"),
        item.key_where("id"),
    )


def _steps(id_: str, node: Node, scaled: Scaled) -> tuple[Step, ...]:
    measure = Derive(f"{id_}.measure", type_of(node), node)
    if scaled.figure is not None:
        return (measure, Derive(f"{id_}.score", Type.NUMBER, scaled.figure, places=2))
    binds = ((f"{id_}.score", Type.NUMBER),)
    return (measure, RuleList(f"criteria.{id_}", Hit.UNIQUE, scaled.rules, binds))


def _complete(item: Mapping, node: Node, scaled: Scaled, draft: Draft) -> None:
    """Report values that no band lists."""
    if scaled.edges or scaled.figure is not None or scaled.rules[-1].text == "otherwise":
        return
    listed = {n.value: r.where or item.where for r in scaled.rules for n in walk(r.when) if isinstance(n, Const)}
    possible = _possible(node, draft)
    for value, where in listed.items():
        if possible and value not in possible:
            draft.fault("KR209", f"'{say(node)}' is never {value}", where, "take the band out, or widen the contract under fields")
    missing = [value for value in possible if value not in listed]
    if not possible or missing:
        shown = ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in missing) or "some values"
        message = f"no band holds {shown} of '{say(node)}'"
        fix = "list every value" if possible or not type_of(node).numeric else "use edges with from:"
        draft.fault("KR304", message, item.key_where("bands"), f"{fix}, or end with {{otherwise: true, score: …}}")


def _possible(node: Node, draft: Draft) -> tuple[object, ...]:
    found: Field | None = draft.fields.get(node.name) if isinstance(node, Read) else None
    if type_of(node) is Type.FLAG:
        return (True, False)
    if found is not None and found.values:
        return found.values
    whole = found is not None and found.decimals == 0
    if found is not None and whole and found.least is not None and found.most is not None:
        return tuple(Fraction(n) for n in range(int(found.least), int(found.most) + 1)) if found.most - found.least < 100 else ()  # noqa: PLR2004
    return ()


def score_edges(rules: tuple[Node, ...]) -> tuple[tuple[str, Fraction], ...]:
    """Return each comparison of the score with a literal, as operator and edge, in reading order."""
    found: dict[tuple[str, Fraction], None] = {}
    mirror = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
    for when in rules:
        for node in walk(when):
            match node:
                case Compare(op, Read("score"), Const(Fraction() as edge)):
                    found[op, edge] = None
                case Compare(op, Const(Fraction() as edge), Read("score")):
                    found[mirror.get(op, op), edge] = None
    return tuple(found)
