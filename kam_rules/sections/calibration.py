"""Both sides' view of the partnership: ours and the customer's own, taken on one day and good for so long.

`ours`, `theirs` and `on` are fields of the accounts. A tier under `needed_for` is not reached without a calibration that
holds: a view missing, a day missing or too old, is as a condition of the tier that fails. `kam-rules review` lists the
key accounts whose calibration is missing or old.

Example:
    calibration: {ours: our_view, theirs: their_view, on: calibrated_on, valid_for: 12 months, needed_for: [strategic]}

Prefer to ask the customer before the yearly review.
Avoid a top tier that only we believe in.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.care import FRESH, Calibration
from kam_rules.model.document import Doc, Mapping
from kam_rules.model.names import did_you_mean
from kam_rules.model.program import Derive
from kam_rules.model.schema import Schema, identifier, listing, record, text
from kam_rules.model.tree import And, Compare, Days, Known, Months, Node, Read, both, number, surely
from kam_rules.model.types import Field, Type
from kam_rules.sections._draft import Draft
from kam_rules.sections._rules import read_of

VALID: Schema = {
    "type": "string",
    "pattern": r"^[1-9]\d{0,2} months?$",
    "x-kind": "months",
    "description": "For how long it holds; on the day on which the last month is complete it does so no more: 12 months",
}
SCHEMA = record(
    "Both sides' view of the partnership",
    {
        "ours": identifier("The field of our view"),
        "theirs": identifier("The field of the customer's own view"),
        "on": identifier("The date field of the day on which both were taken"),
        "valid_for": VALID,
        "needed_for": listing("The tiers that need one that holds", identifier("A tier")),
        "because": text("Why it is asked for"),
        "source": text("Who decided it"),
    },
    ("ours", "theirs", "on", "valid_for"),
)
REQUIRED = False
VIEWS = (Type.RATING, Type.NUMBER, Type.INTEGER, Type.FLAG, Type.CATEGORY)


def lower(doc: Doc, draft: Draft) -> None:
    """Add the condition to the tiers that need it, and keep whether it holds."""
    if not isinstance(doc, Mapping):
        return
    names = [rule.id for rule in draft.tiers]
    needed = doc.scalars("needed_for")
    for item in needed:
        rule = next((rule for rule in draft.tiers if rule.id == item.text), None)
        if rule is None:
            draft.fault("KR311", f"there is no tier '{item.text}'", item.where, did_you_mean(item.text, names))
        elif rule.text == "otherwise":
            message = f"'{item.text}' takes every account that no tier above takes; it cannot need a calibration"
            draft.fault("KR363", message, item.where, "name a tier that has a condition")
    ours, theirs, on = (_field(doc, key, draft) for key in ("ours", "theirs", "on"))
    if ours is None or theirs is None or on is None:
        return
    months, tiers = int(doc.text("valid_for").split(" ")[0]), tuple(item.text for item in needed)
    fresh = _fresh(ours, theirs, on, months)
    draft.tiers = tuple(
        replace(rule, when=both(rule.when, fresh), text=f"{rule.text} and a calibration of the last {months} months")
        if rule.id in tiers and rule.text != "otherwise"
        else rule
        for rule in draft.tiers
    )
    draft.year = replace(draft.year, calibration=Calibration(ours.name, theirs.name, on.name, months, tiers, doc.where))
    draft.reconciliation_steps += (Derive(FRESH, Type.FLAG, fresh, places=0),)


def _field(doc: Mapping, key: str, draft: Draft) -> Field | None:
    scalar = doc.scalar(key)
    wanted = (Type.DATE,) if key == "on" else VIEWS
    return draft.field(scalar, *wanted) if scalar else None


def _fresh(ours: Field, theirs: Field, on: Field, months: int) -> Node:
    """Return whether both views are there and young enough; never unknown."""
    taken, today = read_of(on), Read("as_of", Type.DATE)
    young = And((Compare("<", Months(taken, today), number(months)), Compare(">=", Days(taken, today), number(0))))
    return And((Known(read_of(ours)), Known(read_of(theirs)), surely(young)))
