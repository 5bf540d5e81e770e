"""What each account is asked for: base × target NRR, in whole minor units, with a floor and an aspiration beside it.

The target follows the account's state, or its state and tier (`by_tier`). `own` names a field with a figure agreed for
one account; it wins and is listed. Outside `plausible` nothing is believed: a policy's figure is refused with a hint,
an account's own figure refuses the account. `aspirational` is never part of a roll-up.

`zero_base` says what base 0 means: `lapsed` where `lapsed_when` is true, else a prospect, whose absolute target
stands in the field named by `prospect`. `baselines` are for comparison only: one ratio for all, or one by the values
of a category field. None becomes a target unless `method` names it; then every account of the base is asked for the
same ratio, the figures of its state are not, and floor and aspiration go with them.

Example:
    targets:
      base: {field: base_revenue, basis: trailing_12m}
      plausible: [0%, 300%]
      by_state:
        at_risk: {floor: 70%, target: 80%, aspirational: 100%}
        mature: {target: 100% + 5% + 5%}
      zero_base: {lapsed_when: known(customer_since), prospect: none, lapsed: none}
      baselines: {uniform: 112%}

Prefer assumptions over bare figures: 100% + inflation + 5% says why.
Avoid one target for all: it asks too much of some and too little of others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from kam_rules.feel.printer import say
from kam_rules.model.amounts import percent
from kam_rules.model.document import Doc, Mapping, Scalar
from kam_rules.model.errors import Where
from kam_rules.model.names import did_you_mean, nearest
from kam_rules.model.program import LAPSED, NOT_QUALIFIED, PROSPECT, Derive, Rule
from kam_rules.model.schema import choice, expression, identifier, listing, record, table, text
from kam_rules.model.schema import percent as percent_shape
from kam_rules.model.tree import TRUE, Arith, Compare, Const, If, Known, Node, Read, Round, both
from kam_rules.model.types import Field, Type
from kam_rules.sections._baselines import amount, baselines, chosen, positive
from kam_rules.sections._draft import Draft, Targets
from kam_rules.sections._rules import NO_MONEY, NOTHING, notes, read_of

KEYS = ("target", "floor", "aspirational")
FIGURES = {
    "floor": expression("The least the account may be asked for, such as 70%"),
    "target": expression("What the account is asked for: literals and assumptions, such as 100% + inflation + 5%"),
    "aspirational": expression("What it could become; never part of a roll-up"),
    "because": text("Why the figures stand"),
    "source": text("Where the figures come from"),
}
BAND = record("The figures of one tier", FIGURES, ("target",))
STATE = record("The figures of one state", {**FIGURES, "by_tier": table("Figures by tier; otherwise: all others", BAND, least=1)})
BASE = {
    "field": identifier("The money field"),
    "basis": choice("What the base counts; never mixed", "opening_arr", "trailing_12m", "contracted", "trailing_usage"),
}
ZERO = {
    "lapsed_when": expression("True for an account that bought before; else it is a prospect"),
    "prospect": identifier("The money field with a prospect's absolute target, or none"),
    "lapsed": choice("A lapsed account has no target", "none"),
}
INDUSTRY = table("A ratio for each value of the category field; otherwise: all others", expression("A ratio"), "text")
SCHEMA = record(
    "What each account is asked for",
    {
        "base": record("The base revenue", BASE, ("field", "basis")),
        "plausible": listing("The smallest and the largest target that is believed", percent_shape("An end"), 2, 2),
        "own": identifier("The ratio field with a figure agreed for one account"),
        "by_state": table("Figures by state", STATE, least=1),
        "zero_base": record("What base 0 means", ZERO, ("lapsed_when", "prospect", "lapsed")),
        "method": identifier("account_based, where it is left out; or the baseline that is the target: uniform, or its field"),
        "baselines": {
            "type": "object",
            "properties": {"uniform": expression("One ratio for every account")},
            "additionalProperties": INDUSTRY,
            "description": "Targets for comparison: uniform, or the name of a category field with a ratio by value",
        },
    },
    ("base", "plausible", "by_state", "zero_base"),
)
REQUIRED = True
BINDS = tuple((f"nrr.{key}", Type.RATIO) for key in KEYS)
STATE_READ = Read("state", Type.CATEGORY)
TIER_READ = Read("tier", Type.CATEGORY)


@dataclass(frozen=True, slots=True)
class _Context:
    """What every part of the section needs."""

    draft: Draft
    base: Read
    plausible: tuple[Fraction, Fraction]


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the target rules, and the steps that turn ratios into amounts."""
    if not isinstance(doc, Mapping):
        return
    base = _base(doc.map("base"), draft)
    ends = [draft.percent(item) for item in doc.scalars("plausible")]
    draft.bounded = ends[0] < ends[1]
    if not draft.bounded:
        draft.fault("KR303", "the largest plausible target does not lie above the smallest", doc.key_where("plausible"), "swap them")
    if base is not None:
        _bound(base, ends[1], draft)
    own = _own(doc.scalar("own"), (ends[0], ends[1]), draft)
    context = _Context(draft, base or Read("", Type.MONEY), (ends[0], ends[1]))
    rules = _by_state(doc.map("by_state"), doc.key_where("by_state"), context)
    zero = doc.map("zero_base")
    prospect = zero.scalar("prospect")
    prospect_field = draft.field(prospect, Type.MONEY) if prospect is not None and prospect.text != "none" else None
    lapsed_when = zero.scalar("lapsed_when")
    ratios = baselines(doc.map("baselines"), draft)
    compared = tuple(amount(name, ratio, where, context.base, draft.minor) for name, ratio, where in ratios)
    method = chosen(doc.scalar("method"), ratios, context.base, draft)
    draft.targets = Targets(
        base.name if base else "",
        (*_own_rule(own, doc, rules, context), *_zero_rules(doc, prospect_field), *method, *rules),
        (*_amounts(context, own, prospect_field, rules), *compared),
        draft.expression(lapsed_when, "metrics", Type.FLAG) if lapsed_when else None,
        tuple(step.name.removesuffix("_amount") for step in compared),
    )


