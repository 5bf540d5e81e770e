"""How the year is judged when it is over: what counts as kept and grown, and who is honoured.

Retention is that of a closed cohort: the accounts with a base on the first day; new business is never in it.
`escalators` are rises that the contract fixed, `reactivation` is business that left and came back; both are parts of
the expansion, and count only where that is written. The club is ranked `by` attainment of the account-based or the
uniform quota, or by raw NRR; `at_least` is inclusive, `top` is a share of all reps, rounded down.

Example:
    year_end:
      escalators: excluded
      reactivation: excluded
      club: {by: account_based, against: committed, at_least: 100%, top: 10%, because: The bar is as high as the course}

Prefer one way to judge, written down before the year begins.
Avoid a club by raw NRR alone: it honours whoever was handed the easy accounts.
"""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.document import Doc, Mapping
from kam_rules.model.schema import choice, percent, record, text
from kam_rules.model.year import ACCOUNT_BASED, COMMITTED, RAW_NRR, TOTAL, UNIFORM, Club, YearEnd
from kam_rules.sections._draft import Draft

CLUB = record(
    "Who is in the President's Club",
    {
        "by": choice("The measure that ranks", ACCOUNT_BASED, UNIFORM, RAW_NRR),
        "against": choice("The quota that account_based divides by; committed where it is left out", COMMITTED, TOTAL),
        "at_least": percent("The least attainment, or raw NRR; it counts as reached"),
        "top": percent("The largest share of all reps; left out: all who reach at_least"),
        "because": text("Why this measure"),
        "source": text("Who decided it"),
    },
    ("by", "at_least"),
)
SCHEMA = record(
    "How the year is judged when it is over",
    {
        "escalators": choice("Rises that the contract fixed", "counted", "excluded"),
        "reactivation": choice("Business that left and came back", "counted", "excluded"),
        "club": CLUB,
    },
    ("escalators", "reactivation"),
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep what counts, and the club."""
    if not isinstance(doc, Mapping):
        return
    escalators, reactivation = (doc.text(key) == "counted" for key in ("escalators", "reactivation"))
    found = _club(doc.map("club"), draft) if "club" in doc else None
    draft.year = replace(draft.year, year_end=YearEnd(escalators, reactivation, found))


def _club(doc: Mapping, draft: Draft) -> Club:
    top = draft.percent(doc.scalar("top")) if "top" in doc else None
    at_least = draft.percent(doc.scalar("at_least"))
    if top is not None and not 0 < top <= 1:
        draft.fault("KR330", f"a top of {doc.text('top')} is nobody, or more than all", doc.key_where("top"), "write 10%, say")
    if at_least < 0:
        draft.fault("KR330", f"nobody attains {doc.text('at_least')}", doc.key_where("at_least"), "write 100%, say")
    by, against = doc.text("by"), doc.text("against", COMMITTED)
    if by == UNIFORM and draft.targets.base and "uniform" not in draft.targets.baselines:
        fix = "write baselines: {uniform: 112%} under targets, or rank by another measure"
        draft.fault("KR331", "there is no uniform baseline to rank by", doc.key_where("by"), fix)
    if "against" in doc and by != ACCOUNT_BASED:
        fix = "take it out, or rank by account_based"
        draft.fault("KR331", f"'against' names the quota of account_based; {by} has its own", doc.key_where("against"), fix)
    return Club(by, at_least, against, top)
