"""How people are paid: curves, plans made of measures, and which plan a book gets.

A measure's attainment is named by its form: `actual / target` where more is better, `target / actual` or
`2 - actual / target` where less is; the two differ, and so does what they pay. With `target: quota` the target is the
person's or the team's quota in the run, the one that `pays_on` names: what the accounts were asked for (committed) or that
with supplement and hold-back (total). A curve pays nothing below its first point and no more than its last beyond it.

A part of a plan pays the sum of weight × pay of its measures, times every modifier that holds; where a gate is not passed, or
cannot be answered, it pays at most what the gate lets through. A payout is rounded once, half to even. `assign` is a list of
rules over the facts of a person's book in the run: role, team, team_size, accounts, base, committed, par, and STATE_share,
TIER_share of its base. `fit` says which books are of growth and which at risk, so that a plan that misfits is told. `clawback`
says whether what was paid and is no longer earned is asked back.

Example:
    incentives:
      pays_on: committed
      clawback: recompute
      curves:
        steady: {line: [{at: 80%, pays: 50%}, {at: 100%, pays: 100%}, {at: 120%, pays: 150%}]}
      plans:
        - id: growers
          kind: portfolio
          parts:
            - of: individual
              share: 100%
              measures:
                - {id: quota, weight: 80%, direction: higher, attainment: actual / target, target: quota, curve: steady}
                - {id: churn, weight: 20%, direction: lower, attainment: 2 - actual / target, target: results, curve: steady}
              gates:
                - {id: churn_gate, when: churn >= 50%, at_most: 100%, because: Growth that others pay for is none}
        - id: defenders
          kind: renewal
          parts:
            - of: individual
              share: 100%
              measures:
                - {id: grr, weight: 100%, direction: higher, attainment: actual / target, target: results, curve: steady}
      assign:
        rules:
          - {id: mostly_at_risk, when: at_risk_share >= 50%, plan: defenders, because: There is more to keep than to win}
          - {id: all_others, otherwise: true, plan: growers}
      fit: {growth: [high_potential], risk: [at_risk], from: 50%}

Prefer few measures, each of which the person can move.
Avoid paying for what nobody can attain: look at kam-rules report fairness first.
"""

from __future__ import annotations

from kam_rules.curves import forms
from kam_rules.curves import schema as curve_schema
from kam_rules.feel.scope import Name, Scope
from kam_rules.model.document import Doc, Mapping
from kam_rules.model.names import did_you_mean
from kam_rules.model.pay import FORMS, HIGHER, INDIVIDUAL, LOWER, TEAM, Fit, Incentives, Plan
from kam_rules.model.program import Hit, Rule, RuleList, Stage
from kam_rules.model.schema import (
    Schema,
    choice,
    expression,
    identifier,
    listing,
    only,
    percent,
    record,
    table,
    text,
)
from kam_rules.model.tree import TRUE, Const
from kam_rules.model.types import Field, Type
from kam_rules.model.year import COMMITTED, TOTAL
from kam_rules.plans import kinds
from kam_rules.sections._draft import Draft
from kam_rules.sections._plans import Plans
from kam_rules.sections._rules import rule

