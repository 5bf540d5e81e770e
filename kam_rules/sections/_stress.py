"""`reconciliation.stress`: what the cushion is held against."""

from __future__ import annotations

from kam_rules.model.document import Mapping
from kam_rules.model.names import did_you_mean
from kam_rules.model.schema import identifier, listing, percent, record
from kam_rules.model.year import Stress
from kam_rules.sections._draft import Draft

SCHEMA = record(
    "What the cushion is held against; nothing is decided by it",
    {
        "lose_one_of": listing("The states whose accounts count as safe: each is lost in turn, alone", identifier("A state")),
        "downturn": listing("Shares of all targets that are lost together, such as 5%", percent("A share, above 0%")),
    },
)


def stress(doc: Mapping, draft: Draft) -> Stress:
    """Return what is asked; a state that no rule gives and a share outside 0% to 100% are faults."""
    states = doc.scalars("lose_one_of")
    for item in states:
        if draft.state_names and item.text not in draft.state_names:
            draft.fault("KR311", f"there is no state '{item.text}'", item.where, did_you_mean(item.text, draft.state_names))
    draft.unique(((item.text, item.where) for item in states), "safe state", "keep one of them")
    shares = [(item, draft.percent(item)) for item in doc.scalars("downturn")]
    for item, share in shares:
        if not 0 < share <= 1:
            draft.fault("KR330", f"a downturn of {item.text} takes nothing, or more than there is", item.where, "write 5%, say")
    return Stress(tuple(item.text for item in states), tuple(share for _, share in shares))
