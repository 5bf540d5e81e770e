"""Put what overrides make of accounts in the place of what was computed, where figures are added up."""

from __future__ import annotations

import polars as pl

from kam_rules.model.override import FIGURES, Overridden

OURS = "overridden."
"""In front of the names of columns that stand beside those of the run for a moment."""
WORDS = ("tier", "state")


def frame(found: Overridden) -> pl.DataFrame:
    """Return one row an account with lines in force: account_id, and the figures as they are now, as a run stores them."""
    kinds = {"account_id": pl.String} | {name: pl.String if name in WORDS else pl.Int64 for name in FIGURES}
    rows = [{"account_id": account, **change.after} for account, change in sorted(found.effects.items())]
    return pl.DataFrame(rows, schema=kinds, orient="row")


def put(lines: pl.DataFrame, found: Overridden | None) -> pl.DataFrame:
    """Return rows of accounts in which the figures of overridden ones are those that people set."""
    if found is None or not found.effects:
        return lines
    names = [name for name in FIGURES if name in lines.columns]
    now = frame(found).select("account_id", *(pl.col(name).alias(OURS + name) for name in names), pl.lit(value=True).alias(OURS))
    joined = lines.join(now, on="account_id", how="left", maintain_order="left")
    changed = [
        pl.when(pl.col(OURS)).then(pl.col(OURS + name).cast(lines.schema[name])).otherwise(pl.col(name)).alias(name) for name in names
    ]
    return joined.with_columns(changed).select(lines.columns)