ASSIGN = "incentives"
FACTS = {
    "role": Type.CATEGORY,
    "team": Type.TEXT,
    "team_size": Type.INTEGER,
    "accounts": Type.INTEGER,
    "base": Type.MONEY,
    "committed": Type.MONEY,
    "par": Type.RATIO,
}
"""The facts of a person's book beside the shares of its base by state and tier."""
ROLES = ("rep", "manager")
WHY = {"because": text("Why it stands"), "source": text("Where it comes from")}
MEASURE = record(
    "One measure",
    {
        "id": identifier("The measure, as the results name it"),
        "weight": percent("Its share of the part; the weights of a part sum to 100%"),
        "direction": choice("Whether more or less is better; churn that exceeds the average could be read both ways", HIGHER, LOWER),
        "attainment": choice("How attainment is reckoned; of the forms where less is better, two pay differently", *FORMS),
        "target": choice("Where the target comes from: the results, or the quota of the run", "results", "quota"),
        "curve": identifier("The curve by which it pays"),
        **WHY,
    },
    ("id", "weight", "direction", "attainment", "target", "curve"),
)
GATE = record(
    "A condition over attainments; where it does not hold, or cannot be answered, the part pays at most so much",
    {
        "id": identifier("The gate's name"),
        "when": expression("The condition that lets everything through, such as csat >= 90%"),
        "at_most": percent("The most that the part pays where the gate is not passed"),
        **WHY,
    },
    ("id", "when", "at_most", "because"),
)
MODIFIER = record(
    "A condition over attainments; where it holds, the part's pay is multiplied",
    {
        "id": identifier("The modifier's name"),
        "when": expression("The condition, such as wallet >= 110%"),
        "times": percent("By what the part's pay is multiplied, such as 110%"),
        **WHY,
    },
    ("id", "when", "times", "because"),
)
PART = record(
    "A part of a plan",
    {
        "of": choice("On whom it is measured", TEAM, INDIVIDUAL),
        "share": percent("Its share of the plan; the shares of a plan sum to 100%"),
        "measures": listing("What is measured", MEASURE),
        "gates": listing("Conditions that limit what it pays", GATE),
        "modifiers": listing("Conditions that raise or lower what it pays", MODIFIER),
    },
    ("of", "share", "measures"),
)
PLAN = record(
    "One plan",
    {
        "id": identifier("The plan's name"),
        "kind": choice("What kind of plan it is", *kinds()),
        "parts": listing("Its parts, by whom they are measured on", PART),
        "blend": table("Of a blend: the plans that it is made of, with their shares", percent("A share"), least=2),
        **WHY,
    },
    ("id", "kind"),
)
RULE = record(
    "One rule",
    {
        "id": identifier("The rule's name"),
        "when": expression("The condition over the facts of a person's book"),
        "otherwise": only(value=True, description="Everybody whom no rule above takes"),
        "plan": identifier("The plan that it gives"),
        **WHY,
    },
    ("id", "plan"),
)
CURVE: Schema = record("One curve, by its form", {name: curve_schema(name) for name in forms()} | WHY)
SCHEMA = record(
    "How people are paid",
    {
        "pays_on": choice("The quota that measures with target: quota divide by", COMMITTED, TOTAL),
        "clawback": choice(
            "What becomes of pay that is no longer earned: the difference is asked back, or it is kept", "recompute", "none"
        ),
        "curves": table("What an attainment pays, by the curve's name", CURVE, least=1),
        "plans": listing("The plans", PLAN),
        "assign": record(
            "Which plan a person gets, by the facts of its book",
            {"hit": choice("The first that holds, or the only one", "first", "unique"), "rules": listing("The rules", RULE)},
            ("rules",),
        ),
        "fit": record(
            "Which books are of growth, and which at risk",
            {
                "growth": listing("States of growth", identifier("A state")),
                "risk": listing("States at risk", identifier("A state")),
                "from": percent("The share of a book's base from which on it is one"),
            },
            ("growth", "risk", "from"),
        ),
        **WHY,
    },
    ("pays_on", "clawback", "curves", "plans", "assign"),
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the plans, and the rules that assign them."""
    if not isinstance(doc, Mapping):
        return
    plans = Plans(draft).lower(doc)
    assign = _assign(doc.map("assign"), plans, draft)
    _unassigned(plans, assign, doc, draft)
    draft.incentives = Incentives(
        doc.text("pays_on"), doc.text("clawback") == "recompute", plans, assign, _fit(doc.map("fit"), draft) if "fit" in doc else None
    )


def facts(draft: Draft) -> dict[str, Name]:
    """Return what rules that assign plans may read; a state's share hides that of a tier of the same name."""
    shares = {f"{name}_share": Name(f"{name}_share", Type.RATIO) for name in (*(r.id for r in draft.tiers), *draft.state_names)}
    return shares | {name: Name(name, type_, ROLES if name == "role" else ()) for name, type_ in FACTS.items()}


def _assign(doc: Mapping, plans: dict[str, Plan], draft: Draft) -> Stage:
    names = facts(draft)
    scope = Scope("incentives", names, frozenset(draft.broken))
    items = doc.maps("rules")
    draft.unique(((item.text("id"), item.key_where("id")) for item in items), "rule")
    rules: list[Rule] = []
    for i, item in enumerate(items):
        when = item.scalar("when")
        if (when is None) == ("otherwise" not in item):
            what = "both when and otherwise" if when is not None else "no condition"
            draft.fault("KR304", f"'{item.text('id')}' has {what}", item.where, "write when: at_risk_share >= 50%, or otherwise: true")
            continue
        if when is None and i < len(items) - 1:
            draft.fault("KR310", "'otherwise' stands last: no rule below it can hold", item.key_where("otherwise"), "move it to the end")
        plan = item.scalar("plan")
        if plan is not None and plan.text not in plans:
            draft.fault("KR311", f"there is no plan '{plan.text}'", plan.where, did_you_mean(plan.text, plans))
        node = TRUE if when is None else draft.expression(when, scope, Type.FLAG)
        if node is not None:
            rules.append(rule(item, node, Const(item.text("plan"), Type.CATEGORY)))
    fields = tuple(Field(name, found.type) for name, found in names.items())
    found = RuleList(ASSIGN, Hit(doc.text("hit", Hit.FIRST)), tuple(rules), (("plan", Type.CATEGORY),))
    return Stage(ASSIGN, fields, (found,))


def _unassigned(plans: dict[str, Plan], assign: Stage, doc: Mapping, draft: Draft) -> None:
    """Tell every plan that no rule gives and no blend is made of."""
    given = {str(node.value) for one in assign.list(ASSIGN).rules for node in one.gives if isinstance(node, Const)}
    given |= {part for plan in plans.values() if plan.id in given for part, _ in plan.blend}
    for plan in plans.values():
        if plan.id not in given:
            fix = "write a rule under assign that gives it, or take the plan out"
            draft.fault("KR644", f"nobody can have the plan '{plan.id}': no rule assigns it", plan.where or doc.where, fix)


def _fit(doc: Mapping, draft: Draft) -> Fit:
    found: dict[str, tuple[str, ...]] = {}
    for key in ("growth", "risk"):
        items = doc.scalars(key)
        for item in items:
            if draft.state_names and item.text not in draft.state_names:
                draft.fault("KR311", f"there is no state '{item.text}'", item.where, did_you_mean(item.text, draft.state_names))
        found[key] = tuple(item.text for item in items)
    return Fit(found["growth"], found["risk"], draft.percent(doc.scalar("from")))
