"""Rank classes, from the top: the first whose condition is true. Then accounts are seated within capacity.

`if_unknown: hold` leaves an account undecided where a rule above the first true one is unknown; `flag` lets the
outcome stand and marks it. A tier with `capacity` seats the best by score, then by `tie_break`, then by account id;
the others compete for the next tier whose condition they meet. The last tier says `otherwise: true`.

With `inherit` a group shares the tier of its head, the last account above by `parent`: `parent` gives every member the
head's tier, whatever its own score, and only heads compete for seats and count towards the share limit; `higher` lets all
compete, and lifts a member to the tier of its head where that is higher. A member takes no seat by it.

Example:
    tiers:
      if_unknown: hold
      rules:
        - {id: strategic, when: score >= 75, capacity: 25, tie_break: [headroom desc], because: What named teams can serve}
        - {id: core, otherwise: true, because: Everyone else}

Prefer a capacity that names who serves the seats.
Avoid a lower edge in front of a higher one: the first rule that holds decides, and the other never fires.
"""

from __future__ import annotations

from kam_rules.feel.scope import EVERY
from kam_rules.model.document import Doc, Mapping
from kam_rules.model.names import did_you_mean
from kam_rules.model.program import HIGHER, NOT_QUALIFIED, PARENT, Rule, Seating, Seats
from kam_rules.model.schema import choice, expression, identifier, integer, listing, only, record, text
from kam_rules.model.tree import TRUE, Const, Node, Not, Read, both
from kam_rules.model.types import Type
from kam_rules.sections._draft import Draft
from kam_rules.sections._names import RESERVED
from kam_rules.sections._rules import rule

TIER = record(
    "One tier",
    {
        "id": identifier("The tier's name"),
        "when": expression("The condition that makes an account eligible; edges are inclusive as written"),
        "otherwise": only(value=True, description="Takes every account that no tier above takes"),
        "capacity": integer("How many accounts the tier can serve", 0),
        "tie_break": listing("What ranks accounts of equal score: a name and asc or desc", text("Such as: headroom desc")),
        "because": text("Why the edge or the capacity stands there"),
        "source": text("Where the figure comes from"),
    },
    ("id",),
)
SCHEMA = record(
    "Rank classes, from the top",
    {
        "hit": choice("first: the first true rule; unique: exactly one may be true", "first", "unique"),
        "if_unknown": choice("What happens where a rule above is unknown", "hold", "flag"),
        "inherit": choice("How members of a group come by their tier: the head's always, or where it is higher", PARENT, HIGHER),
        "rules": listing("The tiers, from the top", TIER),
    },
    ("if_unknown", "rules"),
)
REQUIRED = True


def lower(doc: Doc, draft: Draft) -> None:
    """Keep each tier as a rule, behind the built-in one that catches accounts that did not pass the gates."""
    if not isinstance(doc, Mapping):
        return
    items = doc.maps("rules")
    draft.tiers_hit, draft.tiers_if_unknown = doc.text("hit", "first"), doc.text("if_unknown")
    draft.unique(((item.text("id"), item.key_where("id")) for item in items), "tier")
    qualified = Read("qualified", Type.FLAG)
    found = []
    for i, item in enumerate(items):
        if item.text("id") in {NOT_QUALIFIED, *RESERVED}:
            draft.fault("KR307", f"'{item.text('id')}' is a word of the language", item.key_where("id"), "choose another name")
        when = condition(item, "tiers", draft, last=i == len(items) - 1) or TRUE
        guarded = both(qualified, when) if draft.tiers_hit == "unique" else when
        found.append(rule(item, guarded, Const(item.text("id"), Type.CATEGORY)))
    draft.tiers = tuple(found)
    draft.seating = Seating(tuple(_seats(item, draft) for item in items), inherit=doc.text("inherit"))


def not_qualified() -> Rule:
    """Return the built-in rule in front of the tiers."""
    when = Not(Read("qualified", Type.FLAG))
    because = "Built in: an account that does not pass the gates holds no tier"
    return Rule(NOT_QUALIFIED, when, (Const(NOT_QUALIFIED, Type.CATEGORY),), "not(qualified)", because, built_in=True)


def condition(item: Mapping, layer: str, draft: Draft, *, last: bool) -> Node | None:
    """Return the condition of a rule that says `when` or `otherwise`, or None after keeping its fault."""
    written, otherwise = item.scalar("when"), "otherwise" in item
    if (written is not None) == otherwise:
        fix = "write when: with a condition; the last rule may say otherwise: true"
        draft.fault("KR310", f"'{item.text('id')}' has {'both when and otherwise' if otherwise else 'no condition'}", item.where, fix)
        return None
    if otherwise:
        if not last:
            draft.fault("KR310", "'otherwise' stands last: no rule below it can fire", item.key_where("otherwise"), "move it to the end")
        return TRUE
    return draft.expression(written, layer, Type.FLAG) if written else None


def _seats(item: Mapping, draft: Draft) -> Seats:
    readable = draft.scope("tiers").names
    keys = []
    for entry in item.scalars("tie_break"):
        name, _, way = entry.text.partition(" ")
        if way not in {"asc", "desc"}:
            sample = f"{name} desc for the largest first, {name} asc for the smallest" if name in readable else "headroom desc"
            draft.fault("KR105", f"'{entry.text}' does not say asc or desc", entry.where, f"write {sample}")
        elif name not in readable and not {name, EVERY} & draft.broken:
            draft.fault("KR202", f"there is nothing called '{name}'", entry.where, did_you_mean(name, readable))
        elif name in readable and readable[name].type in {Type.TEXT, Type.CATEGORY}:
            draft.fault("KR105", f"'{name}' is words, which do not rank", entry.where, "name a number, a date or a flag")
        else:
            keys.append((name, way == "desc"))
    if "tie_break" in item and "capacity" not in item:
        draft.fault("KR310", "a tie-break without capacity is never asked", item.key_where("tie_break"), "add capacity:, or take it out")
    capacity = draft.number(item.scalar("capacity"))
    return Seats(item.text("id"), None if capacity is None else int(capacity), tuple(keys))
