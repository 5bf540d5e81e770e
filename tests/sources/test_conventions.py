"""Conventions are decided per column, never per cell; what can be meant in two ways is asked (faults F15, F16, F18, F22)."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_rules.model.book import Book, ColumnMap
from kam_rules.model.errors import DataError
from kam_rules.model.tree import Value
from kam_rules.model.types import Field, Type
from kam_rules.pipeline import read
from kam_rules.pipeline.conventions import examine
from kam_rules.pipeline.read import read_source
from kam_rules.pipeline.spill import Spill
from kam_rules.sources import _csv_loose, csv_
from kam_rules.sources._conventions import COMMA, POINT, days, numbers
from tests.sources.test_contract import GOOD, codes, exact, policy, source, write_csv


def column(folder: Path, cells: list[str], name: str = "headroom", **how: Any) -> Book:
    """Return the accounts of a file in which one column holds these cells."""
    path = write_csv(folder / "accounts.csv", [{**GOOD, "account_id": f"a{i}", name: cell} for i, cell in enumerate(cells)])
    program = policy().program
    few = replace(program, fields=tuple(f for f in program.fields if f.name in {*GOOD, name}))
    mapped = source(path, [*GOOD, name], "")
    columns = {**mapped.columns, name: ColumnMap(name, **how)}
    return read_source(replace(mapped, columns=columns), few, Spill())


def values_of(found: Book, name: str, count: int) -> list[Value]:
    """Return the values of a field in the order of the rows."""
    return [exact(found, name, f"a{i}") for i in range(count)]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        pytest.param(["$1,234.50", "($60.45)", "-$5.00", "$ 7"], ["1234.5", "-60.45", "-5", "7"], id="as Salesforce reports write"),
        pytest.param(["1.234,50 €", "12,00 €", "1.200,00- €"], None, id="a euro under a policy in dollars"),
        pytest.param(["1.234,50", "60,10-", "-8,70", "9.999"], ["1234.5", "-60.1", "-8.7", "9999"], id="as German exports write"),
        pytest.param(["1 234,50", "99\u00a0999,99"], ["1234.5", "99999.99"], id="thousands after a blank that does not break"),
        pytest.param(["1'234.50", "12"], ["1234.5", "12"], id="as Swiss exports write"),
        pytest.param(["USD 1,200", "1,000,000"], ["1200", "1000000"], id="the code of the currency"),
        pytest.param(["(60.00)", "1,003.5"], ["-60", "1003.5"], id="brackets are a minus"),
        pytest.param(["-", "n/a", "#N/A", "k.A.", "1,5", "2.000,1"], [None, None, None, None, "1.5", "2000.1"], id="F15: placeholders"),
    ],
)
def test_f16_a_column_of_amounts_is_read_as_it_is_written(tmp_path: Path, cells: list[str], values: list[str | None] | None) -> None:
    if values is None:
        with pytest.raises(DataError) as caught:
            column(tmp_path, cells)
        assert [finding.code for finding in caught.value.findings] == ["KR428"]
        return
    found = column(tmp_path, cells)
    assert values_of(found, "headroom", len(cells)) == [None if v is None else Fraction(v) for v in values]


def test_a_cell_that_does_not_fit_its_column_is_missing_and_never_read_otherwise(tmp_path: Path) -> None:
    found = column(tmp_path, ["1.234,50", "7,25", "12.50", "8"])
    assert values_of(found, "headroom", 4) == [Fraction("1234.5"), Fraction("7.25"), None, Fraction(8)]
    assert codes(found) == [(4, "headroom", "KR429", False)]


def test_thousands_or_decimals_are_asked_where_no_cell_settles_it(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        column(tmp_path, ["1.234", "12.500"])
    assert caught.value.findings[0].code == "KR427"
    assert "written: '1.234,50'" in str(caught.value.findings[0].fix)


@pytest.mark.parametrize(("written", "value"), [(COMMA, "1234"), (POINT, "1.23")])
def test_the_answer_stands_in_the_data_file(tmp_path: Path, written: str, value: str) -> None:
    assert values_of(column(tmp_path, ["1.234", "12.500"], written=written), "headroom", 1)[0] == Fraction(value)


def test_one_cell_settles_the_column(tmp_path: Path) -> None:
    assert values_of(column(tmp_path, ["1.234", "12,5"]), "headroom", 1)[0] == 1234


def test_a_dash_is_nought_only_where_the_data_file_says_so(tmp_path: Path) -> None:
    assert values_of(column(tmp_path, ["-", "$5.00"]), "headroom", 1)[0] is None
    assert values_of(column(tmp_path, ["-", "$5.00"], zero=("-",)), "headroom", 1)[0] == 0


@pytest.mark.parametrize(
    ("cells", "day"),
    [
        pytest.param(["31.01.2026", "1.2.2026"], "2026-01-31", id="day.month.year"),
        pytest.param(["1/31/2026", "2/1/2026"], "2026-01-31", id="a day past the 12th settles it"),
        pytest.param(["31/01/2026", "01/02/2026"], "2026-01-31", id="day first"),
        pytest.param(["46053", "46054"], "2026-01-31", id="F18: as Excel counts days"),
        pytest.param(["20260131"], "2026-01-31", id="without marks"),
    ],
)
def test_f18_days_are_read_as_the_column_writes_them(tmp_path: Path, cells: list[str], day: str) -> None:
    assert str(values_of(column(tmp_path, cells, "since"), "since", 1)[0]) == day


def test_f18_day_and_month_are_asked_where_no_cell_settles_them(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        column(tmp_path, ["03/04/2026", "05/06/2026"], "since")
    assert [finding.code for finding in caught.value.findings] == ["KR427"]
    found = column(tmp_path, ["03/04/2026", "05/06/2026"], "since", written="day/month/year")
    assert str(values_of(found, "since", 1)[0]) == "2026-04-03"


def test_f18_the_same_day_and_month_needs_no_question(tmp_path: Path) -> None:
    assert str(values_of(column(tmp_path, ["04/04/2026"], "since"), "since", 1)[0]) == "2026-04-04"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from([POINT, COMMA]), st.integers(0, 4))
def test_a_number_written_by_a_convention_is_read_back_exactly(value: Decimal, written: str, style: int) -> None:
    """Whatever the style of the minus and the sign of the currency."""
    amount = Fraction(value)
    cents = abs(int(amount * 100))
    text = f"{cents // 100:,}.{cents % 100:02}"
    text = text if written == POINT else text.translate(str.maketrans(",.", ".,"))
    minus = [f"-{text}", f"({text})", f"{text}-", f"-${text}", f"(${text})"][style] if amount < 0 else text
    assert Fraction(numbers(pl.Series([minus]), written)[0]) == amount


@given(st.dates(), st.sampled_from(["%d.%m.%Y", "%m/%d/%Y", "%d-%m-%Y"]))
def test_a_day_written_by_a_convention_is_read_back(day: object, form: str) -> None:
    written = {"%d.%m.%Y": "day.month.year", "%m/%d/%Y": "month/day/year", "%d-%m-%Y": "day-month-year"}[form]
    year, month, date = str(day).split("-")
    text = form.replace("%d", date).replace("%m", month).replace("%Y", year)
    assert days(pl.Series([text]), written)[0] == str(day)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_no_text_breaks_the_search_for_a_convention(cells: list[str]) -> None:
    """Every text is read, asked about or left to the contract; none is dropped."""
    for kind in (Type.MONEY, Type.DATE):
        texts = pl.Series("x", cells)
        try:
            found = examine({"x": texts}, {"x": Field("x", kind)}, {"x": ColumnMap("x")}, "USD")
            told = set(found)
        except DataError as error:
            told = {finding.code for finding in error.findings}
        assert told == {"x"} or told <= {"KR427", "KR428"}


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8"), (";", "cp1252")])
def test_a_convention_that_shows_late_holds_from_the_first_row_in_parts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, separator: str, encoding: str
) -> None:
    """Plain at first, with thousands marks at the end: the same accounts, whether held at once or in parts that wait in files."""
    amounts = [f"{i}.50" if i < 600 else f"$1,{i % 900 + 100}.25" for i in range(900)]
    rows = [[f"a{i}", "100", "yes", amount] for i, amount in enumerate(amounts)]
    with (tmp_path / "accounts.csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows([[*GOOD, "headroom"], *rows, ["Grand Total", "", "", ""]])
    program = policy().program
    few = replace(program, fields=tuple(f for f in program.fields if f.name in {*GOOD, "headroom"}))
    told = source(tmp_path / "accounts.csv", [*GOOD, "headroom"], "")
    at_once = read_source(told, few, Spill())
    monkeypatch.setattr(csv_, "BLOCK", 2**11)
    monkeypatch.setattr(_csv_loose, "PART", 50)
    monkeypatch.setattr(read, "EASY", 1)
    in_parts = read_source(told, few, Spill())
    assert len(in_parts.table.items) > 1
    assert in_parts.table.frame().equals(at_once.table.frame())
    assert (in_parts.base, in_parts.rows, in_parts.aside.height) == (at_once.base, 901, 1)
    assert exact(in_parts, "headroom", "a700") == Fraction("1800.25")
