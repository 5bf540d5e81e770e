"""The supporting functions that states call on, what each contributes, and how many accounts its people can support.

Where this section stands, every function under a state's `resources` is declared here. `accounts_per_person` tells how
many accounts one person can support at a time; without it nobody can say how many people are needed.
`signers` are the people who may sign the policy for the function, as the roster writes their names. A policy is in force
once every function has signed its exact content; until then, and after any change, it is a draft and every run says so.

Example:
    stewardship:
      functions:
        customer_success: {contributes: Health and renewal, people: 6, accounts_per_person: 12, signers: [service-director]}
        product_management: {contributes: First access to new functionality, people: 2}
        sales_leadership: {contributes: A sponsor in the board room}
        account_based_marketing: {contributes: Campaigns for one account, people: 3, accounts_per_person: 8}

Prefer functions with a number of people: a promise without people is none.
Avoid resources that no function stands for.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.document import Doc, Mapping, Scalar
from kam_rules.model.names import did_you_mean
from kam_rules.model.schema import integer, listing, record, table, text
from kam_rules.model.year import Function
from kam_rules.sections._draft import Draft

FUNCTION = record(
    "One supporting function",
    {
        "contributes": text("What it brings to an account"),
        "people": integer("How many people it has for this", 0),
        "accounts_per_person": integer("How many accounts one of them can support", 1),
        "source": text("Who agreed to it"),
        "signers": listing("Who may sign the policy for it, as the roster writes their names; one of them is enough", text("A name")),
    },
    ("contributes",),
    {
        "budget": "money of functions is not yet kept",
        "capability": "what a function can deliver is not yet kept",
    },
)
SCHEMA = record(
    "The supporting functions",
    {"functions": table("A function by its name, as states call on it under resources", FUNCTION, least=1)},
    ("functions",),
)
REQUIRED = False


def _signers(body: Mapping) -> tuple[str, ...]:
    return tuple(item.text for item in body.list("signers") if isinstance(item, Scalar))


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the functions; a state calls on declared ones alone."""
    if not isinstance(doc, Mapping):
        return
    found = []
    for entry in doc.map("functions").entries:
        body = entry.value if isinstance(entry.value, Mapping) else Mapping((), entry.where)
        people, each = draft.number(body.scalar("people")), draft.number(body.scalar("accounts_per_person"))
        found.append(Function(entry.key, body.text("contributes"), people, each, entry.where, _signers(body)))
    draft.year = replace(draft.year, functions=tuple(found))
    names = [function.name for function in found]
    for rule in draft.states:
        for called in filter(None, dict(rule.note).get("resources", "").split(", ")):
            if called not in names:
                message = f"the state rule '{rule.id}' calls on '{called}', which is no function of stewardship"
                draft.fault("KR311", message, rule.where or doc.where, did_you_mean(called, names), [(doc.where, "declared here")])
