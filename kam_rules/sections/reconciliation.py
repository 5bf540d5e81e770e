"""What is done where the accounts' targets do not add up to what leadership asks for.

The committed targets of decided accounts in scope, each at exactly 100%, add up to the bottom-up figure of every rep,
manager and team. `top_down` is the figure from above: an NRR of their base, or an amount; with `per: team` each team
climbs the ladder by itself, and the total is told beside them. The gap is top-down less bottom-up, as a share of what
`shortfall_as` names; the first rung that holds it says what is done.

`surplus` and `on_plan` add nothing. `rep_supplement` spreads the gap over the reps, `manager_supplement` leaves it with the
manager, `split` does both. `escalated` writes no quota until somebody decides, by name and with a reason. `unit` is the
smallest part in whole currency; what fills none stays with the manager. `limit_change` holds each rep's total quota to so
much above last year's (`prior_quota` of reps).

Example:
    reconciliation:
      top_down: {per: team, nrr: 112%}
      shortfall_as: share of top_down
      ladder:
        - {id: cushion, below: 0%, then: surplus}
        - {id: on_plan, up_to: 0.5%, then: on_plan}
        - {id: rep, up_to: 5%, then: rep_supplement, spread: target, cap: 4.5% of target, rest: manager}
        - {id: manager, up_to: 10%, then: manager_supplement}
        - {id: too_large, otherwise: true, then: escalated, new_business_plan: 4000000}
      unit: 1

Prefer rungs that name who carries what, in rising edges.
Avoid a gap spread in silence: a quota that nobody can explain is a quota that nobody carries.
"""

from __future__ import annotations

from kam_rules.model.document import Doc, Mapping
from kam_rules.model.ladder import Reconciliation, TopDown
from kam_rules.model.names import did_you_mean
from kam_rules.model.program import Derive
from kam_rules.model.schema import choice, either, expression, identifier, integer, listing, literal, percent, record, table, text
from kam_rules.model.tree import Extreme, Node, Read, Round, number
from kam_rules.model.types import Type
from kam_rules.sections import _stress
from kam_rules.sections._draft import Draft
from kam_rules.sections._ladder import LADDER, Rungs, measure_types

OF = "share of "
TOP_DOWN = {
    "per": choice("One ladder for each team, or one for all", "team", "total"),
    "nrr": expression("The ratio asked of the base of decided accounts in scope: 112%, or an assumption"),
    "amount": either(
        "The amount asked for; with per: team one for each",
        literal("An amount in the policy's currency"),
        table("An amount for each team", literal("An amount"), "text", least=1),
    ),
    "because": text("Why the figure stands"),
    "source": text("Where it comes from"),
}
SCHEMA = record(
    "What is done where the targets do not add up to the figure from above",
    {
        "scope": record(
            "Which accounts count; the others stand on a line of their own",
            {
                "tiers": listing("Only accounts in these tiers", identifier("A tier")),
                "states": listing("Only accounts in these states", identifier("A state")),
            },
        ),
        "top_down": record("The figure from above", TOP_DOWN, ("per",)),
        "shortfall_as": choice("The denominator of the gap", f"{OF}top_down", f"{OF}bottom_up"),
        "ladder": LADDER,
        "unit": integer("The smallest part that is handed out, in whole currency", 1),
        "limit_change": percent("How far one rep's total quota may lie above last year's"),
        "stress": _stress.SCHEMA,
    },
    ("top_down", "shortfall_as", "ladder", "unit"),
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the ladder, and the figures that its spreads weigh by."""
    if not isinstance(doc, Mapping):
        return
    rungs = Rungs(draft)
    ladder = rungs.lower(doc.maps("ladder"))
    top_down = _top_down(doc.map("top_down"), rungs, draft)
    scope = doc.map("scope")
    limit = doc.scalar("limit_change")
    for rung in ladder:
        if limit is not None and rung.spread is not None and not rung.rest:
            draft.fault(
                "KR322",
                f"'{rung.id}' does not say who takes what limit_change leaves over",
                rung.where or doc.where,
                "add rest: manager, or refuse",
            )
    if any(rung.spread is not None for rung in ladder):
        rungs.watch_headroom()
    draft.reconciliation_steps = _figures(rungs, draft.minor)
    draft.reconciliation = Reconciliation(
        top_down,
        doc.text("shortfall_as").removeprefix(OF),
        ladder,
        int(draft.number(doc.scalar("unit")) or 1) * 10**draft.minor,
        _names(scope, "tiers", [rule.id for rule in draft.tiers], draft),
        _names(scope, "states", list(draft.state_names), draft),
        None if limit is None else draft.percent(limit),
        doc.where,
        _stress.stress(doc.map("stress"), draft),
    )


def _top_down(doc: Mapping, rungs: Rungs, draft: Draft) -> TopDown:
    per, ratio, amount = doc.text("per"), doc.scalar("nrr"), doc.get("amount")
    if (ratio is None) == (amount is None):
        what = "both nrr and amount" if amount is not None else "no figure"
        draft.fault("KR323", f"the top-down has {what}", doc.where, "write nrr: 112%, or amount: 5600000")
    node = draft.expression(ratio, "targets", Type.RATIO) if ratio else None
    amounts: tuple[tuple[str, int], ...] = ()
    if amount is not None and (per == "team") != isinstance(amount, Mapping):
        fix = "write amount: {NAME OF TEAM: 5600000, …}" if per == "team" else "write amount: 5600000, or per: team"
        draft.fault("KR323", f"with per: {per} the amount is {'one for each team' if per == 'team' else 'one for all'}", amount.where, fix)
    elif isinstance(amount, Mapping):
        amounts = tuple((e.key, rungs.amount(e.value, least=1) or 0) for e in amount.entries)
    elif amount is not None:
        amounts = (("total", rungs.amount(amount, least=1) or 0),)
    return TopDown(per, node, amounts, ratio.text if ratio else "", doc.key_where("nrr" if ratio else "amount"))


def _names(doc: Mapping, key: str, known: list[str], draft: Draft) -> tuple[str, ...]:
    items = doc.scalars(key)
    for item in items:
        if known and item.text not in known:
            draft.fault("KR311", f"there is no {key.removesuffix('s')} '{item.text}'", item.where, did_you_mean(item.text, known))
    return tuple(item.text for item in items)


def _figures(rungs: Rungs, minor: int) -> tuple[Derive, ...]:
    """Return each figure that a spread weighs by, never below zero, kept at the decimals of its unit."""
    places = measure_types(rungs.measures, minor)
    return tuple(Derive(name, read.type, _weight(read, places[name]), places[name]) for name, read in rungs.measures.items())


def _weight(read: Read, places: int) -> Node:
    rounded = Round(read, places, read.type)
    return Extreme("max", (number(0, read.type), rounded), read.type)
