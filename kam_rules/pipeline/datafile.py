"""The data file: which source feeds which field. It maps and holds no policy.

Example:
    accounts:
      file: accounts.csv
      as_of: 2026-06-30
      columns:
        account_id: account_id
        base_revenue: revenue_fy2026
        growth_stated: {column: growth_pct, unit: percent}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from collections.abc import Mapping as Pairs
from fractions import Fraction
from pathlib import Path

from kam_rules.model.amounts import parse_number, parse_percent
from kam_rules.model.book import (
    ADD,
    NONE,
    PARENT_HAS_ALL,
    AccountsSource,
    ColumnMap,
    Controls,
    Layout,
    Rated,
    RollUp,
    TableSource,
)
from kam_rules.model.day import read_day
from kam_rules.model.document import Mapping, Scalar
from kam_rules.model.errors import DataError, Finding, PolicyError, UsageError, Where
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Source
from kam_rules.model.schema import Schema, choice, date, either, integer, listing, number, percent, record, table, text
from kam_rules.model.watch import ZERO
from kam_rules.pipeline.load import excerpts, parse, read_file
from kam_rules.pipeline.shape import check_shape
from kam_rules.sources import readers
from kam_rules.tables import COLUMN, LAYOUT, is_watched, schema, tables
from kam_rules.tables import table as table_

COMBINE = ("median", "mean", "lowest", "highest")
ELSEWHERE = {
    "nominations": "they have a file of their own: kam-rules report define RUN --nominations FILE",
    "hierarchy": "a column of the accounts feeds parent, and roll_up under accounts says how families count",
    "lineage": "it stands beside the actuals: kam-rules year-end RUN ACTUALS",
    "actuals": "it has a file of its own: kam-rules year-end RUN ACTUALS",
    "policy": "it has a file of its own; a command takes the policy first, then the data file",
}
CONTROLS = record(
    "What the ledger of record says that the accounts add up to; a run ends where they do not",
    {
        "accounts": integer("The number of accounts; exact copies of a row count once", 0),
        "base_revenue": number("Their base in the policy's currency, in whole units with decimals"),
        "source": text("Which ledger says so, closed when"),
        "tolerance": percent("The share of the base by which the two may differ; 0% where it is left out"),
    },
    ("source",),
)
ROLL_UP = record(
    "How accounts below a parent count: a family is decided as its ultimate parent, or every account for itself",
    {
        "method": choice("For itself, added to the ultimate parent, or held in the parent's figures already", NONE, ADD, PARENT_HAS_ALL),
        "fields": listing("Amounts that are added up, the base among them; all else stays as the ultimate parent has it", text("A field")),
    },
    ("method",),
)
RATED = record(
    "How the answers of the raters in `ratings` become one",
    {
        "combine": choice("The middle one (of an even number, the mean of the two), the mean, the lowest or the highest", *COMBINE),
        "disagree_from": number("From how many points between the lowest and the highest on they are listed as far apart"),
    },
    ("combine",),
)
ACCOUNTS = record(
    "One row an account",
    {
        "file": text("The path of the file, seen from the data file"),
        **LAYOUT,
        "database": text("Where the query is asked: an address without a password, or the environment variable that holds it"),
        "query": text("The SQL whose rows are the accounts, in place of a file"),
        "as_of": date("The day that the data speaks of"),
        "known_at": date("The day on which the extract was made"),
        "extract": text("The query or report that made the file, by default the query; it stands in the manifest of every run"),
        "columns": table("Which column feeds which field", either("A column", text("The column's name"), COLUMN), least=1),
        "control_totals": CONTROLS,
        "roll_up": ROLL_UP,
        "ratings": RATED,
    },
    ("as_of", "columns"),
)


def data_schema() -> Schema:
    """Return the schema of a data file."""
    beside = {name: schema(name) for name in tables()}
    return record("A data file: which source feeds which field", {"accounts": ACCOUNTS, **beside}, ("accounts",), ELSEWHERE)


def load_data_file(path: Path, shown: str | None = None) -> tuple[AccountsSource, Source]:
    """Return what a data file says.

    Raises:
        DataError: every fault of the file, in the order of its lines; KR011 it is the accounts themselves.
    """
    if path.suffix.removeprefix(".").lower() in readers() and path.is_file():
        fix = f"write a data file that names it: kam-rules data inspect {path} --policy POLICY --as-of DAY --write data.yaml"
        raise DataError(Finding("KR011", "these are the accounts, not the data file", Where(shown or str(path)), fix))
    try:
        text_, source = read_file(path, shown)
        document = parse(text_, source.path)
    except PolicyError as error:
        raise DataError(error.findings) from None
    findings = check_shape(document, data_schema())
    accounts = document.map("accounts")
    if not findings:
        beside = {name: table_source(document.map(name), path) for name in tables() if name in document}
        found = _accounts(accounts, path, beside, findings)
        if found is not None and not findings:
            return found, source
    raise DataError(excerpts(findings, {source.path: text_}))


def _columns(doc: Mapping) -> dict[str, ColumnMap]:
    columns: dict[str, ColumnMap] = {}
    for entry in doc.entries:
        value = entry.value
        if isinstance(value, Scalar):
            columns[entry.key] = ColumnMap(value.text, where=value.where)
        elif isinstance(value, Mapping):
            columns[entry.key] = ColumnMap(
                value.text("column"),
                value.text("unit"),
                value.where,
                value.text("written"),
                _texts(value, "missing"),
                _texts(value, "zero"),
                "i_know" in value,
            )
    return columns


def _texts(doc: Mapping, key: str) -> tuple[str, ...]:
    return tuple(item.text for item in doc.scalars(key)) if key in doc else ()


def _layout(doc: Mapping) -> Layout:
    """Return what a source says of how it lies."""
    return Layout(
        doc.text("encoding"),
        doc.text("separator"),
        int(doc.text("header") or 0),
        doc.text("sheet"),
        fill=_texts(doc, "fill_down"),
        database=doc.text("database"),
        query=doc.text("query"),
    )


def table_source(doc: Mapping, path: Path) -> TableSource:
    """Return where a table comes from, by what the file at `path` says of it."""
    file = doc.scalar("file")
    opened, where = path.parent / doc.text("file"), file.where if file else None
    columns, layout = _columns(doc.map("columns")), _layout(doc)
    return TableSource(str(opened), doc.text("file"), columns, where, layout, doc.text("absent_rows"))


def _accounts(doc: Mapping, path: Path, beside: Pairs[str, TableSource], findings: list[Finding]) -> AccountsSource | None:
    columns = _columns(doc.map("columns"))
    if "account_id" not in columns:
        message = "no column feeds 'account_id'"
        findings.append(Finding("KR404", message, doc.key_where("columns"), "add account_id: with the column of the ids"))
    controls = _controls(doc, findings)
    as_of, known_at = (read_day(doc.scalar(key), findings) for key in ("as_of", "known_at"))
    if as_of is None:
        return None
    file = doc.scalar("file")
    opened, shown = path.parent / doc.text("file"), doc.text("file") or f"query of {doc.text('database')}"
    where, extract = file.where if file else doc.key_where("query"), doc.text("extract") or doc.text("query")
    if ("file" in doc) == ("query" in doc) or ("query" in doc) != ("database" in doc):
        fix = "say file:, or database: and query:"
        findings.append(Finding("KR430", "accounts come from one file, or from one query of a database", doc.where, fix))
    rule = doc.map("roll_up")
    fields = tuple(item.text for item in rule.scalars("fields"))
    roll_up = RollUp(rule.text("method"), fields, doc.key_where("roll_up")) if "roll_up" in doc else None
    told = doc.map("ratings")
    rated = Rated(told.text("combine"), parse_number(told.text("disagree_from"))) if "ratings" in doc else None
    lies = _layout(doc)
    return AccountsSource(str(opened), shown, as_of, columns, known_at, where, beside, controls, extract, roll_up, rated, lies)


def _controls(doc: Mapping, findings: list[Finding]) -> Controls | None:
    if "control_totals" not in doc:
        return None
    told, where = doc.map("control_totals"), doc.key_where("control_totals")
    if "accounts" not in told and "base_revenue" not in told:
        fix = "add accounts: or base_revenue:, as the ledger says"
        findings.append(Finding("KR441", "these control totals hold no total", where, fix))
    accounts, base, tolerance = (told.text(name) for name in ("accounts", "base_revenue", "tolerance"))
    number = int(accounts) if accounts else None
    return Controls(told.text("source"), number, parse_number(base) if base else None, parse_percent(tolerance) or Fraction(0), where)


def for_frame(columns: Pairs[str, str], as_of: dt.date, beside: Pairs[str, Iterable[str]] | None = None) -> AccountsSource:
    """Return the source that frames in Python are: each column feeds the field of its name; ratios are fractions.

    Args:
        columns: the column that feeds each field of the accounts.
        as_of: the day of the accounts.
        beside: the columns of each table beside them.

    Raises:
        UsageError: KR507 there is no such table.
    """
    strange = [name for name in beside or {} if name not in tables()]
    if strange:
        raise UsageError(Finding("KR507", f"there is no table '{strange[0]}'", None, did_you_mean(strange[0], tables())))
    maps = {name: ColumnMap(column, "fraction") for name, column in columns.items()}
    known = {name: {f.name for f in table_(name).FIELDS} for name in beside or {}}
    named = {}
    for name, cells in (beside or {}).items():
        open_ = is_watched(name)
        fed = _plain(c for c in cells if open_ or c in known[name])
        named[name] = TableSource("", name, fed, absent=ZERO if open_ else "")
    return AccountsSource("", "frame", as_of, maps, tables=named)


def _plain(columns: Iterable[str]) -> dict[str, ColumnMap]:
    return {name: ColumnMap(name, "fraction") for name in columns}
