"""Whose account it is: the decided book, each account's amounts on the lines of those who share its credit.

`book_lines` is the one place that takes anything from a run; all that reconciles, compares or judges starts from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import polars as pl

from kam_rules.model.book import Book
from kam_rules.model.ladder import Reconciliation
from kam_rules.model.program import LAPSED, PROSPECT
from kam_rules.model.quota import Kind
from kam_rules.model.run import Run
from kam_rules.pipeline.final import put
from kam_rules.pipeline.holders import FULL, OWNERS, in_force, people
from kam_rules.pipeline.tabulate import decisions

FIGURES = ("target_amount", "aspirational_amount", "floor_amount", "prospect_amount")
OVERRIDE = "override"
"""What stands in the place of a rule's id where people decided."""
MEASURE = "spread."
"""In front of the name of each figure that a spread weighs by."""


def book_lines(run: Run) -> pl.DataFrame:
    """Return one row an account: who has it, where it stands, and every amount that is ever added up.

    Columns: account_id, row, owner, tier, state, base, `FIGURES`, ``NAME_amount`` of each baseline, ``spread.NAME`` of each
    measure; amounts in whole smallest units, null where there is none. Where people overrode something, it is as they set it.
    """
    program = run.ready.program
    baselines = [f"{name}_amount" for name in program.baselines]
    measures = [step.name for stage in program.stages for step in stage.kept if step.name.startswith(MEASURE)]
    words = [pl.col(name).cast(pl.String) for name in ("owner", "tier", "state")]
    found = run.table.lazy().select("account_id", "row", *words, "base", *FIGURES, *baselines, *measures).collect()
    return put(found, run.overridden)


def book_reasons(run: Run, ids: Collection[str]) -> pl.DataFrame:
    """Return for some accounts why each is asked for what: state_rule, target_rule, target_nrr, and the base's raw text."""
    wanted = pl.col("account_id").is_in(list(ids))
    decided = decisions(run, run.table.lazy().filter(wanted).collect())
    raw = run.book.raw.lazy().filter(wanted).select("row", raw=pl.col(run.ready.program.base).cast(pl.String)).collect()
    rules = [pl.col(name) for name in ("state_rule", "target_rule", "target_nrr")]
    if run.overridden is not None:
        moved = [account for account, change in run.overridden.effects.items() if change.before != change.after]
        changed = pl.col("account_id").is_in(moved)
        names = ("state_rule", "target_rule")
        ours = (pl.when(changed).then(pl.lit(OVERRIDE)).otherwise(name).alias(name) for name in names)
        rules = [*ours, pl.when(changed).then("final_target_nrr").otherwise("target_nrr").alias("target_nrr")]
    return decided.select("account_id", "row", *rules).join(raw, on="row", how="left")


def amounts(lines: pl.DataFrame) -> tuple[str, ...]:
    """Return the columns of a book's lines that are amounts or measures."""
    return tuple(name for name in lines.columns if name == "base" or name.endswith("_amount") or name.startswith(MEASURE))


def kinds(lines: pl.DataFrame, policy: Reconciliation) -> pl.DataFrame:
    """Return the lines with their `kind`: what rolls up, and what stands on a line of its own."""
    tier, state, based = pl.col("tier"), pl.col("state"), pl.col("base") > 0
    outside = pl.lit(value=False)
    if policy.tiers:
        outside |= ~tier.is_in(list(policy.tiers))
    if policy.states:
        outside |= ~state.is_in(list(policy.states))
    unknown = pl.col("target_amount").is_null() | state.is_null() | (tier.is_null() if policy.tiers else pl.lit(value=False))
    kind = (
        pl.when(~based & (state == PROSPECT))
        .then(pl.lit(Kind.PROSPECT.value))
        .when(~based & (state == LAPSED))
        .then(pl.lit(Kind.LAPSED.value))
        .when(unknown)
        .then(pl.lit(Kind.UNDECIDED.value))
        .when(outside)
        .then(pl.lit(Kind.OUTSIDE.value))
        .otherwise(pl.lit(Kind.DECIDED.value))
    )
    return lines.with_columns(kind=kind)


def owned(book: Book, lines: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Return account_id, holder, share in millionths and overlay: who has the credit of each account on a day.

    An account without owner belongs to the vacant seat.
    """
    vacant = next(iter(people(book).vacant), None)
    whole = lines.select("account_id", holder=pl.col("owner").fill_null(pl.lit(vacant, pl.String)))
    whole = whole.with_columns(share=pl.lit(FULL, pl.Int64), overlay=pl.lit(value=False))
    if OWNERS not in book.tables:
        return whole
    rows = in_force(book.tables[OWNERS], pl.lit(day)).with_columns(pl.col("overlay").fill_null(value=False))
    rows = rows.select(pl.col("account").alias("account_id"), pl.col("owner").alias("holder"), "share", "overlay")
    shared = rows.group_by("account_id", "holder", "overlay").agg(pl.col("share").sum()).select(whole.columns)
    mine = whole.join(shared.filter(~pl.col("overlay")), on="account_id", how="anti")
    return pl.concat([mine, shared.join(lines.select("account_id"), on="account_id", how="semi")])


def credits_of(run: Run, policy: Reconciliation) -> pl.DataFrame:
    """Return one row an account and holder, in order of account and holder, with the holder's part of every amount.

    The parts of an account add up to it: rounded down, what is left goes one unit each to the largest remainders, ties by
    holder. Overlay parts stand beside that, rounded half to even.
    """
    lines = kinds(book_lines(run), policy)
    rows = owned(run.book, lines, run.ready.effective_on).join(lines.drop("owner"), on="account_id").sort("account_id", "holder", "overlay")
    whole = rows.filter(pl.col("share") == FULL)
    if whole.height == rows.height:
        return rows
    parts = rows.filter(pl.col("share") != FULL)
    split = parts.with_columns(part_of(name) for name in amounts(lines))
    return pl.concat([whole, split]).sort("account_id", "holder", "overlay")


def part_of(name: str) -> pl.Expr:
    """Return a holder's part of a column; the products need more than 63 bits on their way, the parts do not."""
    product = pl.col(name).cast(pl.Int128) * pl.col("share").cast(pl.Int128)
    floor, remainder = product // FULL, product % FULL
    owners = ["account_id", "overlay"]
    left = pl.col(name).cast(pl.Int128) - floor.sum().over(owners)
    place = pl.struct(-remainder.cast(pl.Int64), pl.col("holder")).rank("ordinal").over(owners)
    shared = floor + (place.cast(pl.Int128) <= left).cast(pl.Int128)
    up = (2 * remainder > FULL) | ((2 * remainder == FULL) & (floor % 2 == 1))
    return pl.when(pl.col("overlay")).then(floor + up.cast(pl.Int128)).otherwise(shared).cast(pl.Int64).alias(name)
