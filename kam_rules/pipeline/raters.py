"""Last year's answers against what became of the accounts: by rater and answer, and what one other answer would have lifted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.benefits import Worth

CLOSED = (Type.FLAG, Type.CATEGORY, Type.RATING)
"""Types whose values are few enough to count accounts by."""


@dataclass(frozen=True, slots=True)
class Label:
    """What became of the accounts that one rater gave one answer: base, target and end, and of all raters' for that answer."""

    rater: str
    field: Field
    value: Value
    accounts: int
    base: int
    target: int
    end: int
    all_target: int
    all_end: int


@dataclass(frozen=True, slots=True)
class Lifted:
    """One rep's year: what was asked, what came, and the one answer that would have lifted the attainment most."""

    holder: str
    quota: int
    end: int
    best: Worth | None = None

    @property
    def attained(self) -> Fraction | None:
        """End over quota as it was; None where nothing was asked."""
        return Fraction(self.end, self.quota) if self.quota else None

    @property
    def then(self) -> Fraction | None:
        """End over quota with that answer."""
        return Fraction(self.end, self.quota_then) if self.best and self.quota_then else None

    @property
    def quota_then(self) -> int:
        """What had been asked with that answer."""
        return self.quota - (self.best.lost if self.best else 0)


def labels(run: Run, names: Iterable[str], credited: pl.DataFrame) -> tuple[Label, ...]:
    """Return labels against outcomes, of fields whose values can be counted.

    Args:
        run: the run of the year that is over.
        names: the fields that owners supply.
        credited: one row an account and holder with start, end, target_amount and decided; see `judge.credited`.
    """
    found = list[Label]()
    wanted = set(names)
    for field in (f for f in run.ready.program.fields if f.name in wanted and f.type in CLOSED):
        answers = run.book.table.lazy().select("account_id", pl.col(field.name).alias("answer")).collect()
        rows = credited.filter("decided").join(answers, on="account_id", how="inner").drop_nulls("answer")
        sums_ = [pl.col(name).cast(pl.Int128).sum().alias(name) for name in ("start", "target_amount", "end")]
        whole = {answer: amounts[1:] for answer, *amounts in rows.group_by("answer").agg(*sums_).iter_rows()}
        for rater, answer, n, *amounts in rows.group_by("holder", "answer").agg(pl.len(), *sums_).sort("holder", "answer").iter_rows():
            found.append(Label(rater, field, _typed(answer, field), n, *map(int, amounts), *map(int, whole[answer])))
    return tuple(found)


def _typed(answer: object, field: Field) -> Value:
    return Fraction(answer, 10**field.decimals) if isinstance(answer, int) and not isinstance(answer, bool) else answer  # type: ignore[return-value]


def lifted(found: Iterable[Worth], credited: pl.DataFrame) -> tuple[Lifted, ...]:
    """Return each rep's attainment of the year that is over beside the best that one other answer would have made of it."""
    rows = credited.filter("decided")
    years = {
        holder: (int(quota), int(end))
        for holder, quota, end in rows.group_by("holder")
        .agg(pl.col("target_amount").cast(pl.Int128).sum(), pl.col("end").cast(pl.Int128).sum())
        .sort("holder")
        .iter_rows()
    }
    cohort = set(rows.select("account_id", "holder").iter_rows())
    best: dict[str, Worth] = {}
    for one in found:
        if one.lost and (one.account_id, one.holder) in cohort and (one.holder not in best or one.lost > best[one.holder].lost):
            best[one.holder] = one
    return tuple(Lifted(holder, quota, end, best.get(holder)) for holder, (quota, end) in years.items())
