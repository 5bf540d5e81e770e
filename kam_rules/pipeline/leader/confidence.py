"""How much of the target money rests on what is missing, out of date, assumed, or said by our own people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from kam_rules.model.outcome import Layout
from kam_rules.model.run import Run
from kam_rules.model.tree import reads
from kam_rules.model.types import Type
from kam_rules.pipeline import codes
from kam_rules.pipeline.assemble import STATES, TARGETS
from kam_rules.pipeline.books import lines
from kam_rules.pipeline.programme.spend import written_out
from kam_rules.pipeline.review import later

FRESH = 365
"""Days for which a dated estimate is taken as fresh where the policy has no `reassess`."""
WHOLE = 10**6
"""A coverage of 100%, as the table stores it."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Target money that rests on something: how many accounts, their base and committed targets, in smallest units."""

    on: str
    accounts: int
    base: int
    target: int


def confidence(run: Run, needing: Collection[str]) -> tuple[Rest, ...]:
    """Return what targets rest on; an account counts under each that fits, and once under the last two.

    Args:
        run: a run.
        needing: the accounts for which a missing answer could change the outcome.
    """
    layout = Layout(*run.ready.program.stages)
    own = [i for i, rule in enumerate(run.ready.program.list(TARGETS).rules) if rule.id == "own"]
    judged = [i for i, rule in enumerate(run.ready.program.list(STATES).rules) if _rated(run, i)]
    table = run.table.lazy().select(
        "account_id",
        "base",
        target="target_amount",
        missing=pl.col("account_id").is_in(list(needing)),
        neutral=pl.col("coverage").fill_null(0) < WHOLE,
        own=codes.rule(layout, TARGETS).is_in(own),
        judged=codes.rule(layout, STATES).is_in(judged),
    )
    counted = lines(run).filter("decided").select("account_id").unique()
    aimed = table.collect().join(counted, on="account_id", how="semi").join(_stale(run), on="account_id", how="left")
    said = {
        "missing": "an answer that is missing and could change the outcome",
        "stale": f"an estimate older than {_fresh(run)}, or without a date",
        "neutral": "a score in which a criterion has no data",
        "own": "a target agreed for the account alone",
        "judged": "a state that a rating by our own people decides",
    }
    weak = pl.any_horizontal(*said)
    parts = [_rest(text, aimed.filter(name)) for name, text in said.items()]
    return (*parts, _rest("any of these", aimed.filter(weak)), _rest("none of these", aimed.filter(~weak)))


def _rest(on: str, rows: pl.DataFrame) -> Rest:
    base, target = (int(rows[name].cast(pl.Int128).sum() or 0) for name in ("base", "target"))
    return Rest(on, rows.height, base, target)


def _rated(run: Run, number: int) -> bool:
    """Tell whether the condition of a state rule reads a rating; the last rule stands on what those above it read."""
    rules, rated = run.ready.program.list(STATES).rules, {f.name for f in run.ready.program.fields if f.type is Type.RATING}
    asked = rules[number]
    whens = [rule.when for rule in rules[: number + 1]] if asked.text == "otherwise" else [asked.when]
    return any(rated & set(reads(written_out(run.ready.program, when))) for when in whens)


def _stale(run: Run) -> pl.DataFrame:
    """Return account_id and whether a dated estimate is out of date or bears no date."""
    dated = [(f.name, f.dated_by) for f in run.ready.program.fields if f.dated_by]
    if not dated:
        return run.table.lazy().select("account_id", stale=pl.lit(value=False)).collect()
    table = run.book.table.lazy().select("account_id", *{name: None for pair in dated for name in pair}).collect()
    old = pl.lit(value=False)
    for name, date in dated:
        days = table[date].unique().drop_nulls()
        young = days.filter([run.ready.as_of <= _last(run, day) for day in days])
        old |= pl.col(name).is_not_null() & ~pl.col(date).is_in(young.implode()).fill_null(value=False)
    return table.select("account_id", stale=old)


def _last(run: Run, day: dt.date) -> dt.date:
    """Return the last day on which an estimate of a day is fresh."""
    rhythm = run.policy.year.reassess
    return day + dt.timedelta(days=FRESH) if rhythm is None else later(day, rhythm.months) + dt.timedelta(days=rhythm.days)


def _fresh(run: Run) -> str:
    """Say for how long a dated estimate is fresh."""
    rhythm = run.policy.year.reassess
    return f"{FRESH} days" if rhythm is None else f"the {rhythm.months} months and {rhythm.days} days of reassess"
