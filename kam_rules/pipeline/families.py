"""Roll accounts up to their ultimate parents, as the data file declares: a family is one account, or it is refused whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from kam_rules.model.book import ADD, NONE, Book, RollUp, Why
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.names import did_you_mean
from kam_rules.model.program import Program
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.aside import ASIDE, REJECTED
from kam_rules.pipeline.hierarchy import LOOP, members, tree
from kam_rules.pipeline.spill import Spill
from kam_rules.sources._contract import LIMIT, outside

LOOPS = "KR445"
FAMILY = "KR448"
SHOWN = 5
FAULT = ("row", "account_id", "field", "column", "raw", "code", "refused")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of families, each table with `row`: who goes into whom, who is refused and why, and the sums of those that stay.

    `lacking` are sums that are missing, as faults.
    """

    below: pl.DataFrame
    out: pl.DataFrame
    sums: pl.DataFrame
    lacking: pl.DataFrame
    fields: tuple[str, ...]


def roll_up(book: Book, program: Program, spill: Spill) -> Book:
    """Return the book with every family as its ultimate parent, by the method of the data file; the same book without one.

    Raises:
        DataError: KR442 the declaration does not go with the data or the policy.
    """
    rule = book.source.roll_up
    if rule is None:
        return book
    check_rule(book, program, rule)
    if rule.method == NONE:
        return book
    plan = _plan(book, program, rule)
    for parts in zip(book.table, book.raw, book.faults, book.aside, book.rejected, strict=True):
        _place(parts, plan, spill)
    for name in ("accounts", "cells", "faults", "set_aside", "refused"):
        spill.drop(name)
    table, raw, faults, aside, rejected = (spill.kept(f"rolled.{name}") for name in ("accounts", "cells", "faults", "aside", "refused"))
    return replace(book, table=table, raw=raw, faults=faults, aside=aside, rejected=rejected)


def check_rule(book: Book, program: Program, rule: RollUp) -> None:
    """Hold a roll-up against the columns and the policy.

    Raises:
        DataError: KR442 what it adds up cannot be added, or nothing names the parents.
    """
    found = list(_misdeclared(book, program, rule))
    if found:
        raise DataError(found)


def _misdeclared(book: Book, program: Program, rule: RollUp) -> Iterator[Finding]:
    money = [f.name for f in program.fields if f.type is Type.MONEY]
    if "parent" not in book.source.columns:
        yield Finding("KR442", "roll_up needs to know the parents, and no column feeds 'parent'", rule.where, "add parent: under columns")
    if rule.method != ADD and rule.fields:
        yield Finding("KR442", f"fields are added up by method: add alone, not by {rule.method}", rule.where, "take fields: out")
    if rule.method == ADD and program.base not in rule.fields:
        fix = f"write fields: [{program.base}]"
        yield Finding("KR442", f"the base, '{program.base}', is not among the fields that are added up", rule.where, fix)
    for name in rule.fields:
        if name not in money:
            yield Finding("KR442", f"'{name}' is no amount of money that can be added up", rule.where, did_you_mean(name, money))


def _plan(book: Book, program: Program, rule: RollUp) -> _Plan:
    rows = members(book, program.base)
    refused = book.rejected.frame()["row"]
    placed = rows.join(tree(rows).select("account_id", "top", "fault"), on="account_id", how="left", maintain_order="left")
    placed = placed.with_columns(gone=pl.col("row").is_in(refused.implode()), n=pl.len().over("top"))
    loops = placed.filter((pl.col("fault") == LOOP) & ~pl.col("gone")).with_columns(code=pl.lit(LOOPS), why=pl.col("parent"))
    tops = rows.select(top="account_id", of="row")
    circling = (pl.col("fault") == LOOP).fill_null(value=False)
    families = placed.filter((pl.col("n") > 1) & ~circling).join(tops, on="top", maintain_order="left")
    own = book.table.lazy().select("row", *rule.fields).collect()
    sums, lacking = _sums(families.join(own, on="row", how="left", maintain_order="left"), program, rule)
    whole = families.join(_broken(families, sums, program, rule), on="top", how="left", maintain_order="left")
    bad = whole.filter(pl.col("why").is_not_null() & ~pl.col("gone")).with_columns(code=pl.lit(FAMILY))
    good = whole.filter(pl.col("why").is_null() & ~pl.col("gone"))
    why = Why.ADDED if rule.method == ADD else Why.HELD
    below = good.filter(pl.col("row") != pl.col("of")).with_columns(why=pl.lit(why.value), text=pl.lit(None), total=pl.lit(None))
    out = pl.concat([frame.select("row", "account_id", "parent", "owner", "base", "code", "why") for frame in (loops, bad)])
    kept = sums.filter(pl.col("of").is_in(good["of"].implode())) if sums.height else sums
    lacking = lacking.filter(pl.col("row").is_in(good["of"].implode()))
    columns = {name: column.column for name, column in book.source.columns.items()}
    told = lacking.with_columns(column=pl.col("field").replace_strict(columns, default="", return_dtype=pl.String))
    return _Plan(below.select(*ASIDE).cast(ASIDE), out, kept, told, rule.fields)  # type: ignore[arg-type]


