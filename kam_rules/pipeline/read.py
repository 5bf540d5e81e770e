"""Read the accounts of a source by the policy's data contract: exact values, and every fault with its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from kam_rules.evidence.pack import sha256
from kam_rules.model.book import AccountsSource, Book, ColumnMap, Raw
from kam_rules.model.errors import DataError, Finding, Where
from kam_rules.model.parts import Parts
from kam_rules.model.policy import Source
from kam_rules.model.program import Program
from kam_rules.model.progress import Progress, silent
from kam_rules.model.rates import PlanRates
from kam_rules.model.types import BUILT_IN, Field, Type
from kam_rules.pipeline.aside import Bases, brought, copies, rejected, told_aside
from kam_rules.pipeline.columns import check_columns
from kam_rules.pipeline.controls import hold_controls
from kam_rules.pipeline.conventions import doubtful, examine
from kam_rules.pipeline.doubles import doubles
from kam_rules.pipeline.families import roll_up
from kam_rules.pipeline.holders import check_people
from kam_rules.pipeline.past import past_of
from kam_rules.pipeline.ratings import RATINGS, Ratings, ratings
from kam_rules.pipeline.row_faults import FAULTS, of_absent, of_cells, of_currencies, of_rows
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.tables import read_tables
from kam_rules.pipeline.watch import Facts, joined, seen_of
from kam_rules.sources import reader
from kam_rules.sources._contract import comparable, texts, typed
from kam_rules.sources._conventions import MISFIT, plain
from kam_rules.sources._rates import converted, plan_rates
from kam_rules.sources._sql import fetched

PLAN_RATES = "plan_rates"
EASY = 2**28
"""Bytes of a source that are held in memory; a larger one waits in files."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how reading goes: `rows` of every row read and every row typed, `expect` of rows more or fewer than thought."""

    rows: Progress = silent
    expect: Progress = silent


def read_source(source: AccountsSource, program: Program, spill: Spill, files: tuple[Source, ...] = (), watch: Watch | None = None) -> Book:
    """Return the accounts of a file, and the tables beside them.

    Raises:
        DataError: a file fault (KR401 to KR406, KR426), one of a table beside the accounts, or KR440 control totals that do
            not agree: nothing can be decided.
    """
    tables, beside = read_tables(source, program.minor, program.tables)
    found = _Reading(source, program, spill, watch or Watch(), tables)
    if source.layout.query:
        with fetched(source.layout, source.where, Path(source.path)) as path:
            digest = _read_file(found, path)
    else:
        digest = _read_file(found, Path(source.path))
    book = found.book((*files, Source(source.shown, digest), *beside))
    hold_controls(book, program.minor)
    return roll_up(book, program, spill)


def _read_file(found: _Reading, path: Path) -> str:
    """Take all rows of a file, and return its digest."""
    source, before = found.source, _stamp(path)
    key = found.fed["account_id"].column if "account_id" in found.fed else ""
    wanted = {column.column for column in found.fed.values()}
    found.read(reader(path, source.shown, source.where).read(path, source.shown, wanted, replace(source.layout, key=key)))
    digest = sha256(path)
    if _stamp(path) != before:
        fix = "wait until it is written, and run again"
        raise DataError(Finding("KR401", "this file changed while it was read", Where(source.shown), fix))
    return digest


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


Tables = Mapping[str, pl.DataFrame]


def read_raw(
    parts: Iterable[Raw], source: AccountsSource, program: Program, spill: Spill, tables: Tables | None = None, watch: Watch | None = None
) -> Book:
    """Return the accounts of rows that stand in no file; see `read_source`."""
    found = _Reading(source, program, spill, watch or Watch(), tables or {})
    found.read(parts)
    return found.book(())


