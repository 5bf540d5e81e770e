"""What history gives of each account before the engines ask: the tier it holds, since when, how long it has been below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import polars as pl

from kam_rules.backends.reference import evaluate
from kam_rules.model.book import AccountsSource
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.past import HISTORY, SINCE, STATE_BEFORE, STREAK, TIER_BEFORE
from kam_rules.model.program import NOT_QUALIFIED, Program
from kam_rules.pipeline.assemble import KEPT
from kam_rules.pipeline.tables import MOST, cell, columns_of

SCORE = 10**6
"""A history's score is kept in millionths."""
KINDS: dict[str, pl.DataType] = {TIER_BEFORE: pl.String(), STATE_BEFORE: pl.String(), SINCE: pl.Date(), STREAK: pl.Int64()}


def check_history(rows: pl.DataFrame, source: AccountsSource) -> None:
    """Refuse a history that contradicts itself.

    Raises:
        DataError: KR470 one review of an account twice, a tier held since after the review that names it, or a tier held
            since before an earlier review that names another.
    """
    ordered = rows.sort("account_id", "review", "row")
    before = ordered.select(pl.all().shift(1).over("account_id").name.prefix("prior_"))
    table = pl.concat([ordered, before], how="horizontal")
    twice = pl.col("review") == pl.col("prior_review")
    ahead = pl.col("since") > pl.col("review")
    reaches = pl.col("since") <= pl.col("prior_review")
    moved = pl.col("tier").is_not_null() & pl.col("prior_tier").is_not_null() & (pl.col("tier") != pl.col("prior_tier")) & reaches
    restated = (pl.col("tier") == pl.col("prior_tier")) & (pl.col("since") != pl.col("prior_since")) & reaches
    what = pl.when(twice).then(pl.lit("twice")).when(ahead).then(pl.lit("ahead")).when(moved).then(pl.lit("moved")).when(restated)
    found = table.with_columns(what=what.then(pl.lit("restated"))).filter(pl.col("what").is_not_null()).head(MOST)
    faults = [_contradiction(row, source) for row in found.iter_rows(named=True)]
    if faults:
        raise DataError(faults)


def _contradiction(row: Mapping[str, object], source: AccountsSource) -> Finding:
    columns, shown = columns_of(source.tables, HISTORY), source.tables[HISTORY].shown
    account, since, other = row["account_id"], row["since"], row["prior_row"]
    said = {
        "twice": f"{account} has a review of {row['review']} in row {other} already, with something else in it",
        "ahead": f"{account} cannot hold '{row['tier']}' since {since} at a review of {row['review']}",
        "moved": f"{account} holds '{row['tier']}' since {since}, and row {other} has it in '{row['prior_tier']}' on {row['prior_review']}",
        "restated": f"{account} holds '{row['tier']}' since {since} here and since {row['prior_since']} in row {other}",
    }[str(row["what"])]
    name = "review" if row["what"] == "twice" else "since"
    place = cell(shown, int(str(row["row"])), columns[name], str(row[name]))
    return Finding("KR470", f"{place}: {said}", None, "keep what was decided; a correction is a review of its own")


def known(rows: pl.DataFrame, program: Program) -> pl.DataFrame:
    """Return one row an account of what was decided before the day of the decision, the latest review first."""
    assert program.on is not None, "history is read for a day"
    told = rows.filter((pl.col("review") < program.on) & pl.col("tier").is_not_null()).sort("account_id", "review")
    told = told.with_columns(below=_below(told, program))
    turn = (pl.col("tier") != pl.col("tier").shift(1)).fill_null(value=True).cum_sum().over("account_id").alias("turn")
    told = told.with_columns(turn)
    last = told.filter(pl.col("turn") == pl.col("turn").max().over("account_id"))
    good = pl.col("below").eq(other=False).fill_null(value=False).cum_sum(reverse=True)
    streak = (pl.col("below").fill_null(value=False) & (good == 0)).sum()
    began = pl.coalesce(pl.col("since").last(), pl.col("review").first())
    found = last.group_by("account_id", maintain_order=True).agg(
        pl.col("tier").last().alias(TIER_BEFORE),
        pl.col("state").last().alias(STATE_BEFORE),
        pl.when((pl.col("tier").last() == NOT_QUALIFIED) & (pl.col("turn").last() == 1)).then(None).otherwise(began).alias(SINCE),
        streak.cast(pl.Int64).alias(STREAK),
    )
    contract = {field.name: field for field in program.fields}
    words = {name: pl.col(name).is_in(list(contract[name].values)) for name in (TIER_BEFORE, STATE_BEFORE)}
    found = found.with_columns(pl.when(known).then(pl.col(name)).alias(name) for name, known in words.items())
    gone = pl.col(TIER_BEFORE).is_null()
    return found.with_columns(pl.when(~gone).then(pl.col(name)).alias(name) for name in (SINCE, STREAK))


def _below(told: pl.DataFrame, program: Program) -> pl.Series:
    """Fill in where a history does not say whether a review found an account below: its score held against this year's condition."""
    rules = {rule.id: rule.when for rule in program.list(KEPT).rules}
    blank = told.filter(pl.col("below").is_null() & pl.col("score").is_not_null()).select("tier", "score").unique()
    pairs = [(tier, score) for tier, score in blank.iter_rows() if tier in rules]
    truths = [evaluate(rules[tier], {"score": Fraction(score, SCORE)}) for tier, score in pairs]
    found = [(tier, score, None if truth is None else not truth) for (tier, score), truth in zip(pairs, truths, strict=True)]
    table = pl.DataFrame(found, schema={"tier": pl.String, "score": pl.Int64, "short": pl.Boolean}, orient="row")
    return told.join(table, on=["tier", "score"], how="left", maintain_order="left").select(pl.coalesce("below", "short")).to_series()


def past_of(program: Program, tables: Mapping[str, pl.DataFrame], source: AccountsSource) -> pl.DataFrame | None:
    """Return what history gives, by account; nothing where the policy does not ask for it or the data name none.

    Raises:
        DataError: KR470 the history contradicts itself.
    """
    if program.seating.changes is None or HISTORY not in tables:
        return None
    check_history(tables[HISTORY], source)
    return known(tables[HISTORY], program)


def past_findings(program: Program, table: pl.LazyFrame, tables: Mapping[str, pl.DataFrame]) -> Iterator[Finding]:
    """Return what is to be said of history in a run: none, tiers of other policies, accounts that have left."""
    if program.seating.changes is None:
        return
    if HISTORY not in tables:
        yield Finding("KR570", "no history: nobody holds a tier yet, so nothing is held", None, "add history: to the data file", "note")
        return
    rows = tables[HISTORY]
    later = rows.filter(pl.col("review") >= program.on).height
    if later:
        message = f"{later:,} rows of history are of {program.on} or later: not known on that day, and left out"
        yield Finding("KR471", message, None, "decide for a later day if they are to count", "note")
    tiers = (*(seats.tier for seats in program.seating.tiers), NOT_QUALIFIED)
    told = rows.filter((pl.col("review") < program.on) & pl.col("tier").is_not_null())
    latest = told.sort("review").unique("account_id", keep="last").join(table.select("account_id").collect(), on="account_id", how="semi")
    strange = latest.filter(~pl.col("tier").is_in(list(tiers))).group_by("tier").len().sort("tier")
    for tier, count in strange.iter_rows():
        message = f"{count:,} accounts held '{tier}', which this policy does not have: they start without a tier"
        yield Finding("KR472", message, None, f"name it as one of: {', '.join(tiers)}, if it is one of them", "warning")