def _sums(rows: pl.DataFrame, program: Program, rule: RollUp) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the sum of each field by family, null where one member lacks it or the sum breaks the contract; and what lacks, as faults."""
    contract = {f.name: f for f in program.fields}
    below = pl.col("row").filter(pl.col("row") != pl.col("of")).sort()
    grouped = rows.group_by("top", "of").agg(
        below.alias("below"),
        *(pl.when(pl.col(name).null_count() == 0).then(pl.col(name).cast(pl.Int128).sum()).alias(name) for name in rule.fields),
        *(pl.col("row").filter(pl.col(name).is_null()).sort().alias(f"lack.{name}") for name in rule.fields),
    )
    found = grouped.with_columns(_within(contract[name]) for name in rule.fields)
    lacking = [_lacking(grouped, name) for name in rule.fields if name != program.base]
    empty = pl.DataFrame(schema={"row": pl.Int64, "account_id": pl.String, "field": pl.String, "raw": pl.String})
    return found.select("top", "of", "below", *rule.fields), pl.concat([empty, *lacking])


def _within(field: Field) -> pl.Expr:
    """Return a sum where the contract and 63 bits hold it, else null."""
    value = pl.col(field.name)
    small = pl.when(value.abs() < LIMIT).then(value).cast(pl.Int64)
    return pl.when(~outside(small, field.least, field.most, field.decimals)).then(small).alias(field.name)


def _lacking(grouped: pl.DataFrame, name: str) -> pl.DataFrame:
    rows = grouped.filter(pl.col(f"lack.{name}").list.len() > 0)
    told = pl.lit("missing in row ") + pl.col(f"lack.{name}").list.head(SHOWN).cast(pl.List(pl.String)).list.join(", ")
    return rows.select(row="of", account_id="top", field=pl.lit(name), raw=told)


def _broken(families: pl.DataFrame, sums: pl.DataFrame, program: Program, rule: RollUp) -> pl.DataFrame:
    """Return families that cannot be one account, with why: a member is refused, or their base has no sum."""
    counted = pl.col("gone") if rule.method == ADD else pl.col("gone") & (pl.col("row") == pl.col("of"))
    gone = families.filter(counted).group_by("top").agg(pl.col("row").min().alias("row"))
    found = [gone.select("top", why=pl.lit("refused is row ") + pl.col("row").cast(pl.String))]
    if rule.method == ADD:
        summed = sums.filter(pl.col(program.base).is_null()).select("top", why=pl.lit(f"{program.base} has no sum within its contract"))
        found.append(summed.join(gone, on="top", how="anti"))
    return pl.concat(found)


def _place(parts: tuple[pl.DataFrame, ...], plan: _Plan, spill: Spill) -> None:
    """Keep one part of every table as it is after the roll-up."""
    table, raw, faults, aside, rejected = parts
    gone = pl.concat([plan.below["row"], plan.out["row"]])
    here = plan.out.filter(pl.col("row").is_in(table["row"].implode()))
    spill.keep("rolled.accounts", _summed(_without(table, gone), plan))
    spill.keep("rolled.cells", _told(_without(raw, gone), plan))
    into = plan.below.filter(pl.col("row").is_in(table["row"].implode()))
    spill.keep("rolled.aside", pl.concat([aside, into]).sort("row"))
    spill.keep("rolled.refused", pl.concat([rejected, here.with_columns(codes="code").select(*REJECTED)]).sort("row"))
    refusing = here.with_columns(raw="why", field=pl.lit("parent"), column=pl.lit(""), refused=pl.lit(value=True))
    lacks = plan.lacking.filter(pl.col("row").is_in(table["row"].implode()))
    missing = lacks.with_columns(code=pl.lit("KR449"), refused=pl.lit(value=False))
    told = [frame.select(*FAULT) for frame in (faults, refusing, missing)]
    spill.keep("rolled.faults", pl.concat(told).sort("row", "field", maintain_order=True))


def _without(table: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    return table.filter(~pl.col("row").is_in(rows.implode()))


def _summed(table: pl.DataFrame, plan: _Plan) -> pl.DataFrame:
    """Put the sums in the place of the parents' own amounts."""
    sums = plan.sums.select(row="of", family=pl.lit(value=True), **{f"sum.{name}": name for name in plan.fields})
    joined = table.join(sums, on="row", how="left", maintain_order="left")
    values = (pl.when("family").then(f"sum.{name}").otherwise(name).alias(name) for name in plan.fields)
    return joined.with_columns(values).select(table.columns)


def _told(raw: pl.DataFrame, plan: _Plan) -> pl.DataFrame:
    """Let the cells of a parent say what was added to them."""
    if not plan.fields:
        return raw
    more = plan.sums.select(row="of", more=pl.lit(" + row ") + pl.col("below").cast(pl.List(pl.String)).list.join(", "))
    joined = raw.join(more, on="row", how="left", maintain_order="left")
    cells: Mapping[str, pl.Expr] = {name: pl.col(name).cast(pl.String) for name in plan.fields if name in raw.columns}
    told = (
        pl.when(pl.col("more").is_null()).then(cell).otherwise(cell.fill_null("blank") + pl.col("more")).alias(name)
        for name, cell in cells.items()
    )
    return joined.with_columns(told).select(raw.columns)
