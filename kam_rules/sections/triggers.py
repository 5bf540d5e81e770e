"""Reasons to look at an account's tier between reviews: up, down, or for a person to judge. All are asked.

A trigger proposes; the account's action is that of the first true one in order. `timing: immediate` marks one that
does not wait for the review.

Example:
    triggers:
      - {id: breakout, when: growth >= 50%, then: promote, because: Potential shown}
      - {id: collapse, when: base_revenue < 0.7 * prior_revenue, then: demote, timing: immediate, because: No time to wait}

Prefer few triggers that someone acts on.
Avoid `immediate` where a review can wait.
"""

from __future__ import annotations

from kam_rules.model.document import Doc, Listing
from kam_rules.model.program import Rule
from kam_rules.model.schema import choice, expression, identifier, listing, record, text
from kam_rules.model.tree import Const
from kam_rules.model.types import Type
from kam_rules.sections._draft import Draft, mappings, rule

WATCHES = dict.fromkeys(("watch", "for", "within", "at_least"), "triggers watch the account's own fields")
TRIGGER = record(
    "One trigger",
    {
        "id": identifier("The trigger's name"),
        "when": expression("The condition"),
        "then": choice("What it proposes", "promote", "demote", "review"),
        "timing": choice("At the next review, or at once", "review", "immediate"),
        "because": text("Why the trigger stands"),
        "source": text("Where its figures come from"),
    },
    ("id", "when", "then", "because"),
    WATCHES,
)
SCHEMA = listing("Reasons to look at a tier between reviews", TRIGGER)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep each trigger as a rule."""
    if not isinstance(doc, Listing):
        return
    items = mappings(doc)
    draft.unique(((item.text("id"), item.key_where("id")) for item in items), "trigger")
    found: list[Rule] = []
    for item in items:
        when = item.scalar("when")
        node = draft.expression(when, "triggers", Type.FLAG) if when else None
        if node is not None:
            action = Const(item.text("then"), Type.CATEGORY)
            found.append(rule(item, node, action, extra=("then", "timing")))
    draft.triggers = tuple(found)
