"""Reasons to look at an account's tier between reviews: up, down, or for a person to judge. All are asked.

A trigger proposes; the account's action is that of the first true one in order. `timing: immediate` marks one that
does not wait for the review: where the policy has tier_changes it takes effect, past count and waiting time.

With `watch` the condition is asked of the rows of a table, and a window says how many must meet it: `for` counts the
latest quarters, `within` looks back so many days, `at_least` counts rows. What the condition says of the account stands
after `and`.

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
from kam_rules.model.schema import choice, expression, identifier, integer, listing, record, text
from kam_rules.model.tree import Const
from kam_rules.model.types import Type
from kam_rules.model.watch import EVENTS, QUARTERS
from kam_rules.sections._draft import Draft
from kam_rules.sections._rules import rule
from kam_rules.sections._watch import watched
from kam_rules.windows import keys

TRIGGER = record(
    "One trigger",
    {
        "id": identifier("The trigger's name"),
        "when": expression("The condition"),
        "watch": choice("The table whose rows it is asked of", QUARTERS, EVENTS),
        "for": text("How many of the latest quarters: 2 consecutive, or 3 of last 4"),
        "within": text("Within how many days: 180 days"),
        "at_least": integer("How many rows, if more than one", 1),
        "then": choice("What it proposes", "promote", "demote", "review"),
        "timing": choice("At the next review, or at once", "review", "immediate"),
        "because": text("Why the trigger stands"),
        "source": text("Where its figures come from"),
    },
    ("id", "when", "then", "because"),
)
SCHEMA = listing("Reasons to look at a tier between reviews", TRIGGER)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep each trigger as a rule."""
    if not isinstance(doc, Listing):
        return
    items = doc.maps()
    draft.unique(((item.text("id"), item.key_where("id")) for item in items), "trigger")
    found: list[Rule] = []
    for item in items:
        when = item.scalar("when")
        if "watch" in item:
            node = watched(item, draft)
        else:
            node = draft.expression(when, "triggers", Type.FLAG) if when else None
            for key in (key for key in keys() if key in item):
                draft.fault("KR360", f"'{key}' counts rows, and no table is watched", item.key_where(key), "add watch:, or take it out")
        if node is not None:
            action = Const(item.text("then"), Type.CATEGORY)
            found.append(rule(item, node, action, extra=("then", "timing", "watch", *keys())))
    draft.triggers = tuple(found)
