"""A policy looked at from all sides: analysed, advised on, weighed on a book, and what of that somebody has accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from kam_rules.model.errors import Finding
from kam_rules.model.policy import Policy
from kam_rules.model.run import Checked, Run
from kam_rules.model.weight import NEAR
from kam_rules.pipeline.analyse import analyse
from kam_rules.pipeline.load import excerpts
from kam_rules.pipeline.programme import advise
from kam_rules.pipeline.waivers import apply
from kam_rules.pipeline.weigh import Weighed, weigh


def checked(policy: Policy, on: dt.date, run: Run | None = None, within: Fraction = NEAR) -> Checked:
    """Return everything that is to be said of a policy without faults.

    Args:
        policy: the policy.
        on: the day that waivers are held against.
        run: a book as the policy decides it.
        within: how near an edge an account is near it.
    """
    insights = (*analyse(policy), *advise(policy))
    weighed = Weighed((), {}, ()) if run is None else weigh(run, insights, within)
    found = (told.finding for told in (*insights, *weighed.insights))
    applied = apply(_placed(policy, found), policy.waivers, on)
    ready, book = (None, None) if run is None else (run.ready, run.book)
    return Checked(policy, ready, book, on, applied.open, applied.waived, weighed.weights, weighed.edges, within)


def _placed(policy: Policy, findings: Iterable[Finding]) -> list[Finding]:
    """Put findings in the order of their places, each with its line."""
    return excerpts(list(findings), {source.path: source.text for source in policy.sources})
