"""What one rep may see of a run: the own lines as they are, everybody else's in bands without a name.

A trail is cut down, never made anew: nothing is evaluated here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.run import Run
from kam_rules.pipeline.books import NOBODY, lines
from kam_rules.pipeline.quotas import REP

Trail = dict[str, Any]
WIDTH = 10
"""Points that a band spans."""
WITHHELD = "withheld"
NO_BAND = "no figure"


def owned(run: Run, rep: str) -> list[str]:
    """Return the accounts on the own line of a rep, in order; credit beside the owners does not make one.

    Raises:
        UsageError: KR591 the run has no such rep; who is one is not told.
    """
    rows = lines(run)
    people = {one.id for one in run.reconciled.holders} if run.reconciled else set(rows["holder"].to_list())
    if rep not in people | set(rows["holder"].to_list()) or rep == NOBODY:
        message = f"the run has no rep '{rep}'"
        raise UsageError(Finding("KR591", message, None, "write the id as the table of reps has it; others' ids are not listed here"))
    return rows.filter(pl.col("holder") == rep)["account_id"].unique().sort().to_list()


def allowed(run: Run, what: str, rep: str) -> None:
    """Refuse what is not a rep's own.

    Raises:
        UsageError: KR591 the run has no such rep, KR592 it is another's, or nobody's.
    """
    mine = owned(run, rep)
    if what in {*mine, f"rep:{rep}"}:
        return
    fix = f"the own line is rep:{rep}; {did_you_mean(what, mine)}" if mine else f"ask for rep:{rep}"
    raise UsageError(Finding("KR592", f"'{what}' is not on the line of rep:{rep}", None, fix))


def cut(run: Run, trail: Trail, rep: str) -> Trail:
    """Return the trail of an own account or the own quota without anybody else in it."""
    return _account(trail, rep, set(owned(run, rep))) if "account" in trail else _quota(run, trail, rep)


def _account(trail: Trail, rep: str, mine: set[str]) -> Trail:
    account, seat = trail["account"], trail["seat"]
    hidden: Trail = {} if account["parent"] in mine else {"parent": None}
    shown: Trail = {} if seat["lowest_seated_score"] is None else {"lowest_seated_score": _points(Fraction(seat["lowest_seated_score"]))}
    if seat.get("head") is not None and seat["head"] not in mine:
        shown["head"] = "the account"
    return trail | {
        "account": account | hidden | {"owner": rep},
        "seat": seat | shown,
        "overrides": [line | {"author": WITHHELD, "approved": [_nameless(one) for one in line["approved"]]} for line in trail["overrides"]],
    }


def _nameless(approver: Trail) -> Trail:
    return approver | {"by": WITHHELD}


def _quota(run: Run, trail: Trail, rep: str) -> Trail:
    """Return the own quota; of the team, whose sums would give away a single peer, the bands alone."""
    others = [line for line in run.reconciled.quotas if line.role == REP and line.holder.id != rep] if run.reconciled else []
    pars = [Fraction(line.committed, line.base) if line.base else None for line in others]
    accounts = [account for account in trail["accounts"] if not account["overlay"]]
    return trail | {"team": None, "below": [], "accounts": accounts, "peers": banded(pars)}


def banded(ratios: Iterable[Fraction | None]) -> list[Trail]:
    """Return how many figures lie in each band, the lowest first, those that are none last.

    Examples:
        >>> banded([Fraction(112, 100), Fraction(11, 10), None])
        [{'band': '110% to under 120%', 'books': 2}, {'band': 'no figure', 'books': 1}]
    """
    found = Counter(None if ratio is None else math.floor(ratio * 100) // WIDTH * WIDTH for ratio in ratios)
    known = sorted(low for low in found if low is not None)
    told = [{"band": f"{low}% to under {low + WIDTH}%", "books": found[low]} for low in known]
    return [*told, *([{"band": NO_BAND, "books": found[None]}] if found[None] else [])]


def _points(score: Fraction) -> str:
    low = math.floor(score) // WIDTH * WIDTH
    return f"{low} to {low + WIDTH}"
