"""Questions that an account must pass before its score counts. All are asked; all must pass.

A gate whose values are missing is unanswered: the account has not passed, and the answer stands on the work list. An
account that does not pass takes the built-in tier `not_qualified`; it is scored for the trail and still gets a state
and a target.

Example:
    gates:
      - id: willingness
        ask: Have they shown that they want to partner?
        when: willing
        because: Article 001, question three

Prefer questions with a yes or a no that someone can be asked for.
Avoid gates on size: a small account can be the right partner.
"""

from __future__ import annotations

from kam_rules.model.document import Doc, Listing, Scalar
from kam_rules.model.schema import expression, identifier, listing, record, text
from kam_rules.model.types import Type
from kam_rules.sections._draft import Draft
from kam_rules.sections._rules import rule

GATE = record(
    "One question",
    {
        "id": identifier("The gate's name"),
        "ask": text("The question as a person would ask it"),
        "when": expression("The condition that passes the gate"),
        "because": text("Why the gate stands"),
        "source": text("Where it comes from"),
    },
    ("id", "ask", "when", "because"),
)
SCHEMA = listing("Questions that come before scoring", GATE)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep each gate as a rule."""
    if not isinstance(doc, Listing):
        return
    items = doc.maps()
    draft.unique(((item.text("id"), item.key_where("id")) for item in items), "gate")
    found = []
    for item in items:
        when = item.scalar("when") or Scalar("", item.where)
        node = draft.expression(when, "gates", Type.FLAG)
        if node is not None:
            found.append(rule(item, node, extra=("ask",)))
    draft.gates = tuple(found)
