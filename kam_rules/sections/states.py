"""The one state of each account, by the first rule that is true: how much growth it can honestly be asked for.

`inputs` names what article 000 asks of every account: maturity, penetration, potential. A missing one stands on the
work list, and holds the state only through a rule that reads it. The rule's id is the state, unless `state:` names
it. An account with base 0 takes the built-in state `lapsed` or `prospect`; the rules are not asked.

`reason_unless` and `reason_in`: where the rule fires and the first is not true, the second must hold a reason.

Example:
    states:
      inputs: {maturity: tenure_years, penetration: penetration, potential: headroom}
      if_unknown: hold
      rules:
        - {id: at_risk, when: health_score < 50, resources: [customer_success], because: Serious work to retain}
        - {id: mature, otherwise: true, because: Solid and well penetrated}

Prefer `hold`: an unknown state is better than a wrong target.
Avoid judging potential by past growth alone.
"""

from __future__ import annotations

from kam_rules.model.document import Doc, Mapping, at
from kam_rules.model.program import LAPSED, PROSPECT, Derive, Rule
from kam_rules.model.schema import choice, expression, identifier, listing, only, record, text
from kam_rules.model.tree import TRUE, Compare, Const, Known, Node, Not, Or, Read, both, number, surely
from kam_rules.model.types import Type
from kam_rules.sections._draft import Draft
from kam_rules.sections._rules import read_of, rule
from kam_rules.sections.tiers import condition

QUESTIONS = {
    "maturity": expression("How long and how settled the relationship is"),
    "penetration": expression("How much of their spend we have"),
    "potential": expression("How much could still come"),
}
STATE = record(
    "One rule",
    {
        "id": identifier("The rule's name, and the state unless state: names it"),
        "state": identifier("The state, where several rules give one"),
        "when": expression("The condition"),
        "otherwise": only(value=True, description="Takes every account that no rule above takes"),
        "because": text("Why the rule stands"),
        "source": text("Where its figures come from"),
        "resources": listing("Functions that such an account calls on", identifier("A function")),
        "reason_unless": expression("Where this is not true, the account needs a reason for its state"),
        "reason_in": identifier("The field that holds the reason"),
    },
    ("id", "because"),
)
SCHEMA = record(
    "The one state of each account",
    {
        "hit": choice("first: the first true rule; unique: exactly one may be true", "first", "unique"),
        "inputs": record("What classification needs to know", QUESTIONS, tuple(QUESTIONS)),
        "if_unknown": choice("What happens where a rule above is unknown", "hold", "flag"),
        "rules": listing("The rules, in order", STATE),
    },
    ("inputs", "if_unknown", "rules"),
)
REQUIRED = True
STATE_READ = Read("state", Type.CATEGORY)


def lower(doc: Doc, draft: Draft) -> None:
    """Keep each rule, its reason check, and the inputs."""
    if not isinstance(doc, Mapping):
        return
    draft.states_hit, draft.states_if_unknown = doc.text("hit", "first"), doc.text("if_unknown")
    items = doc.maps("rules")
    fix = "rename one of them; state: names the state that both give"
    draft.unique(((item.text("id"), item.key_where("id")) for item in items), "state rule", fix)
    inputs = doc.map("inputs")
    found = ((key, draft.expression(scalar, "states")) for key in QUESTIONS if (scalar := inputs.scalar(key)))
    draft.state_inputs = tuple((key, node) for key, node in found if node is not None)
    rules: list[Rule] = []
    reasons: list[Node] = []
    for i, item in enumerate(items):
        state = item.text("state") or item.text("id")
        if state == "own":
            draft.fault("KR307", "'own' is a word of the language", item.key_where("id"), "choose another name")
        if state in {LAPSED, PROSPECT}:
            where = at(item, ("state" if "state" in item else "id",))
            draft.fault("KR307", f"'{state}' is a built-in state", where, "choose another name")
        when = condition(item, "states", draft, last=i == len(items) - 1) or TRUE
        found_rule = rule(item, when, Const(state, Type.CATEGORY), extra=("resources",))
        reason = _reason(item, found_rule, rules, draft)
        if reason is not None:
            reasons.append(reason)
        rules.append(found_rule)
    draft.states = tuple(rules)
    node: Node = Or(tuple(reasons)) if reasons else Const(value=False, type=Type.FLAG)
    draft.state_steps = (Derive("reason_needed", Type.FLAG, surely(node), places=0),)


def _reason(item: Mapping, this: Rule, above: list[Rule], draft: Draft) -> Node | None:
    unless, field_name = item.scalar("reason_unless"), item.scalar("reason_in")
    if unless is None and field_name is None:
        return None
    if unless is None or field_name is None:
        where = item.key_where("reason_unless" if unless else "reason_in")
        draft.fault("KR102", "reason_unless and reason_in stand together", where, "add the other one")
        return None
    node = draft.expression(unless, "states", Type.FLAG)
    reason = draft.field(field_name, Type.CATEGORY, Type.TEXT)
    if node is None or reason is None:
        return None
    given = Compare("=", STATE_READ, this.gives[0])
    fired = () if this.when == TRUE else (surely(this.when),)
    others = (Not(surely(rule.when)) for rule in above if rule.gives == this.gives)
    return both(given, *fired, *others, Not(surely(node)), Not(Known(read_of(reason))))


def built_in(base: Read, lapsed_when: Node | None) -> tuple[Rule, ...]:
    """Return the rules in front of the states that take accounts with base 0."""
    zero = Compare("=", base, Const(number(0).value, Type.MONEY))
    lapsed: tuple[Rule, ...] = ()
    if lapsed_when is not None:
        because = "Built in: nothing was paid in the base year, and they bought before"
        when = both(zero, surely(lapsed_when))
        lapsed = (Rule(LAPSED, when, (Const(LAPSED, Type.CATEGORY),), f"{base.name} = 0 and lapsed_when", because, built_in=True),)
    because = "Built in: nothing was paid in the base year"
    prospect = Rule(PROSPECT, zero, (Const(PROSPECT, Type.CATEGORY),), f"{base.name} = 0", because, built_in=True)
    return (*lapsed, prospect)
