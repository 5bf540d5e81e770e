"""The supporting functions that states call on, what each brings, and how the programme came about and is looked after.

Where this section stands, every function under a state's `resources` is declared here. `accounts_per_person` tells how
many accounts one person can support at a time; without it nobody can say how many people are needed. `budget`, `capability`
and `agreed` say what a function has promised, and whether it can keep it.
`signers` are the people who may sign the policy for the function, as the roster writes their names. A policy is in force
once every function has signed its exact content; until then, and after any change, it is a draft and every run says so.
`sequence` records when criteria were defined, resources found and accounts selected, in this order, and who took part.
`rebuilds` are the days on which the programme was begun anew. `relationship` and `selling_cost` name fields of the data.

Example:
    stewardship:
      functions:
        customer_success: {contributes: Health and renewal, people: 6, accounts_per_person: 12, signers: [service-director]}
        product_management: {contributes: First access, people: 2, budget: 240000, capability: in_place, agreed: true}
        sales_leadership: {contributes: A sponsor in the board room}
        account_based_marketing: {contributes: Campaigns for one account, people: 3, capability: building, agreed: false}
      sequence:
        - {step: criteria, on: 2026-03-02, who: [sales, product, finance, supply chain, service]}
        - {step: resources, on: 2026-04-20, who: [sales, product, finance]}
        - {step: selection, on: 2026-06-08, who: [sales, product]}
      rebuilds: [{on: 2022-05-01, what: From the twenty largest to the three gates}]

Prefer functions with a number of people: a promise without people is none.
Avoid resources that no function stands for.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from kam_rules.model.amounts import decimals, parse_number
from kam_rules.model.document import Doc, Mapping, Scalar
from kam_rules.model.names import did_you_mean
from kam_rules.model.schema import choice, date, flag, identifier, integer, listing, literal, record, table, text
from kam_rules.model.types import Type
from kam_rules.model.year import Done, Function, Governance
from kam_rules.sections._draft import Draft

CAPABILITY = ("in_place", "building", "missing")
STEPS = ("criteria", "resources", "selection")
"""The order in which article 002 lets a programme come about."""
FUNCTION = record(
    "One supporting function",
    {
        "contributes": text("What it brings to an account"),
        "people": integer("How many people it has for this", 0),
        "accounts_per_person": integer("How many accounts one of them can support", 1),
        "budget": literal("The money that it has for this in the year, in the policy's currency"),
        "capability": choice("Whether it can do what it promises today", *CAPABILITY),
        "agreed": flag("Whether it has agreed to what stands here"),
        "source": text("Who agreed to it"),
        "signers": listing("Who may sign the policy for it, as the roster writes their names; one of them is enough", text("A name")),
    },
    ("contributes",),
)
RELATIONSHIP: dict[str, tuple[str, tuple[Type, ...]]] = {
    "buying": ("The field that tells who buys: one person, a committee, a digital channel", (Type.CATEGORY,)),
    "counterpart": ("The field that names who stands opposite the owner", (Type.TEXT, Type.CATEGORY)),
    "engaged": ("The field that counts our functions working on the account", (Type.INTEGER,)),
}
SCHEMA = record(
    "The supporting functions, and how the programme came about",
    {
        "functions": table("A function by its name, as states call on it under resources", FUNCTION, least=1),
        "sequence": listing(
            "How the programme came about: criteria, then resources, then the selection of accounts",
            record(
                "One step",
                {
                    "step": choice("The step", *STEPS),
                    "on": date("The day on which it was done"),
                    "who": listing("Who took part", text("A function")),
                    "source": text("Where that is recorded"),
                },
                ("step", "on", "who"),
            ),
        ),
        "rebuilds": listing(
            "When the programme was begun anew",
            record(
                "One rebuild",
                {"on": date("Its first day"), "what": text("What changed"), "source": text("Where it stands")},
                ("on", "what"),
            ),
        ),
        "relationship": record(
            "The fields that tell who stands opposite the owner of an account",
            {name: identifier(about) for name, (about, _) in RELATIONSHIP.items()},
        ),
        "selling_cost": identifier("The field, of type money, that holds what selling to the account costs in the year"),
    },
    ("functions",),
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the functions; a state calls on declared ones alone."""
    if not isinstance(doc, Mapping):
        return
    found = [_function(entry.key, entry.value, draft) for entry in doc.map("functions").entries if isinstance(entry.value, Mapping)]
    governance = Governance(_sequence(doc, draft), _rebuilds(doc, draft), _fields(doc, draft))
    draft.year = replace(draft.year, functions=tuple(found), governance=governance)
    names = [function.name for function in found]
    for rule in draft.states:
        for called in filter(None, dict(rule.note).get("resources", "").split(", ")):
            if called not in names:
                message = f"the state rule '{rule.id}' calls on '{called}', which is no function of stewardship"
                draft.fault("KR311", message, rule.where or doc.where, did_you_mean(called, names), [(doc.where, "declared here")])


