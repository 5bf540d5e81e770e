"""How many accounts may be key: if everything is a priority, nothing is.

`at_most` is a share of the accounts decided, rounded down; it is cut from the lowest key tier up.
`accounts_per_manager` is a finding, not a cut.

Example:
    limits: {key_tiers: [strategic, key], at_most: 15% of accounts, accounts_per_manager: 8}

Prefer a limit that stays below the seats you can staff.
Avoid one that moves with the book: if everything is a priority, nothing is.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.amounts import parse_percent
from kam_rules.model.document import Doc, Mapping
from kam_rules.model.names import did_you_mean
from kam_rules.model.schema import Schema, identifier, integer, listing, record, text
from kam_rules.sections._draft import Draft

SUFFIX = " of accounts"
AT_MOST: Schema = {
    "type": "string",
    "pattern": r"^\d+(\.\d+)?% of accounts$",
    "x-kind": "share",
    "description": "The largest share of decided accounts in key tiers: 15% of accounts",
}
SCHEMA = record(
    "How many accounts may be key",
    {
        "key_tiers": listing("The tiers whose accounts are key accounts, from the top", identifier("A tier")),
        "at_most": AT_MOST,
        "accounts_per_manager": integer("How many key accounts one account manager can serve", 1),
        "because": text("Why the limits stand"),
        "source": text("Where the figures come from"),
    },
    ("key_tiers",),
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Add the limits to the seating."""
    if not isinstance(doc, Mapping):
        return
    names = [rule.id for rule in draft.tiers]
    keys = doc.scalars("key_tiers")
    for item in keys:
        if item.text not in names and names:
            draft.fault("KR311", f"there is no tier '{item.text}'", item.where, did_you_mean(item.text, names))
    share = doc.text("at_most").removesuffix(SUFFIX)
    managed = draft.number(doc.scalar("accounts_per_manager"))
    draft.seating = replace(
        draft.seating,
        key_tiers=tuple(name for name in names if name in {item.text for item in keys}),
        at_most=parse_percent(share) if share else None,
        accounts_per_manager=None if managed is None else int(managed),
    )
