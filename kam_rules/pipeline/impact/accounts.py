"""How each account moves from the first corner to the last, and whether the policy or the data moves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kam_rules.model.run import Run

UNDECIDED, ABSENT = "undecided", "not in the data"
POLICY, DATA, EACH, TOGETHER = "policy", "data", "each alone", "only both"
"""What moves an account: the policy alone, the data alone, either of them, or neither without the other."""
BY = (POLICY, DATA, EACH, TOGETHER)
UP, DOWN, LEVEL = "up", "down", "level"
KEPT = ("tier", "state", "base", "target", "in")


@dataclass(frozen=True, slots=True)
class Corners:
    """Four runs, named for their policy and then their data; with one set of data those of a policy are the same run."""

    old_old: Run
    old_new: Run
    new_old: Run
    new_new: Run

    @property
    def named(self) -> dict[str, Run]:
        """The four by name, in the order of the sums: where it starts, each alone, where it ends."""
        return {"old_old": self.old_old, "old_new": self.old_new, "new_old": self.new_old, "new_new": self.new_new}


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many accounts went from each word (rows, `old`) to each (columns, `new`)."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]

    def row(self, word: str) -> int:
        """How many had that word."""
        return sum(count for (old, _), count in self.counts.items() if old == word)

    def column(self, word: str) -> int:
        """How many have that word."""
        return sum(count for (_, new), count in self.counts.items() if new == word)


def moves(corners: Corners, order: tuple[str, ...]) -> pl.DataFrame:
    """Return one row an account of the old or the new data.

    Columns: account_id, in_old, in_new, `tier_OLD_OLD` and so on for tier and state, `tier`, `state`, `base` and `target` of
    before with `_old`, of after with `_new`; `change` of the target with its parts `policy` and `data`; `moved`, `by` (`BY`), `way`
    (up, down, level) and `base`, the larger of both. Amounts in smallest units.
    """
    runs = corners.named
    frames: dict[int, tuple[str, pl.DataFrame]] = {}
    rows = pl.DataFrame(schema={"account_id": pl.String})
    for name, run in runs.items():
        if id(run) in frames:
            twin = frames[id(run)][0]
            rows = rows.with_columns(pl.col(f"{column}_{twin}").alias(f"{column}_{name}") for column in KEPT)
            continue
        frames[id(run)] = (name, _account(run, name))
        rows = rows.join(frames[id(run)][1], on="account_id", how="full", coalesce=True) if rows.width > 1 else frames[id(run)][1]
    rows = rows.with_columns(pl.col(f"in_{name}").fill_null(value=False) for name in runs)
    target = {name: pl.col(f"target_{name}").fill_null(0) for name in runs}
    twice = (target["new_old"] - target["old_old"]) + (target["new_new"] - target["old_new"])
    half = twice // 2 + ((twice % 2 == 1) & ((twice // 2) % 2 == 1)).cast(pl.Int64)
    change = target["new_new"] - target["old_old"]
    rows = rows.with_columns(
        *(pl.col(f"{c}_old_old").alias(f"{c}_old") for c in KEPT),
        *(pl.col(f"{c}_new_new").alias(f"{c}_new") for c in KEPT),
        change.alias("change"),
        half.alias("policy"),
        (change - half).alias("data"),
    )
    rows = rows.with_columns(_by(), _way(order), pl.max_horizontal("base_old", "base_new").fill_null(0).alias("base"))
    return rows.with_columns(moved=pl.col("by").is_not_null())


def _account(run: Run, name: str) -> pl.DataFrame:
    words = [pl.col(word).cast(pl.String) for word in ("tier", "state")]
    found = run.table.lazy().select("account_id", *words, "base", target="target_amount", **{"in": pl.lit(value=True)})
    return found.rename({column: f"{column}_{name}" for column in KEPT}).collect()


def _differs(one: str, other: str) -> pl.Expr:
    """Tell whether an account is decided otherwise in two corners; where it is in neither, it is not."""
    columns = ("in", "tier", "state")
    return pl.any_horizontal(pl.col(f"{c}_{one}").ne_missing(pl.col(f"{c}_{other}")) for c in columns)


def _by() -> pl.Expr:
    policy, data = _differs("new_old", "old_old"), _differs("old_new", "old_old")
    found = pl.when(policy & data).then(pl.lit(EACH)).when(policy).then(pl.lit(POLICY)).when(data).then(pl.lit(DATA))
    there = pl.col("in_old_old") & pl.col("in_new_new")
    told = pl.when(~there).then(pl.lit(DATA)).otherwise(found.otherwise(pl.lit(TOGETHER)))
    return pl.when(_differs("old_old", "new_new")).then(told).alias("by")


def _way(order: tuple[str, ...]) -> pl.Expr:
    places = {word: i for i, word in enumerate(order)}
    old, new = (pl.col(name).replace_strict(places, return_dtype=pl.Int16, default=None) for name in ("tier_old", "tier_new"))
    return pl.when(new < old).then(pl.lit(UP)).when(new > old).then(pl.lit(DOWN)).otherwise(pl.lit(LEVEL)).alias("way")


def matrix(rows: pl.DataFrame, what: str, order: tuple[str, ...], ends: tuple[Run, Run]) -> Matrix:
    """Count how accounts went from word to word; its margins are the counts of the two runs."""
    said = [
        pl.when(~pl.col(f"in_{end}")).then(pl.lit(ABSENT)).otherwise(pl.col(f"{what}_{end}").fill_null(UNDECIDED)).alias(end)
        for end in ("old", "new")
    ]
    counts = {(old, new): count for old, new, count in rows.select(said).group_by("old", "new").len().iter_rows()}
    words = (*order, UNDECIDED, ABSENT)
    found = Matrix(
        tuple(word for word in words if any(old == word for old, _ in counts)),
        tuple(word for word in words if any(new == word for _, new in counts)),
        counts,
    )
    for run, margin in zip(ends, (found.row, found.column), strict=True):
        for word, count in run.table.lazy().group_by(what).len().collect().iter_rows():
            assert margin(word or UNDECIDED) == count, (what, word, count)
    return found
