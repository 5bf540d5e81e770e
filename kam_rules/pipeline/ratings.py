"""One answer out of several raters', as the data file declares, and how far apart they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from kam_rules.model.amounts import shown
from kam_rules.model.book import AccountsSource, ColumnMap, Rated
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.names import did_you_mean
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.tables import MOST, cell, columns_of
from kam_rules.sources._contract import outside, reason
from kam_rules.tables.ratings import DECIMALS

RATINGS = "ratings"
SCALED = (Type.RATING, Type.NUMBER, Type.INTEGER)


@dataclass(frozen=True, slots=True)
class Ratings:
    """The combined answers as texts: a column for each field, one row an account; which source feeds each; what was rounded."""

    answers: pl.DataFrame | None = None
    columns: Mapping[str, ColumnMap] = field(default_factory=dict)
    rounded: Mapping[str, int] = field(default_factory=dict)

    def beside(self, part: pl.DataFrame) -> pl.DataFrame:
        """Return rows of the accounts with the answers beside them; null where nobody rated one."""
        return part if self.answers is None else part.join(self.answers, on="account_id", how="left", maintain_order="left")


def ratings(source: AccountsSource, table: pl.DataFrame | None, contract: Mapping[str, Field]) -> Ratings:
    """Return what the raters of a table answer together; nothing where there is no table.

    Args:
        source: what the data file says.
        table: one row a rater, account and field, see `kam_rules.tables.ratings`.
        contract: the policy's fields.

    Raises:
        DataError: KR422, KR905 to KR908, every row at fault.
    """
    if table is None:
        return Ratings()
    rule = source.rated
    if rule is None:
        fix = "write ratings: {combine: median} under accounts, or mean, lowest, highest"
        raise DataError(Finding("KR905", "several raters rate, and nothing says how their answers combine", source.where, fix))
    faults = list(_faults(source, table, contract))
    if faults:
        raise DataError(faults[:MOST])
    groups = table.partition_by("field", as_dict=True, maintain_order=True)
    found = {str(name): _combined(rows, rule, contract[str(name)]) for (name,), rows in groups.items()}
    answers = table.select(account_id="account").unique(maintain_order=True)
    for name, rows in found.items():
        answers = answers.join(rows.select("account_id", name), on="account_id", how="left", maintain_order="left")
    shown_as = source.tables[RATINGS].shown
    columns = {name: ColumnMap(f"{shown_as}: {rule.combine}", "fraction") for name in found}
    return Ratings(answers, columns, {name: int((~rows["exact"]).sum()) for name, rows in found.items()})


def _faults(source: AccountsSource, table: pl.DataFrame, contract: Mapping[str, Field]) -> Iterator[Finding]:
    shown_as, columns = source.tables[RATINGS].shown, columns_of(source.tables, RATINGS)
    usable = [name for name, found in contract.items() if found.type in SCALED]
    for name, row in table.group_by("field").agg(pl.col("row").min()).sort("row").iter_rows():
        where = cell(shown_as, row, columns["field"], name)
        if name not in usable:
            yield Finding("KR906", f"{where}: the policy has no rating or number of this name", None, did_you_mean(name, usable))
        elif name in source.columns:
            message = f"{where}: a column of the accounts feeds it already, '{source.columns[name].column}'"
            yield Finding("KR908", message, None, "take one of the two out: nobody can tell which is right")
    twice = table.filter(pl.struct("account", "rater", "field").is_duplicated())
    for row, account, rater, name in twice.select("row", "account", "rater", "field").iter_rows():
        where = cell(shown_as, row, columns["rater"], rater)
        yield Finding("KR907", f"{where}: they rate {name} of {account} in another row, too", None, "keep the one that holds")
    for name in usable:
        low, high = contract[name].least, contract[name].most
        beyond = (pl.col("field") == name) & outside(pl.col("rating"), low, high, DECIMALS)
        for row, value in table.filter(beyond).select("row", "rating").iter_rows():
            where = cell(shown_as, row, columns["rating"], _plain(value))
            sentence, fix = reason("KR422", "", contract[name])
            yield Finding("KR422", f"{where}: {sentence}", None, fix)


def _combined(rows: pl.DataFrame, rule: Rated, contract: Field) -> pl.DataFrame:
    """Return one answer an account as text, rounded once, half to even, to the decimals that the field keeps."""
    ordered, n = pl.col("rating").sort(), pl.len()
    over, under = {
        "lowest": (ordered.first(), pl.lit(1)),
        "highest": (ordered.last(), pl.lit(1)),
        "mean": (pl.col("rating").cast(pl.Int128).sum(), n),
        "median": (ordered.get((n - 1) // 2) + ordered.get(n // 2), pl.lit(2)),
    }[rule.combine]
    grouped = rows.group_by("account", maintain_order=True).agg(over.cast(pl.Int128).alias("over"), under.cast(pl.Int128).alias("under"))
    divisor = pl.col("under") * 10 ** (DECIMALS - contract.decimals)
    down, rest = pl.col("over") // divisor, pl.col("over") % divisor
    up = pl.when((2 * rest > divisor) | ((2 * rest == divisor) & (down % 2 == 1))).then(1).otherwise(0)
    told = grouped.select("account", value=(down + up.cast(pl.Int128)).cast(pl.Int64), exact=rest == 0)
    texts = [shown(Fraction(value, 10**contract.decimals), contract.decimals, thousands=False) for value in told["value"]]
    return told.select(pl.col("account").alias("account_id"), pl.Series(contract.name, texts, dtype=pl.String), "exact")


def _plain(value: int) -> str:
    return shown(Fraction(value, 10**DECIMALS), DECIMALS, thousands=False)


@dataclass(frozen=True, slots=True)
class Apart:
    """One account and field on which raters are far apart: how many rate it, and who is lowest and highest."""

    account_id: str
    field: str
    raters: int
    lowest: Fraction
    highest: Fraction
    each: str

    @property
    def spread(self) -> Fraction:
        """How many points lie between the lowest and the highest."""
        return self.highest - self.lowest


def apart(source: AccountsSource, tables: Mapping[str, pl.DataFrame]) -> tuple[Apart, ...]:
    """Return where raters are as far apart as the data file calls a disagreement, the widest first."""
    table, rule = tables.get(RATINGS), source.rated
    if table is None or rule is None or rule.disagree_from is None:
        return ()
    each = pl.concat_str("rater", pl.lit(" "), pl.col("rating").map_elements(_plain, return_dtype=pl.String)).str.join(", ")
    low, high = pl.col("rating").min().alias("low"), pl.col("rating").max().alias("high")
    grouped = table.sort("rater").group_by("account", "field").agg(pl.len().alias("n"), low, high, each.alias("each"))
    wide = grouped.filter((pl.col("high") - pl.col("low")) >= int(rule.disagree_from * 10**DECIMALS))
    ordered = wide.with_columns(spread=pl.col("high") - pl.col("low")).sort(["spread", "account", "field"], descending=[True, False, False])
    unit = 10**DECIMALS
    rows = ordered.select("account", "field", "n", "low", "high", "each").iter_rows()
    return tuple(Apart(id_, name, n, Fraction(low, unit), Fraction(high, unit), told) for id_, name, n, low, high, told in rows)
