"""Totals that stand in a file: set aside, held against the rows above them, and every difference explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest

from kam_rules.model.book import AccountsSource, Book, ColumnMap, Raw, Why
from kam_rules.model.program import Program
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.read import read_raw
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.totals import totals
from tests.sources.test_intake import CHECKED

DAY = dt.date(2026, 6, 30)


def program() -> Program:
    """Return the starter's program, of which only the base is required here."""
    found = compile_policy(CHECKED, DAY).program
    return replace(found, fields=tuple(f if f.name == found.base else replace(f, required=False) for f in found.fields))


def book(lines: Sequence[tuple[str, str]]) -> Book:
    """Return what a reader makes of ids and revenues, of which lines that begin with Total or Grand are set aside."""
    numbered = [(number, id_, base) for number, (id_, base) in enumerate(lines, start=2)]
    kept = [row for row in numbered if not row[1].startswith(("Total", "Grand"))]
    away = [(row, Why.TOTAL.value, id_, base) for row, id_, base in numbered if id_.startswith(("Total", "Grand"))]
    schema = {"row": pl.Int64, "id": pl.String, "revenue": pl.String}
    aside = pl.DataFrame(away, schema={"row": pl.Int64, "why": pl.String, "text": pl.String, "revenue": pl.String}, orient="row")
    raw = Raw(pl.DataFrame(kept, schema=schema, orient="row"), (), aside, ("id", "revenue"))
    columns = {"account_id": ColumnMap("id"), "base_revenue": ColumnMap("revenue")}
    return read_raw([raw], AccountsSource("", "accounts.csv", DAY, columns), program(), Spill())


def told(lines: Sequence[tuple[str, str]]) -> list[str]:
    """Return what is said of the totals."""
    return [finding.message for finding in totals(book(lines), "base_revenue", 2)]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([("a", "100"), ("b", "200.50"), ("Total", "300.50")], id="a total of all"),
        pytest.param([("a", "1"), ("Total", "1"), ("b", "2"), ("c", "3"), ("Total", "5"), ("Grand total", "6")], id="F07 subtotals"),
        pytest.param([("a", "1"), ("b", "2"), ("Grand Totals (2 records)", "")], id="F06 a number of records"),
        pytest.param([("a", "1"), ("a", "1"), ("Total", "2")], id="a copy is in the total that was made with it"),
        pytest.param([("a", "1"), ("Total", "")], id="a total that says nothing"),
    ],
)
def test_a_total_of_its_rows_is_not_told(lines: Sequence[tuple[str, str]]) -> None:
    found = book(lines)
    assert told(lines) == []
    assert found.rows == len(lines)
    assert found.base == sum(found.table.frame()["base_revenue"]) + sum(found.aside.frame()["base"].drop_nulls())


def test_a_total_that_is_not_the_sum_is_told_with_what_may_explain_it() -> None:
    assert told([("a", "100"), ("a", "100"), ("b", "?"), ("Total", "250")]) == [
        "accounts.csv row 5 says 250.00, and the rows above bring 200.00: 50.00 less; "  # noqa: ISC004 - one sentence
        "no base can be read in 1: row 4, copies among them are 1: row 3"
    ]


def test_a_cent_is_a_difference() -> None:
    (message,) = told([("a", "100"), ("Total", "100.01")])
    assert "0.01 less; every one of them brings a base, and none is a copy" in message


def test_a_number_of_records_that_are_not_there_is_told() -> None:
    (message,) = told([("a", "1"), ("Grand Totals (5,700 records)", "")])
    assert message.startswith("accounts.csv row 3 says 5,700 rows, and 1 stand above it")
