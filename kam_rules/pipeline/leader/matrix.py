"""Attractiveness beside strength, and tiers beside those of another run."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from kam_rules.model.program import NOT_QUALIFIED, Criterion
from kam_rules.model.run import Run
from kam_rules.pipeline.measures import RATIO_PLACES, SCORE_PLACES, scores

CUSTOMER = ("about", "customer")
GONE, UNDECIDED = "not there", "undecided"


def strengths(run: Run) -> pl.DataFrame:
    """Return account_id, attractive and strong: the weighted means of the criteria about the customer and about us, 0 to 100.

    A criterion without data is left out of its mean; a side without any has none. In hundredths of a point.
    """
    criteria = run.ready.program.criteria
    sides = {"attractive": [c for c in criteria if CUSTOMER in c.tags], "strong": [c for c in criteria if CUSTOMER not in c.tags]}
    return scores(run).select("account_id", *(_mean(side).alias(name) for name, side in sides.items()))


def _mean(criteria: list[Criterion]) -> pl.Expr:
    """Return Σw·s / Σw over the criteria with data, cut to whole hundredths of a point."""
    weights = {c.id: int(c.weight * 10**RATIO_PLACES) for c in criteria}
    if not weights:
        return pl.lit(None, pl.Int64)
    known = {id_: pl.col(id_).is_not_null() for id_ in weights}
    points = pl.sum_horizontal(pl.col(id_).fill_null(0).cast(pl.Int128) * weight for id_, weight in weights.items())
    whole = pl.sum_horizontal(pl.when(known[id_]).then(weight).otherwise(0).cast(pl.Int128) for id_, weight in weights.items())
    return pl.when(whole > 0).then(points // whole).cast(pl.Int64)


def migration(run: Run, against: Run) -> tuple[tuple[str, ...], dict[tuple[str, str], int]]:
    """Return the tiers from the top, and how many accounts went from which to which; who is in one run alone is `not there`."""
    tier = pl.col("tier").cast(pl.String).fill_null(UNDECIDED)
    then, now = (one.table.lazy().select("account_id", tier).collect() for one in (against, run))
    joined = then.join(now, on="account_id", how="full", coalesce=True).with_columns(pl.col("tier", "tier_right").fill_null(GONE))
    counts = {(str(a), str(b)): int(n) for a, b, n in joined.group_by("tier", "tier_right").len().iter_rows()}
    named_ = [seats.tier for one in (run, against) for seats in one.ready.program.seating.tiers]
    order = dict.fromkeys((*named_, NOT_QUALIFIED, UNDECIDED, GONE))
    return tuple(tier for tier in order if any(tier in pair for pair in counts)), counts


def points(value: object) -> Fraction | None:
    """Return a stored score in points."""
    return Fraction(value, 10**SCORE_PLACES) if isinstance(value, int) else None
