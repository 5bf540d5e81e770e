"""When an account that holds a tier leaves it: not for a wobble, and not twice in a season.

An incumbent is asked the condition of its tier with its score raised by `keep_within`. Where that fails, or no seat is left
for its rank, it has no seat of its own, and after `demote_after` such reviews in a row it moves: a better score never
keeps an account worse than a lower one. It stays at least `wait_at_least` days in a
tier, the last one counted, whichever way it would move. Until then it is held, past the capacity of the tier if need be,
and also where it asked for a higher tier and found no seat there. So is an incumbent of which a gate is unanswered or the
tier undecided. A gate answered no counts as below. With
`incumbents_first` an incumbent that still meets the condition is seated before newcomers with better scores.

A trigger with `timing: immediate` passes both count and waiting time: `demote` takes the tier away at once, `promote` lets
the account compete for what it meets. It is asked of the tier and the state that the account holds. A review counts as it
was judged on its day; how many it takes, and how long, is this year's policy. What accounts hold comes from the table
`history` of the data file. Without one nobody is an incumbent, and the run says so.

Example:
    tier_changes: {keep_within: 3 points, demote_after: 2 reviews, wait_at_least: 180 days, incumbents_first: true}

Prefer a buffer as wide as the score wobbles from one review to the next.
Avoid a wait longer than the year for which the tiers are decided.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from kam_rules.model.document import Doc, Mapping
from kam_rules.model.program import Changes
from kam_rules.model.schema import Schema, flag, record, text
from kam_rules.sections._draft import Draft


def measured(description: str, unit: str) -> Schema:
    """Return the shape of a number with its unit, such as ``3 points``."""
    number = r"\d+(\.\d{1,2})?" if unit == "points" else r"[1-9]\d{0,4}"
    return {"type": "string", "pattern": rf"^{number} {unit[:-1]}s?$", "x-kind": unit, "description": description}


SCHEMA = record(
    "When an account leaves the tier that it holds",
    {
        "keep_within": measured("By how much the score of an incumbent may fall short: 3 points", "points"),
        "demote_after": measured("How many reviews in a row must leave it without a seat of its own: 2 reviews", "reviews"),
        "wait_at_least": measured("How long it stays in a tier, the last day counted: 180 days", "days"),
        "incumbents_first": flag("Whether incumbents that meet the condition are seated before newcomers"),
        "because": text("Why tiers change at this pace"),
        "source": text("Where the figures come from"),
    },
    ("keep_within", "demote_after", "wait_at_least", "incumbents_first"),
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Add the changes to the seating."""
    if not isinstance(doc, Mapping):
        return
    keep, after, wait = (doc.text(key).split(" ")[0] for key in ("keep_within", "demote_after", "wait_at_least"))
    changes = Changes(Fraction(keep), int(after), int(wait), doc.text("incumbents_first") == "true", doc.where)
    draft.seating = replace(draft.seating, changes=changes)