def _base(doc: Mapping, draft: Draft) -> Read | None:
    scalar = doc.scalar("field")
    found = draft.field(scalar, Type.MONEY) if scalar else None
    if found is None or scalar is None:
        return None
    if not found.required or found.least is None or found.least < 0:
        message = f"'{found.name}' is the base of every target, so it is required and never negative"
        where = found.where or scalar.where
        draft.fault("KR309", message, where, "write required: true, min: 0", [(scalar.where, "named as the base here")])
    return read_of(found)


def _bound(base: Read, highest: Fraction, draft: Draft) -> None:
    """Hold the base to what its largest plausible target leaves room for: an amount is stored in 63 bits."""
    room = Fraction((2**63 - 1) // math.ceil(max(highest, Fraction(1))), 10**draft.minor)
    found = draft.fields[base.name]
    draft.fields[base.name] = replace(found, most=room if found.most is None else min(found.most, room))


def _own(scalar: Scalar | None, plausible: tuple[Fraction, Fraction], draft: Draft) -> Field | None:
    found = draft.field(scalar, Type.RATIO) if scalar else None
    if found is not None:
        draft.fields[found.name] = replace(found, plausible=plausible)
    return found


def _figures(doc: Mapping, context: _Context) -> tuple[Node, ...] | None:
    found: list[Node] = []
    for key in KEYS:
        scalar = doc.scalar(key)
        node: Node | None = NOTHING if scalar is None else context.draft.expression(scalar, "targets", Type.RATIO)
        if node is None:
            return None
        found.append(node)
    return tuple(found)


def _by_state(doc: Mapping, where: Where, context: _Context) -> tuple[Rule, ...]:
    draft, rules = context.draft, []
    known = draft.state_names
    misspelled = {nearest(entry.key, known) for entry in doc.entries if entry.key not in known}
    for entry in doc.entries:
        if known and entry.key not in known:
            draft.fault("KR312", f"no rule gives the state '{entry.key}'", entry.where, did_you_mean(entry.key, known))
        body = entry.value if isinstance(entry.value, Mapping) else Mapping((), entry.where)
        when = Compare("=", STATE_READ, Const(entry.key, Type.CATEGORY))
        if ("by_tier" in body) == ("target" in body):
            fix = "write target: here, or by_tier: with a target for each"
            draft.fault("KR312", f"'{entry.key}' has {'both target and by_tier' if 'target' in body else 'no target'}", entry.where, fix)
        elif "target" in body:
            rules += _rule(entry.key, when, body, entry.where, context)
        else:
            rules += _by_tier(entry.key, when, body.map("by_tier"), context)
    for state in known:
        if state not in doc and state not in misspelled and state not in {LAPSED, PROSPECT}:
            gives = (Const(state, Type.CATEGORY),)
            related = [(rule.where, "given here") for rule in draft.states if rule.where and rule.gives == gives]
            draft.fault("KR312", f"the state '{state}' has no target", where, f"add {state}: {{target: …}} under by_state", related)
    return tuple(rules)


def _by_tier(state: str, given: Node, doc: Mapping, context: _Context) -> list[Rule]:
    draft, rules = context.draft, []
    known = [*(rule.id for rule in draft.tiers), NOT_QUALIFIED, "otherwise"]
    for i, entry in enumerate(doc.entries):
        if entry.key not in known and draft.tiers:
            draft.fault("KR311", f"there is no tier '{entry.key}'", entry.where, did_you_mean(entry.key, known))
        if entry.key == "otherwise" and i < len(doc.entries) - 1:
            draft.fault("KR310", "'otherwise' stands last: no line below it can fire", entry.where, "move it to the end")
        tier = TRUE if entry.key == "otherwise" else Compare("=", TIER_READ, Const(entry.key, Type.CATEGORY))
        body = entry.value if isinstance(entry.value, Mapping) else Mapping((), entry.where)
        rules += _rule(f"{state}.{entry.key}", both(given, tier), body, entry.where, context)
    if draft.tiers and "otherwise" not in doc:
        absent = [tier for tier in known[:-1] if tier not in doc]
        if absent:
            message = f"'{state}' has no target for {', '.join(absent)}"
            draft.fault("KR312", message, doc.where, "add them, or otherwise: {target: …}")
    return rules


def _rule(id_: str, when: Node, body: Mapping, where: Where, context: _Context) -> list[Rule]:
    figures = _figures(body, context)
    if figures is None:
        return []
    because = body.text("because")
    return [Rule(id_, when, figures, say(when), because, notes(body, *KEYS, "source"), where)]


def _own_rule(own: Field | None, doc: Mapping, rules: tuple[Rule, ...], context: _Context) -> tuple[Rule, ...]:
    """The agreed figure, with the floor and the aspiration of the account's state beside it."""
    if own is None:
        return ()
    beside: list[Node] = [NOTHING, NOTHING]
    for rule in reversed(rules):
        beside = [If(rule.when, rule.gives[i + 1], beside[i], Type.RATIO) for i in range(2)]
    when = both(positive(context.base), Known(read_of(own)))
    because = "A figure agreed for this account alone wins over its state's"
    return (Rule("own", when, (read_of(own), *beside), say(when), because, (("target", own.name),), doc.key_where("own")),)


def _zero_rules(doc: Mapping, amount: Field | None) -> tuple[Rule, ...]:
    zero, rules = doc.map("zero_base"), []
    for state in (PROSPECT, LAPSED):
        when = Compare("=", STATE_READ, Const(state, Type.CATEGORY))
        absolute = f"its target is the amount in {amount.name}" if amount and state == PROSPECT else "it has no target"
        because = f"Base 0 has no NRR; {absolute}"
        where = zero.key_where(state)
        rules.append(Rule(f"zero_base.{state}", when, (NOTHING, NOTHING, NOTHING), say(when), because, (), where, built_in=True))
    return tuple(rules)


def _amounts(context: _Context, own: Field | None, amount: Field | None, rules: tuple[Rule, ...]) -> tuple[Derive, ...]:
    minor, base = context.draft.minor, context.base
    steps: list[Derive] = []
    for key in KEYS:
        ratio = Read(f"nrr.{key}", Type.RATIO)
        product = Arith("*", base, ratio, Type.MONEY)
        steps.append(Derive(f"{key}_nrr", Type.RATIO, ratio, places=6))
        steps.append(Derive(f"{key}_amount", Type.MONEY, Round(product, minor, Type.MONEY), places=minor))
    prospect: Node = NO_MONEY
    if amount is not None:
        given = Compare("=", STATE_READ, Const(PROSPECT, Type.CATEGORY))
        prospect = If(given, read_of(amount), NO_MONEY, Type.MONEY)
    steps.append(Derive("prospect_amount", Type.MONEY, prospect, places=minor))
    if own is not None and any(rule.gives[1] != NOTHING for rule in rules):
        below = Compare("<", Read("nrr.target", Type.RATIO), Read("nrr.floor", Type.RATIO))
        steps.append(Derive("below_floor", Type.FLAG, both(Known(below), below), places=0))
    return tuple(steps)


def hint(value: Fraction, plausible: tuple[Fraction, Fraction]) -> str:
    """Return what was probably meant by an implausible percent: the same with one digit fewer, as in 1112%: 112%.

    Examples:
        >>> hint(Fraction(1112, 100), (Fraction(0), Fraction(3)))
        '112%'
    """
    digits = percent(value).rstrip("%").replace(",", "")
    doubled = [i for i in range(1, len(digits)) if digits[i] == digits[i - 1]]
    for i in (*doubled, *range(len(digits))):
        shorter = digits[:i] + digits[i + 1 :]
        if shorter.replace(".", "").isdigit() and plausible[0] <= Fraction(shorter) / 100 <= plausible[1]:
            return f"{shorter}%"
    return ""
