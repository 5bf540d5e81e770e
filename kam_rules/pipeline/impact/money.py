"""What a new policy and new data come to in money, by tier, state, rep, manager and team, and what of it each brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kam_rules.model.run import Run
from kam_rules.pipeline.books import lines
from kam_rules.pipeline.holders import REPS, people
from kam_rules.pipeline.impact.accounts import DOWN, LEVEL, UNDECIDED, UP, Corners

NOBODY = "(nobody)"
PEOPLE = {"holder": "rep", "manager": "manager", "team": "team"}
"""What holds accounts, by its column."""
Sums = Mapping[str, tuple[int, int, int]]
"""By name: accounts with a target, their base, their target."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of money in smallest units: accounts with a target, their base, their target, before and after.

    ``policy + data == target[1] - target[0]``. `up` and `down` count the accounts that change their tier.
    """

    name: str
    accounts: tuple[int, int]
    base: tuple[int, int]
    target: tuple[int, int]
    policy: int
    data: int
    up: int = 0
    down: int = 0

    @property
    def change(self) -> int:
        """By how much the target changes."""
        return self.target[1] - self.target[0]

    def nrr(self, when: int) -> Fraction | None:
        """The target in proportion to the base, before (0) or after (1)."""
        return Fraction(self.target[when], self.base[when]) if self.base[when] else None


def effects(corners: Corners, movers: pl.DataFrame, tiers: Iterable[str], states: Iterable[str]) -> dict[str, tuple[Effect, ...]]:
    """Break the money down in every way that the data allow."""
    tables: dict[int, pl.DataFrame] = {}
    for run in corners.named.values():
        if id(run) not in tables:
            tables[id(run)] = _counted(run)
    four = [tables[id(run)] for run in corners.named.values()]
    found = {"all": _lines([_sums(table, "all") for table in four], ("all",), _ways(four[0], four[3], "all", movers))}
    for name, words in (("tier", tiers), ("state", states)):
        found[name] = _lines([_sums(table, name) for table in four], tuple(words), {})
    for column, key in PEOPLE.items():
        if all(column in table.columns for table in four):
            sums = [_sums(table, column) for table in four]
            names = tuple(sorted({name for part in sums for name in part}))
            found[key] = _lines(sums, names, _ways(four[0], four[3], column, movers))
    (whole,) = found["all"] or (Effect("all", (0, 0), (0, 0), (0, 0), 0, 0),)
    for told in found.values():
        assert sum(one.policy for one in told) == whole.policy
        assert sum(one.change for one in told) == whole.change
    return found


def _counted(run: Run) -> pl.DataFrame:
    """Return one row an account and holder that has a target: holder, manager, team, tier, state, base, target."""
    rows = lines(run).filter(pl.col("target_amount").is_not_null())
    found = rows.select(
        "account_id", "holder", *(pl.col(name).cast(pl.String).fill_null(UNDECIDED) for name in ("tier", "state")), "base", "share",
        target="target_amount", all=pl.lit("all"),
    )  # fmt: skip
    if REPS not in run.book.tables:
        return found
    known = people(run.book)
    above = {id_: id_ if known.below.get(id_) else holder.manager or id_ for id_, holder in known.holders.items()}
    teams = {id_: known.team(id_, "team") for id_ in known.holders}
    return found.with_columns(
        pl.col("holder").replace_strict(above, default=NOBODY, return_dtype=pl.String).alias("manager"),
        pl.col("holder").replace_strict(teams, default=NOBODY, return_dtype=pl.String).alias("team"),
    )


def _sums(table: pl.DataFrame, by: str) -> Sums:
    """Return the sums by a column; an account that several share counts once for each."""
    each = pl.len() if by in PEOPLE else pl.col("account_id").n_unique()
    sums = (pl.col(name).cast(pl.Int128).sum() for name in ("base", "target"))
    return {str(name): (int(n), int(base), int(target)) for name, n, base, target in table.group_by(by).agg(each, *sums).iter_rows()}


def _lines(sums: list[Sums], names: tuple[str, ...], ways: Mapping[str, tuple[int, int]]) -> tuple[Effect, ...]:
    """Return a line for each name that some corner has; what is rounded off one line goes on to the next."""
    found: list[Effect] = []
    exact = given = Fraction(0)
    for name in names:
        if not any(name in part for part in sums):
            continue
        old, alone, other, new = (part.get(name, (0, 0, 0)) for part in sums)
        exact += Fraction((other[2] - old[2]) + (new[2] - alone[2]), 2)
        policy = round(exact) - int(given)
        given += policy
        change = new[2] - old[2]
        accounts, base, target = zip(old, new, strict=True)
        found.append(Effect(name, accounts, base, target, policy, change - policy, *ways.get(name, (0, 0))))
    return tuple(found)


def _ways(old: pl.DataFrame, new: pl.DataFrame, column: str, movers: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """Return how many accounts of each go up and down, by who has them after, or before where they are gone."""
    changed = movers.filter(pl.col("way") != LEVEL).select("account_id", "way")
    held = pl.concat([table.select("account_id", column) for table in (new, old)]).unique("account_id", keep="first", maintain_order=True)
    counts = ((pl.col("way") == way).sum().alias(way) for way in (UP, DOWN))
    found = changed.join(held, on="account_id").group_by(column).agg(counts)
    return {str(name): (int(up), int(down)) for name, up, down in found.iter_rows()}
