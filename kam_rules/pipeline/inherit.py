"""Tiers that a group shares: who stands at the head of each account's chain of parents, and what its members take over."""

from __future__ import annotations

import polars as pl

from kam_rules.model.program import HIGHER, NOT_QUALIFIED, Seating
from kam_rules.pipeline.hierarchy import tree
from kam_rules.pipeline.seat import INHERITED, REASONS


def heads(accounts: pl.DataFrame) -> pl.Series:
    """Return, for each account, the place in the table of the head of its group.

    An account without a parent in the book, and one of a chain that cannot be followed, is its own head.

    Args:
        accounts: `account_id` and `parent` of every account.
    """
    places = accounts.select(pl.col("account_id").alias("top")).with_row_index("at").with_columns(pl.col("at").cast(pl.Int64))
    return tree(accounts).select("top").join(places, on="top", how="left", maintain_order="left")["at"]


def inherited(seated: pl.DataFrame, head: pl.Series, seating: Seating, ids: pl.Series) -> pl.DataFrame:
    """Let every member of a group take over the tier of its head; where the policy says `higher`, only if it is higher.

    Args:
        seated: one row an account, as `seat` returns it; of members that did not compete the rows are empty.
        head: the place of each account's head.
        seating: the tiers from the top.
        ids: the ids of the accounts.
    """
    own = pl.Series(range(seated.height), dtype=pl.Int64)
    tier, above = seated["tier"], seated["tier"].gather(head)
    order = {name: i for i, name in enumerate([*(seats.tier for seats in seating.tiers), NOT_QUALIFIED])}
    rank, rank_above = (found.cast(pl.String).replace_strict(order, default=None, return_dtype=pl.Int64) for found in (tier, above))
    takes = head != own
    if seating.inherit == HIGHER:
        takes &= (rank_above < rank).fill_null(value=False) | (rank.is_null() & rank_above.is_not_null())
    blank = {name: pl.when(~takes).then(pl.col(name)).alias(name) for name in ("seat_rank", "lost_tier")}
    found = seated.with_columns(
        above.zip_with(takes, tier).alias("tier"),
        pl.when(takes).then(pl.lit(INHERITED, REASONS)).otherwise(pl.col("seat")).alias("seat"),
        *blank.values(),
    )
    return found.with_columns(pl.when(takes).then(ids.gather(head)).alias("head"))
