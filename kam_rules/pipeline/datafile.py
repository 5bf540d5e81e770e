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
from collections.abc import Mapping as Pairs
from pathlib import Path

from kam_rules.model.book import AccountsSource, ColumnMap
from kam_rules.model.document import Mapping, Scalar
from kam_rules.model.errors import DataError, Finding, PolicyError
from kam_rules.model.policy import Source
from kam_rules.model.schema import Schema, choice, date, either, record, table, text
from kam_rules.pipeline.load import excerpts, parse, read_file
from kam_rules.pipeline.shape import check_shape

LATER = "only accounts are read so far"
NOT_YET = dict.fromkeys(
    ("reps", "quarters", "events", "ratings", "history", "actuals", "plan_rates", "nominations", "hierarchy", "lineage"), LATER
)
COLUMN = record(
    "A column and how it is read",
    {
        "column": text("The column's name in the source"),
        "unit": choice("How bare numbers of a ratio are meant: 12 is 12% or 1200%", "percent", "fraction"),
    },
    ("column",),
)
ACCOUNTS = record(
    "One row an account",
    {
        "file": text("The path of the file, seen from the data file"),
        "as_of": date("The day that the data speaks of"),
        "known_at": date("The day on which the extract was made"),
        "columns": table("Which column feeds which field", either("A column", text("The column's name"), COLUMN), least=1),
    },
    ("file", "as_of", "columns"),
    {
        "control_totals": "totals are not yet compared with the ledger of record",
        "conventions": "files are UTF-8, comma-separated, with plain decimals and ISO dates",
        "sheet": "CSV and Parquet are read so far",
        "query": "CSV and Parquet are read so far",
    },
)


def data_schema() -> Schema:
    """Return the schema of a data file."""
    return record("A data file: which source feeds which field", {"accounts": ACCOUNTS}, ("accounts",), NOT_YET)


def load_data_file(path: Path, shown: str | None = None) -> tuple[AccountsSource, Source]:
    """Return what a data file says.

    Raises:
        DataError: every fault of the file, in the order of its lines.
    """
    try:
        text_, source = read_file(path, shown)
        document = parse(text_, source.path)
    except PolicyError as error:
        raise DataError(error.findings) from None
    findings = check_shape(document, data_schema())
    accounts = document.map("accounts")
    if not findings:
        found = _accounts(accounts, path, findings)
        if found is not None and not findings:
            return found, source
    raise DataError(excerpts(findings, {source.path: text_}))


def _accounts(doc: Mapping, path: Path, findings: list[Finding]) -> AccountsSource | None:
    columns: dict[str, ColumnMap] = {}
    for entry in doc.map("columns").entries:
        value = entry.value
        if isinstance(value, Scalar):
            columns[entry.key] = ColumnMap(value.text, where=value.where)
        elif isinstance(value, Mapping):
            columns[entry.key] = ColumnMap(value.text("column"), value.text("unit"), value.where)
    if "account_id" not in columns:
        message = "no column feeds 'account_id'"
        findings.append(Finding("KR404", message, doc.key_where("columns"), "add account_id: with the column of the ids"))
    as_of, known_at = _day(doc, "as_of", findings), _day(doc, "known_at", findings)
    if as_of is None:
        return None
    file = doc.scalar("file")
    opened = path.parent / doc.text("file")
    return AccountsSource(str(opened), doc.text("file"), as_of, columns, known_at, file.where if file else None)


def _day(doc: Mapping, key: str, findings: list[Finding]) -> dt.date | None:
    scalar = doc.scalar(key)
    if scalar is None:
        return None
    try:
        return dt.date.fromisoformat(scalar.text)
    except ValueError:
        findings.append(Finding("KR105", f"{scalar.text} is not in the calendar", scalar.where, "check month and day"))
        return None


def for_frame(columns: Pairs[str, str], as_of: dt.date) -> AccountsSource:
    """Return the source that a frame in Python is: each column feeds the field of its name; ratios are fractions."""
    maps = {name: ColumnMap(column, "fraction") for name, column in columns.items()}
    return AccountsSource("", "frame", as_of, maps)


