"""What an account's trail tells of the tier it held: the reviews behind it, the counts, and by which rule it stays or goes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.model.amounts import shown
from kam_rules.model.past import HISTORY, SINCE, STREAK, TIER_BEFORE
from kam_rules.model.program import NOT_QUALIFIED, Changes
from kam_rules.model.run import Run
from kam_rules.pipeline.past import SCORE

FIRST_RUN = "none: this is a first run"


def incumbents(run: Run) -> str:
    """Say which accounts held a tier before."""
    if run.ready.program.seating.changes is None:
        return FIRST_RUN
    held = int(run.book.table.lazy().select(pl.col(TIER_BEFORE).ne(NOT_QUALIFIED).sum()).collect().item())
    return f"{held:,} account{'' if held == 1 else 's'} held a tier before" if held else FIRST_RUN


def change(run: Run, changes: Changes, account: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what history gave of an account, what the policy asks, and every review behind it."""
    since, on = account[SINCE], run.ready.effective_on
    return {
        "tier_before": account[TIER_BEFORE],
        "since_before": since.isoformat() if since else None,
        "days": (on - since).days if since else None,
        "reviews_below_before": account[STREAK],
        "reviews_below": record["below_for"],
        "since": record["since"].isoformat() if record["since"] else None,
        "keep_within": shown(changes.keep_within, 2),
        "demote_after": changes.demote_after,
        "wait_at_least": changes.wait_at_least,
        "incumbents_first": changes.incumbents_first,
        "where": str(changes.where),
        "reviews": _reviews(run, account["account_id"]),
    }


def _reviews(run: Run, account_id: str) -> list[dict[str, Any]]:
    """Return every review of an account before the day of the decision, with the row it stands in."""
    if HISTORY not in run.book.tables:
        return []
    rows = run.book.tables[HISTORY].filter((pl.col("account_id") == account_id) & (pl.col("review") < run.ready.effective_on))
    file = run.book.source.tables[HISTORY].shown
    return [
        {
            "review": row["review"].isoformat(),
            "tier": row["tier"],
            "since": row["since"].isoformat() if row["since"] else None,
            "state": row["state"],
            "score": None if row["score"] is None else shown(Fraction(row["score"], SCORE), 6),
            "below": row["below"],
            "needs": row["needs"],
            "resources_in_place": row["resources_in_place"],
            "outcome": row["outcome"],
            "file": file,
            "row": row["row"],
        }
        for row in rows.sort("review").iter_rows(named=True)
    ]
