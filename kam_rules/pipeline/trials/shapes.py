"""The shape of a file of tests; what its keys mean stands in `read`."""

from __future__ import annotations

from kam_rules.model.schema import Schema, date, listing, literal, record, table, text

LINE = record(
    "One line of quota; figures that are left out are not compared",
    {
        "committed": literal("What the accounts are asked for, in currency units"),
        "supplement": literal("What the ladder adds"),
        "hold_back": literal("What the manager carries alone"),
        "total": literal("The quota; none where the ladder assigns none"),
    },
    ("total",),
)
EXPECT = record(
    "What must be decided",
    {
        "tier": text("The tier that the account is eligible for; not_qualified, undecided"),
        "state": text("The state; undecided"),
        "target": text("The target as a percent of the base, such as 110%; none"),
        "triggers": listing("Every trigger that fires, in order; left out: none", text("A trigger"), 0),
        "amount": literal("The target in currency units; none"),
        "score": literal("The score; none"),
        "rules": listing("Every rule that decides, such as tiers.key; left out: not compared", text("A rule"), 0),
        "rung": text("The rung of the ladder that holds the gap"),
        "quota": table("Every line of quota by the owner of accounts, and that of the manager", LINE, "text", 1),
    },
    ("tier", "state", "target"),
)
TEST = record(
    "One test",
    {
        "name": text("The rule of the business that the test holds"),
        "as_of": date("The day that the values speak of, if not that of the file"),
        "because": text("Why it must be so"),
        "given": table("Values by field; all others are missing", literal("A value as a source would hold it")),
        "beside": listing("The values of the other accounts, where a quota is expected", table("Values by field", literal("A value"))),
        "top_down": literal("The figure from above in currency units, where a quota is expected"),
        "expect": EXPECT,
    },
    ("name", "given", "expect"),
)


def tests_schema() -> Schema:
    """Return the schema of a file of tests."""
    parts = {
        "as_of": date("The day that the values speak of; left out: the policy's first day"),
        "tests": listing("The tests", TEST),
    }
    return record("The tests of a policy, in a file beside it", parts, ("tests",))
