"""Tiers that a group shares: who stands at the head of each account's chain of parents, and what its members take over."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from kam_rules.model.errors import DataError, Finding
from kam_rules.model.program import HIGHER, NOT_QUALIFIED, Seating
from kam_rules.pipeline.seat import INHERITED, REASONS
from kam_rules.pipeline.tables import MOST

DEEPEST = 10
"""Parents above an account; more are a mistake in the data, not a group."""
FIX = "correct the parent of one of them; the head of a group has none"


def heads(accounts: pl.DataFrame) -> pl.Series:
    """Return, for each account, the place in the table of the head of its group; its own where no parent is in the book.

    Args:
        accounts: `account_id`, `parent` and `row` of every account.

    Raises:
        DataError: KR479 an account is its own parent, parents go round in a circle, or a chain is deeper than ten.
    """
    places = accounts.select("account_id").with_row_index("at").with_columns(pl.col("at").cast(pl.Int64))
    above = accounts.select(pl.col("parent").alias("account_id")).join(places, on="account_id", how="left", maintain_order="left")["at"]
    own = pl.Series(range(accounts.height), dtype=pl.Int64)
    head = own
    for _ in range(DEEPEST):
        up = above.gather(head)
        head = up.zip_with(up.is_not_null(), head)
    lost = above.gather(head).is_not_null().arg_true().to_list()
    if lost:
        raise DataError(list(_faults(accounts, above.to_list(), lost))[:MOST])
    return head


def _faults(accounts: pl.DataFrame, above: list[int | None], lost: list[int]) -> Iterator[Finding]:
    """Name every circle once, and the accounts whose chain is too deep."""
    ids, told = accounts["account_id"].to_list(), set[int]()
    for place in lost:
        chain: list[int] = []
        at: int | None = place
        while at is not None and at not in chain:
            chain.append(at)
            at = above[at]
        circle = [] if at is None else chain[chain.index(at) :]
        if told & {*circle, *([place] if not circle else [])}:
            continue
        told |= {*circle, place}
        if len(circle) == 1:
            message = f"{ids[circle[0]]} is its own parent"
        elif circle:
            message = f"these accounts are parents of each other: {' → '.join(ids[i] for i in [*circle, circle[0]])}"
        else:
            message = f"{ids[place]} has {len(chain) - 1} parents above it; a group is at most {DEEPEST} deep"
        yield Finding("KR479", message, None, FIX)


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