@dataclass
class _Reading:
    """One source on its way to a book: first every row as it stands, then, when all ids are known, its typed values."""

    source: AccountsSource
    program: Program
    spill: Spill
    watch: Watch
    tables: Tables
    contract: dict[str, Field] = field(init=False)
    fed: dict[str, ColumnMap] = field(init=False)
    rates: PlanRates = field(init=False)
    bases: Bases = field(init=False)
    rated: Ratings = field(init=False)
    ids: list[pl.Series] = field(default_factory=list)
    misfits: dict[int, str] = field(default_factory=dict)
    aside: list[pl.DataFrame | None] = field(default_factory=list)
    rows: int = 0
    base: int = 0
    rounded: dict[str, int] = field(default_factory=dict)
    bare: dict[str, str] = field(default_factory=dict)
    examined: bool = False
    beside: pl.DataFrame | None = field(init=False)
    seen: Facts | None = field(init=False)

    def __post_init__(self) -> None:
        self.contract = {f.name: f for f in self.program.fields}
        self.beside = past_of(self.program, self.tables, self.source)
        self.seen = seen_of(self.program, self.tables, self.source)
        self.rates = rates_of(self.source, self.tables, self.program.currency)
        self.fed = {name: column for name, column in self.source.columns.items() if name in self.contract or name in BUILT_IN}
        self.rated = ratings(self.source, self.tables.get(RATINGS), self.contract)
        self.fed |= self.rated.columns
        self.rounded |= self.rated.rounded
        self.bases = Bases(self.program, self.fed, self.rates)

    def read(self, parts: Iterable[Raw]) -> None:
        """Keep the rows of all parts, and of every id its hash."""
        held = thought = 0
        for number, raw in enumerate(parts):
            if number == 0:
                check_columns(raw, self.source, self.program, self.fed)
            own = {name: column.column for name, column in self.fed.items() if name not in self.rated.columns}
            part = self.rated.beside(raw.table.select("row", *comparable(raw.table, own)))
            held += int(part.estimated_size())
            if held + held * raw.left // max(self.rows + part.height, 1) > EASY:
                self.spill.to_files()
            self.spill.keep("raw", part)
            self.ids.append(part["account_id"].hash().zip_with(part["account_id"].is_not_null(), pl.Series([None], dtype=pl.UInt64)))
            self.misfits |= dict(raw.faults)
            self.aside.append(raw.aside)
            self.rows += part.height + (0 if raw.aside is None else raw.aside.height)
            self.watch.expect(self.rows + raw.left - thought)
            self.watch.rows(part.height)
            thought = self.rows + raw.left

    def book(self, files: tuple[Source, ...]) -> Book:
        """Hold every row against the contract."""
        ids, raw = pl.concat(self.ids), self.spill.kept("raw")
        if ids.null_count() == len(ids):
            column = self.fed["account_id"]
            message = f"the column '{column.column}' holds no account id"
            raise DataError(Finding("KR406", message, column.where, "map account_id to the column of the ids"))
        merged, doubled = doubles(ids, self.ids, raw, list(self.fed))
        self.ids.clear()
        if not self._typed(raw, merged, doubled):
            self._examine(raw)
            self._typed(raw, merged, doubled)
        self._check_units()
        self.spill.drop("raw")
        found = Book(
            self.spill.kept("accounts"),
            self.spill.kept("cells"),
            self.spill.kept("faults"),
            self.spill.kept("set_aside"),
            self.spill.kept("refused"),
            replace(self.source, columns={**self.source.columns, **self.fed, **self.rated.columns}),
            files,
            self.rows,
            self.base,
            tuple(name for name, f in self.contract.items() if name not in self.fed and not f.required and not f.beside),
            tuple(name for name in self.source.columns if name not in self.fed),
            tuple((name, count) for name, count in self.rounded.items() if count),
            self.tables,
        )
        check_people(found)
        return found

    def _typed(self, raw: Parts, merged: pl.DataFrame, doubled: pl.Series) -> bool:
        """Hold every part against the contract; False, and nothing kept, where a column may not be as plain as it was read."""
        for number, (part, aside) in enumerate(zip(raw, self.aside, strict=True)):
            self._set_aside(part, merged, aside)
            kept = self._type(_without(part, merged["row"]), doubled)
            if kept is None:
                for table in ("set_aside", "refused", "accounts", "faults", "cells"):
                    self.spill.drop(table)
                self.base, self.rounded, self.bare = 0, {}, {}
                self.watch.expect(sum(raw.sizes[:number]))
                return False
            if kept is part:
                self.spill.share("raw", number, "cells")
            else:
                self.spill.keep("cells", kept)
            self.watch.rows(part.height)
        return True

    def _examine(self, raw: Parts) -> None:
        """Find the convention of every column of texts, over all its cells."""
        kinds = raw.lazy().collect_schema()
        names = [n for n in self.fed if n in self.contract and kinds[n] == pl.String and _has_conventions(self.contract[n])]
        texts_of = {name: raw.lazy().select(pl.col(name).unique(maintain_order=True)).collect()[name] for name in names}
        currency = "" if "currency" in self.fed else self.program.currency
        self.fed |= examine(texts_of, self.contract, {name: self.fed[name] for name in names}, currency)
        self.bases = Bases(self.program, self.fed, self.rates)
        self.examined = True

    def _set_aside(self, cells: pl.DataFrame, merged: pl.DataFrame, told: pl.DataFrame | None) -> None:
        """Keep the rows of one part that are no accounts of their own, with what they bring."""
        found = pl.concat([told_aside(told, self.bases), copies(cells, merged, self.bases)]).sort("row")
        self.base += brought(found["base"])
        self.spill.keep("set_aside", found)

    def _type(self, cells: pl.DataFrame, doubled: pl.Series) -> pl.DataFrame | None:
        """Hold one part against the contract, keep its accounts and the faults, and return the accounts' cells.

        None where a column may be written otherwise than plainly, and nobody has looked at it yet.
        """
        values: dict[str, pl.Series] = {"row": cells["row"]}
        none = pl.Series([None], dtype=pl.String).new_from_index(0, cells.height)
        for name in BUILT_IN:
            values[name] = cells[name] if name in self.fed else none
        faults = [*of_rows(cells, self.fed, self.misfits, doubled), *of_currencies(cells, self.fed, self.rates)]
        ids, beside = cells.select("account_id"), self.beside
        past = ids if beside is None else ids.join(beside, on="account_id", how="left", maintain_order="left")
        past = past if self.seen is None else past.hstack(joined(ids, self.seen))
        for name, contract in self.contract.items():
            if contract.beside and name in past.columns:
                values[name] = past[name]
                continue
            column = self.fed.get(name)
            found = plain(cells[name], contract, column) if column else none
            misfit = found == MISFIT if column and column.written and found.dtype == pl.String else None
            if column and contract.type is Type.MONEY and "currency" in self.fed:
                found = converted(texts(found), cells["currency"], self.rates, contract.decimals)
            values[name], codes, rounded = typed(found, contract, column.unit if column else "")
            plainly = column is None or self.examined or cells.schema[name] != pl.String
            if not plainly and doubtful(codes.drop_nulls().unique(), rounded, contract, self.fed):
                return None
            if misfit is not None and misfit.any():
                codes = pl.select(pl.when(misfit).then(pl.lit("KR429")).otherwise(codes)).to_series()
            self.rounded[name] = self.rounded.get(name, 0) + rounded
            faults += of_cells(cells, contract, column, codes)
            faults += of_absent(cells, contract, column, values[name], codes)
        told = pl.concat(faults).sort("row", "field", maintain_order=True) if faults else pl.DataFrame(schema=FAULTS)
        for name, raw in told.filter(pl.col("code") == "KR426").select("field", "raw").iter_rows():
            self.bare.setdefault(name, raw)
        out = rejected(cells, told, self.bases)
        kept = _without(pl.DataFrame(values), out["row"])
        self.base += brought(kept[self.program.base], out["base"])
        self.spill.keep("refused", out)
        self.spill.keep("accounts", kept)
        self.spill.keep("faults", told)
        return _without(cells, out["row"])

    def _check_units(self) -> None:
        found = []
        for name, raw in sorted(self.bare.items()):
            column = self.source.columns[name]
            message = f"'{name}' is a {self.contract[name].type}, and '{column.column}' holds bare numbers such as {raw}"
            fix = f"write {name}: {{column: {column.column}, unit: percent}} if 12 means 12%, or unit: fraction if 0.12 does"
            found.append(Finding("KR426", message, column.where, fix))
        if found:
            raise DataError(found)


def _has_conventions(contract: Field) -> bool:
    return contract.type.numeric or contract.type is Type.DATE


def _without(table: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Return the table without some rows; the table itself where there are none."""
    return table.filter(~pl.col("row").is_in(rows.implode())) if len(rows) else table


def rates_of(source: AccountsSource, tables: Tables, currency: str) -> PlanRates:
    """Return the plan rates that stand beside the accounts; none but the policy's own currency where there is no table."""
    named = source.tables.get(PLAN_RATES)
    return plan_rates(tables.get(PLAN_RATES), currency, named.shown if named else PLAN_RATES)
