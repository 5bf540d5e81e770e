"""Named arithmetic: figures worked out of fields, assumptions and other metrics, each with its type.

A metric is missing where a value it needs is missing, and where it would divide by zero.

Example:
    metrics:
      penetration: {type: ratio, is: base_revenue / wallet}
      headroom: {type: money, is: wallet - base_revenue}
      days_to_renewal: {type: integer, is: "days(as_of, contract_end)"}

Prefer a metric over the same arithmetic written twice.
Avoid dividing by a figure that may be 0: the metric is then missing.
"""

from __future__ import annotations

from kam_rules.model.document import Doc, Mapping
from kam_rules.model.program import Derive
from kam_rules.model.schema import choice, expression, record, table, text
from kam_rules.model.tree import Const, reads
from kam_rules.model.types import Type
from kam_rules.sections._draft import Draft

METRIC = record(
    "One figure",
    {
        "type": choice("What the figure is", *Type),
        "is": expression("How it is worked out"),
        "meaning": text("What the figure tells, and what it does not"),
        "because": text("Why the figure is worked out so"),
        "source": text("Where the formula comes from"),
    },
    ("type", "is"),
)
SCHEMA = table("Figures worked out of the fields", METRIC)
REQUIRED = False
SHOWN = 8
"""Names of a circle that are written out."""


def lower(doc: Doc, draft: Draft) -> None:
    """Read every formula, then put the metrics in an order in which each stands after what it reads."""
    if not isinstance(doc, Mapping):
        return
    written = [(e, e.value) for e in doc.entries if draft.name(e.key, e.where) and isinstance(e.value, Mapping)]
    for entry, body in written:
        declared = Type(body.text("type"))
        draft.metrics[entry.key] = Derive(entry.key, declared, Const(None, declared), where=entry.where)
    for entry, body in written:
        formula = body.scalar("is")
        type_ = draft.metrics[entry.key].type
        node = draft.expression(formula, "metrics", type_) if formula else None
        if node is None:
            draft.broken.add(entry.key)
        else:
            draft.metrics[entry.key] = Derive(entry.key, type_, node, text=formula.text if formula else "", where=entry.where)
    _order(draft)
    for name in draft.broken & set(draft.metrics):
        del draft.metrics[name]


def _order(draft: Draft) -> None:
    """Order the metrics; those in a circle are reported once and broken."""
    ordered: dict[str, Derive] = {}
    for top in draft.metrics:
        path = [top]
        while path:
            name = path[-1]
            left = (n for n in reads(draft.metrics[name].node) if n in draft.metrics and n not in ordered and n not in draft.broken)
            needed = None if name in draft.broken else next(left, None)
            if needed is None:
                ordered[name] = draft.metrics[path.pop()]
            elif needed in path:
                _circle([*path[path.index(needed) :], needed], draft)
            else:
                path.append(needed)
    draft.metrics = ordered | {n: m for n, m in draft.metrics.items() if n not in ordered}


def _circle(names: list[str], draft: Draft) -> None:
    where = draft.metrics[names[0]].where
    if where is not None:
        few = len(names) == 2  # noqa: PLR2004 - a name and itself
        shown = names if len(names) <= SHOWN else [*names[: SHOWN - 2], "…", names[-1]]
        message = f"'{names[0]}' needs itself" if few else f"these metrics need one another: {' needs '.join(shown)}"
        draft.fault("KR308", message, where, "write what it is worked out from" if few else "let one of them start from fields alone")
    draft.broken.update(names)