def _function(name: str, body: Mapping, draft: Draft) -> Function:
    people, each = draft.number(body.scalar("people")), draft.number(body.scalar("accounts_per_person"))
    signers = tuple(item.text for item in body.scalars("signers"))
    agreed = {"true": True, "false": False}.get(body.text("agreed"))
    return Function(
        name,
        body.text("contributes"),
        people,
        each,
        body.where,
        signers,
        _budget(body.scalar("budget"), draft),
        body.text("capability"),
        agreed,
    )


def _budget(scalar: Scalar | None, draft: Draft) -> Fraction | None:
    if scalar is None:
        return None
    value = parse_number(scalar.text)
    if value is None or value < 0 or decimals(value) > draft.minor:
        draft.fault("KR105", f"'{scalar.text}' is no budget in {draft.currency}", scalar.where, "write digits: 240000")
        return None
    return value


def _sequence(doc: Mapping, draft: Draft) -> tuple[Done, ...]:
    """Return the steps in their order; a later step on an earlier day is a fault."""
    items = doc.maps("sequence")
    draft.unique(((item.text("step"), item.key_where("step")) for item in items), "step", "keep the day on which it was settled")
    done = []
    for item in items:
        on = draft.day(item.scalar("on"))
        who = tuple(one.text for one in item.scalars("who"))
        if on is not None:
            done.append(Done(item.text("step"), on, who, item.key_where("on")))
    done = sorted({one.what: one for one in reversed(done)}.values(), key=lambda one: STEPS.index(one.what))
    for before, after in pairwise(done):
        if after.on < before.on:
            message = f"{after.what} on {after.on} lies before {before.what} on {before.on}"
            fix = f"correct a day; where it was so, say so: {after.what} was settled again once {before.what} was"
            draft.fault("KR650", message, after.where or doc.where, fix, [(before.where or doc.where, before.what)])
    return tuple(done)


def _rebuilds(doc: Mapping, draft: Draft) -> tuple[Done, ...]:
    items = doc.maps("rebuilds")
    days = [(item, draft.day(item.scalar("on"))) for item in items]
    for item, on in days:
        if on is not None and on > draft.end:
            draft.fault("KR650", f"a rebuild on {on} lies after the year", item.key_where("on"), "leave out what has not happened")
    return tuple(sorted((Done(item.text("what"), on, (), item.where) for item, on in days if on is not None), key=lambda one: one.on))


def _fields(doc: Mapping, draft: Draft) -> tuple[tuple[str, str], ...]:
    asked = [(name, doc.map("relationship").scalar(name), types) for name, (_, types) in RELATIONSHIP.items()]
    asked.append(("selling_cost", doc.scalar("selling_cost"), (Type.MONEY,)))
    return tuple((name, scalar.text) for name, scalar, types in asked if scalar is not None and draft.field(scalar, *types) is not None)
