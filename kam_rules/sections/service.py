"""What each tier gives one account in a year: entitlements and who delivers them, people, hours and money.

`contribution` names a money field or metric: what an account brings beside what it costs. An account is over-invested
where its share of all money or all people invested exceeds `over` times its share of all contribution; `kam-rules review`
lists those, and what an account would gain or lose with its tier. `people` is a share of a person: 0.25.

Example:
    service:
      contribution: base_revenue
      over: 150%
      entitlements:
        first_access: {is: First access to new functionality, by: product_management}
        named_manager: {is: A manager of its own, by: account_management}
      tiers:
        strategic: {entitlements: [first_access, named_manager], people: 0.25, hours: 400, money: 30000}
        key: {entitlements: [named_manager], people: 0.1, hours: 100, money: 5000}

Prefer entitlements that a function has agreed to deliver.
Avoid perks without a name behind them.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from kam_rules.model.care import CONTRIBUTION, Entitlement, Service, TierService
from kam_rules.model.document import Doc, Mapping
from kam_rules.model.names import did_you_mean
from kam_rules.model.program import Derive
from kam_rules.model.schema import identifier, listing, number, percent, record, table, text
from kam_rules.model.types import Type
from kam_rules.sections._draft import Draft

ENTITLEMENT = record("One entitlement", {"is": text("What it is"), "by": identifier("The function that delivers it")}, ("is", "by"))
TIER = record(
    "What one account of the tier is given",
    {
        "entitlements": listing("What it is entitled to", identifier("An entitlement")),
        "people": number("How much of a person works for it", 0),
        "hours": number("Hours of work in a year", 0),
        "money": number("Money in a year, in whole units of the policy's currency", 0),
        "source": text("Who agreed to it"),
    },
)
SCHEMA = record(
    "What each tier gives an account",
    {
        "contribution": identifier("The money field or metric that says what an account brings"),
        "over": percent("From how many times its share of contribution on an account is over-invested"),
        "entitlements": table("An entitlement by its name", ENTITLEMENT, least=1),
        "tiers": table("A tier by its name", TIER, least=1),
        "source": text("Where the figures come from"),
    },
    ("contribution", "over", "entitlements", "tiers"),
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep what tiers give, each name held against what the policy knows."""
    if not isinstance(doc, Mapping):
        return
    entitlements = tuple(
        Entitlement(entry.key, entry.value.text("is"), entry.value.text("by"))
        for entry in doc.map("entitlements").entries
        if isinstance(entry.value, Mapping)
    )
    _delivered(doc, draft)
    tiers = tuple(_tier(entry.key, entry.value, draft, [e.id for e in entitlements]) for entry in doc.map("tiers").entries)
    names = [rule.id for rule in draft.tiers]
    for entry in doc.map("tiers").entries:
        if names and entry.key not in names:
            draft.fault("KR311", f"there is no tier '{entry.key}'", entry.where, did_you_mean(entry.key, names))
    measure = doc.scalar("contribution")
    node = draft.expression(measure, "states", Type.MONEY) if measure else None
    if node is None or measure is None:
        return
    draft.reconciliation_steps += (Derive(CONTRIBUTION, Type.MONEY, node, places=draft.minor),)
    draft.year = replace(draft.year, service=Service(measure.text, draft.percent(doc.scalar("over")), entitlements, tiers, doc.where))


def _delivered(doc: Mapping, draft: Draft) -> None:
    """Hold the functions that deliver against stewardship, where the policy has it."""
    known = [function.name for function in draft.year.functions]
    for entry in doc.map("entitlements").entries:
        by = entry.value.scalar("by") if isinstance(entry.value, Mapping) else None
        if known and by is not None and by.text not in known:
            message = f"'{by.text}' delivers '{entry.key}', and is no function of stewardship"
            draft.fault("KR311", message, by.where, did_you_mean(by.text, known))


def _tier(tier: str, doc: Doc, draft: Draft, known: list[str]) -> TierService:
    body = doc if isinstance(doc, Mapping) else Mapping((), doc.where)
    items = body.scalars("entitlements")
    for item in items:
        if item.text not in known:
            draft.fault("KR311", f"there is no entitlement '{item.text}'", item.where, did_you_mean(item.text, known))
    people, hours, money = (draft.number(body.scalar(key)) or Fraction(0) for key in ("people", "hours", "money"))
    return TierService(tier, tuple(item.text for item in items), people, hours, money)
