"""The data contract: from the text of a source to exact values; what breaks it is missing or refused, and always listed."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.model.amounts import half_even
from kam_rules.model.book import AccountsSource, Book, ColumnMap
from kam_rules.model.errors import DataError, UsageError
from kam_rules.model.outcome import restore
from kam_rules.model.policy import Policy, Source
from kam_rules.model.tree import Value
from kam_rules.model.types import Type
from kam_rules.pipeline.check import check_text
from kam_rules.pipeline.datafile import for_frame
from kam_rules.pipeline.read import read_raw, read_source
from kam_rules.pipeline.spill import Spill
from kam_rules.sources._contract import typed
from kam_rules.sources._frame import read as read_frame
from tests.generators import data_text, policy_text, run_case, write_case

FIELDS = """
    base_revenue: {type: money, required: true, min: 0}
    points: {type: number}
    health: {type: number, min: 0, max: 100}
    willing: {type: flag}
    headroom: {type: money, min: -100, max: 1000000}
    since: {type: date}
    share: {type: ratio, min: 0%, max: 150%}
    orders: {type: integer}
    stars: {type: rating, scale: [1, 5]}
    tenure: {type: number, decimals: 1}
    kind: {type: category, values: [Retail, Énergie]}
    note: {type: text}
    agreed: {type: ratio}
    must: {type: flag, required: true}
    """
TARGETS = """
    base: {field: base_revenue, basis: opening_arr}
    plausible: [0%, 300%]
    own: agreed
    by_state: {at_risk: {target: 80%}, mature: {target: 110%}}
    zero_base: {lapsed_when: known(since), prospect: none, lapsed: none}
    """
GOOD = {"account_id": "a", "base_revenue": "100", "must": "yes"}


@cache
def policy() -> Policy:
    """Return a policy with a field of every type."""
    return check_text(policy_text(fields=FIELDS, targets=TARGETS), Source("policy.yaml", ""))


def source(path: Path, columns: Sequence[str], unit: str = "percent") -> AccountsSource:
    """Return the source that feeds each field from the column of its name."""
    return AccountsSource(str(path), path.name, dt.date(2026, 1, 31), {name: ColumnMap(name, unit) for name in columns})


def write_csv(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write rows as comma-separated text."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def book(folder: Path, rows: Sequence[Mapping[str, str]], unit: str = "percent") -> Book:
    """Read rows through a file, by a policy that declares the fields that they have."""
    path = write_csv(folder / "accounts.csv", rows)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    program = policy().program
    few = replace(program, fields=tuple(f for f in program.fields if f.name in columns))
    return read_source(source(path, columns, unit), few, Spill())


def exact(found: Book, name: str, account_id: str = "a") -> Value:
    """Return a value of an account in its field's own unit."""
    contract = next(f for f in policy().program.fields if f.name == name)
    value = found.table.frame().filter(pl.col("account_id") == account_id)[name].item()
    return restore(value, contract.type, contract.decimals)


def codes(found: Book) -> list[tuple[int, str, str, bool]]:
    """Return row, field, code and whether it refuses, of every fault."""
    return list(found.faults.frame().select("row", "field", "code", "refused").iter_rows())


def file_codes(
    folder: Path, content: bytes, columns: Sequence[str] = ("account_id", "base_revenue", "must"), name: str = "accounts.csv"
) -> list[str]:
    """Return the codes of the fault that keeps a file from being read."""
    (folder / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_source(source(folder / name, columns), policy().program, Spill())
    return [finding.code for finding in caught.value.findings]


# --- Numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("headroom", "1234.5", "1234.5"),
        ("headroom", "-99.99", "-99.99"),
        ("headroom", "+5", "5"),
        ("headroom", ".5", "0.5"),
        ("headroom", "5.", "5"),
        ("headroom", "007", "7"),
        ("headroom", " 12 ", "12"),
        ("headroom", "1e3", "1000"),
        ("headroom", "1.5E-1", "0.15"),
        ("headroom", "-0", "0"),
        ("points", "0.000001", "0.000001"),
        ("points", "9223372036854.775807", "9223372036854.775807"),
        ("orders", "5.0", "5"),
        ("orders", "-3", "-3"),
        ("tenure", "2.5", "2.5"),
    ],
)
def test_a_number_is_read_exactly(tmp_path: Path, name: str, text: str, value: str) -> None:
    found = book(tmp_path, [GOOD | {name: text}])
    assert exact(found, name) == Fraction(value)
    assert (codes(found), found.rounded) == ([], ())


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        pytest.param("headroom", "0.005", "0", id="half a cent goes to the even cent below"),
        pytest.param("headroom", "0.015", "0.02", id="half a cent goes to the even cent above"),
        pytest.param("headroom", "-0.015", "-0.02", id="negatives alike"),
        pytest.param("headroom", "0.0150001", "0.02", id="over half a cent"),
        pytest.param("points", "0.0000005", "0", id="a number keeps six decimals"),
        pytest.param("points", "1e-300", "0", id="next to nothing is zero"),
        pytest.param("tenure", "2.25", "2.2", id="decimals of its own"),
        pytest.param("orders", "2.5", "2", id="an integer keeps none"),
        pytest.param("share", "12.34565", "0.123456", id="a percent keeps four"),
        pytest.param("stars", "4.5", "4", id="nor does a rating"),
    ],
)
def test_more_decimals_than_a_field_keeps_are_rounded_half_to_even_and_reported(tmp_path: Path, name: str, text: str, value: str) -> None:
    found = book(tmp_path, [GOOD | {name: text}])
    assert exact(found, name) == Fraction(value)
    assert (codes(found), found.rounded) == ([], ((name, 1),))


def test_rounded_cells_are_counted_by_field(tmp_path: Path) -> None:
    rows = [GOOD | {"account_id": str(i), "headroom": "0.001", "points": text} for i, text in enumerate(("1", "1.0000001", "2"))]
    assert book(tmp_path, rows).rounded == (("points", 1), ("headroom", 3))


def test_trailing_zeros_are_no_decimals(tmp_path: Path) -> None:
    assert book(tmp_path, [GOOD | {"headroom": "5.0000000000"}]).rounded == ()


@pytest.mark.parametrize(
    "text",
    ["abc", "1.2M", "5%", ".", "--5", "1_000", "0x10", "1e", "1e5.5", "١٢", "\uff15", "1/2", "-(5)", "12,34,5"],
)
def test_what_is_no_plain_number_is_missing_and_listed(tmp_path: Path, text: str) -> None:
    found = book(tmp_path, [GOOD | {"points": text}])
    assert exact(found, "points") is None
    assert codes(found) == [(2, "points", "KR421", False)]


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "nan",
        "inf",
        "-Infinity",
        "+INF",
        "1e400",
        "-1e99999",
        "9223372036854.775808",
        "9" * 30,
        "9" * 5000,
        "1e" + "9" * 300,
        "0." + "3" * 5000,
    ],
    ids=lambda text: text[:12],
)
def test_nan_infinity_and_overflow_refuse_the_row_in_any_field(tmp_path: Path, text: str) -> None:
    found = book(tmp_path, [GOOD, GOOD | {"account_id": "b", "points": text}])
    assert found.table.frame()["account_id"].to_list() == ["a"]
    assert codes(found) == [(3, "points", "KR414", True)]


def test_zero_with_a_huge_power_is_zero(tmp_path: Path) -> None:
    assert exact(book(tmp_path, [GOOD | {"points": "0e999999999"}]), "points") == 0


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)


@settings(max_examples=60)
@given(st.lists(DECIMALS, min_size=1, max_size=20), st.sampled_from(("points", "tenure")))
def test_any_decimal_is_read_exactly_and_rounded_once(numbers: list[Decimal], name: str) -> None:
    """Whichever way a cell takes through the reader: plain or in powers of ten."""
    contract = next(f for f in policy().program.fields if f.name == name)
    texts = [text for number in numbers for text in (str(number), f"{number:f}") if len(text) <= 400]
    values, faults, rounded = typed(pl.Series(texts, dtype=pl.String), contract, "")
    kept = [half_even(Fraction(text), contract.decimals) for text in texts]
    assert [restore(value, contract.type, contract.decimals) for value in values] == kept
    assert faults.null_count() == len(texts)
    assert rounded == sum(value != Fraction(text) for value, text in zip(kept, texts, strict=True))


# --- Ratios -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [
        pytest.param("percent", "12", "0.12", id="12 is 12%"),
        pytest.param("percent", "0.12", "0.0012", id="0.12 is 0.12%"),
        pytest.param("percent", "12%", "0.12", id="a sign says the same"),
        pytest.param("percent", "1.2e1", "0.12", id="however it is written"),
        pytest.param("percent", "112.3456", "1.123456", id="four decimals of a percent"),
        pytest.param("fraction", "0.12", "0.12", id="0.12 is 12%"),
        pytest.param("fraction", "1", "1", id="1 is 100%"),
        pytest.param("fraction", "12%", "0.12", id="a sign wins over the unit"),
        pytest.param("fraction", "0.000001", "0.000001", id="six decimals"),
        pytest.param("", "12%", "0.12", id="with a sign no unit is needed"),
        pytest.param("", "12 %", "0.12", id="a blank before the sign"),
    ],
)
def test_a_ratio_is_read_in_the_unit_that_the_data_file_says(tmp_path: Path, unit: str, text: str, value: str) -> None:
    found = book(tmp_path, [GOOD | {"share": text}], unit)
    assert exact(found, "share") == Fraction(value)
    assert codes(found) == []


@pytest.mark.parametrize("text", ["12", "0.12", "0", "1e-2"])
def test_a_bare_ratio_without_a_unit_is_a_file_fault(tmp_path: Path, text: str) -> None:
    """12 may be 12% or 1200%: nothing is decided until someone says."""
    with pytest.raises(DataError) as caught:
        book(tmp_path, [GOOD | {"share": "5%"}, GOOD | {"account_id": "b", "share": text}], unit="")
    assert [finding.code for finding in caught.value.findings] == ["KR426"]


@pytest.mark.parametrize("unit", ["percent", "fraction", ""])
@pytest.mark.parametrize(("text", "value"), [("12", "12"), ("1.2e1", "12"), ("12.0000001", "12")])
def test_a_unit_means_nothing_to_what_is_no_ratio(tmp_path: Path, unit: str, text: str, value: str) -> None:
    assert exact(book(tmp_path, [GOOD | {"points": text}], unit), "points") == Fraction(value)


def test_a_blank_ratio_needs_no_unit(tmp_path: Path) -> None:
    assert exact(book(tmp_path, [GOOD | {"share": ""}], unit=""), "share") is None


@pytest.mark.parametrize(("unit", "text"), [("percent", "151"), ("fraction", "12"), ("percent", "-0.0001")])
def test_a_ratio_out_of_contract_is_missing(tmp_path: Path, unit: str, text: str) -> None:
    found = book(tmp_path, [GOOD | {"share": text}], unit)
    assert exact(found, "share") is None
    assert codes(found) == [(2, "share", "KR422", False)]


# --- Limits, blanks, required -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        pytest.param("health", "-0.000001", None, id="just below"),
        pytest.param("health", "0", 0, id="on the lower limit"),
        pytest.param("health", "100", 100, id="on the upper limit"),
        pytest.param("health", "100.000001", None, id="just above"),
        pytest.param("health", "100.0000001", 100, id="rounded first, then held against the limit"),
        pytest.param("headroom", "-100", -100, id="a negative limit"),
        pytest.param("headroom", "-100.01", None, id="below a negative limit"),
        pytest.param("stars", "0", None, id="below the scale"),
        pytest.param("stars", "1", 1, id="the lowest rating"),
        pytest.param("stars", "5", 5, id="the highest rating"),
        pytest.param("stars", "6", None, id="above the scale"),
    ],
)
def test_out_of_contract_in_an_optional_field_is_missing_and_listed(tmp_path: Path, name: str, text: str, value: int | None) -> None:
    found = book(tmp_path, [GOOD | {name: text}])
    assert exact(found, name) == value
    assert codes(found) == ([(2, name, "KR422", False)] if value is None else [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("-0.01", "KR422", id="out of contract"),
        pytest.param("abc", "KR421", id="no number"),
        pytest.param("", "KR413", id="blank"),
        pytest.param("N/A", "KR413", id="not available"),
        pytest.param("NaN", "KR414", id="not a number"),
    ],
)
def test_in_a_required_field_it_refuses_the_row(tmp_path: Path, text: str, code: str) -> None:
    found = book(tmp_path, [GOOD, GOOD | {"account_id": "b", "base_revenue": text}])
    assert found.table.frame()["account_id"].to_list() == ["a"]
    assert (codes(found), found.refused) == ([(3, "base_revenue", code, True)], 1)


@pytest.mark.parametrize("text", ["", " ", "\t", "\u00a0", "N/A", "n/a", "#N/A", " N/A "])
def test_blank_and_not_available_are_missing_in_silence(tmp_path: Path, text: str) -> None:
    """Missing, never zero, never a text; the work list tells of it, not the list of faults."""
    names = ("points", "share", "orders", "willing", "kind", "since", "note", "account_name", "owner")
    found = book(tmp_path, [GOOD | dict.fromkeys(names, text)])
    assert found.table.frame().select(names).row(0) == (None,) * len(names)
    assert codes(found) == []


@pytest.mark.parametrize("text", ["-", "null", "none", "#REF!", "k.A.", "\u2013"])
def test_f15_what_people_and_spreadsheets_write_for_nothing_is_missing_in_a_column_of_figures(tmp_path: Path, text: str) -> None:
    found = book(tmp_path, [GOOD | {"points": text, "note": text}])
    assert (exact(found, "points"), exact(found, "note")) == (None, text)
    assert codes(found) == []


@pytest.mark.parametrize("text", ["0", "TBD", "unknown", "?"])
def test_other_words_for_nothing_are_not_guessed(tmp_path: Path, text: str) -> None:
    found = book(tmp_path, [GOOD | {"points": text}])
    assert exact(found, "points") == (0 if text == "0" else None)
    assert [code for _, _, code, _ in codes(found)] == ([] if text == "0" else ["KR421"])


def test_every_fault_of_a_row_is_listed(tmp_path: Path) -> None:
    found = book(tmp_path, [GOOD | {"points": "x", "health": "101", "since": "soon", "willing": "maybe", "kind": "Shop"}])
    assert sorted(code for _, _, code, _ in codes(found)) == ["KR421", "KR422", "KR423", "KR424", "KR425"]
    assert found.table.height == 1


@pytest.mark.parametrize("limit", ["min: -100000000000000000000000, max: 100000000000000000000000", "min: -9223372036854775808"])
def test_limits_beyond_what_can_be_stored_hold_for_every_value(tmp_path: Path, limit: str) -> None:
    fields = FIELDS.replace("points: {type: number}", f"points: {{type: number, {limit}}}")
    run = run_case(tmp_path, [GOOD | {"points": "9223372036854.775807"}], fields=fields)
    assert run.book.table.frame()["points"].to_list() == [2**63 - 1]


def test_limits_that_no_value_can_meet_leave_none(tmp_path: Path) -> None:
    fields = FIELDS.replace("points: {type: number}", "points: {type: number, min: 100000000000000000000000}")
    run = run_case(tmp_path, [GOOD | {"points": "5"}, GOOD | {"account_id": "b"}], fields=fields)
    assert run.book.table.frame()["points"].to_list() == [None, None]
    assert run.book.faults.frame()["code"].to_list() == ["KR422"]


# --- Flags, categories, dates, text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [(t, True) for t in ("true", "TRUE", "Yes", "yes", "1", "y", "ja", "✓")] + [(f, False) for f in ("false", "No", "0", "N", "nein")],
)
def test_a_flag_is_true_or_false_in_plain_words(tmp_path: Path, text: str, value: bool) -> None:  # noqa: FBT001 - a truth table
    assert exact(book(tmp_path, [GOOD | {"willing": text}]), "willing") is value


@pytest.mark.parametrize("text", ["x", "2", "-1", "true?", "on"])
def test_what_is_neither_yes_nor_no_is_missing_and_listed(tmp_path: Path, text: str) -> None:
    found = book(tmp_path, [GOOD | {"willing": text}])
    assert exact(found, "willing") is None
    assert codes(found) == [(2, "willing", "KR425", False)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Retail", "Retail"),
        (" Retail ", "Retail"),
        ("E\u0301nergie", "Énergie"),
        ("retail", None),
        ("Retail Trade", None),
        ("Energie", None),
    ],
)
def test_a_category_is_one_of_its_words_after_nfc_and_trimming(tmp_path: Path, text: str, value: str | None) -> None:
    """Case counts."""
    found = book(tmp_path, [GOOD | {"kind": text}])
    assert exact(found, "kind") == value
    assert codes(found) == ([] if value else [(2, "kind", "KR424", False)])


@pytest.mark.parametrize(
    "text", ["2024-02-29", "0001-01-01", "9999-12-31", "2024-02-29T00:00:00", "2024-02-29 00:00", "2024-02-29 00:00:00.000000"]
)
def test_a_day_is_year_month_day(tmp_path: Path, text: str) -> None:
    """A time of midnight beside it is how spreadsheets and databases write a day."""
    assert exact(book(tmp_path, [GOOD | {"since": text}]), "since") == dt.date.fromisoformat(text[:10])


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-02-29",
        "0000-01-01",
        "31.02.2026",
        "1/1/26",
        "2026-01-31 12:00",
        "2026-01-31x",
    ],
)
def test_what_is_no_day_is_missing_and_listed(tmp_path: Path, text: str) -> None:
    found = book(tmp_path, [GOOD | {"since": text}])
    assert exact(found, "since") is None
    assert codes(found) == [(2, "since", "KR423", False)]


@pytest.mark.parametrize("text", ["銀行 & Söhne", "=1+1", "a, b", 'said "no"', "two\nlines", "🙂", "0012"])
def test_text_is_kept_as_it_stands(tmp_path: Path, text: str) -> None:
    assert exact(book(tmp_path, [GOOD | {"note": text}]), "note") == text


def test_text_is_composed_and_trimmed(tmp_path: Path) -> None:
    assert exact(book(tmp_path, [GOOD | {"note": "  Zu\u0308rich "}]), "note") == "Zürich"


# --- Rows -------------------------------------------------------------------------------------------------------------


def test_exact_copies_of_a_row_merge_and_are_counted(tmp_path: Path) -> None:
    found = book(tmp_path, [GOOD, GOOD | {"account_id": "b"}, GOOD, GOOD])
    assert (found.table.frame()["account_id"].to_list(), found.table.frame()["row"].to_list()) == (["a", "b"], [2, 3])
    assert (found.rows, found.aside.frame()["of"].to_list(), codes(found)) == (4, [2, 2], [])


@pytest.mark.parametrize("second", ["a", " a "])
def test_one_id_with_two_contents_refuses_both_rows(tmp_path: Path, second: str) -> None:
    found = book(tmp_path, [GOOD, GOOD | {"account_id": "b"}, GOOD | {"account_id": second, "base_revenue": "101"}])
    assert found.table.frame()["account_id"].to_list() == ["b"]
    assert codes(found) == [(2, "account_id", "KR412", True), (4, "account_id", "KR412", True)]


def test_one_id_in_two_spellings_is_one_id(tmp_path: Path) -> None:
    """Composed and decomposed are one text."""
    found = book(tmp_path, [GOOD | {"account_id": "\u00e9"}, GOOD | {"account_id": "e\u0301", "base_revenue": "5"}, GOOD])
    assert found.table.frame()["account_id"].to_list() == ["a"]
    assert [code for _, _, code, _ in codes(found)] == ["KR412", "KR412"]


@pytest.mark.parametrize("other", ["A", "a1", "0a"])
def test_ids_differ_by_case_and_by_every_sign(tmp_path: Path, other: str) -> None:
    assert book(tmp_path, [GOOD, GOOD | {"account_id": other}]).table.frame()["account_id"].to_list() == ["a", other]


@pytest.mark.parametrize("blank", ["", "  ", "N/A"])
def test_a_blank_id_refuses_the_row(tmp_path: Path, blank: str) -> None:
    found = book(tmp_path, [GOOD, GOOD | {"account_id": blank}])
    assert found.table.frame()["account_id"].to_list() == ["a"]
    assert codes(found) == [(3, "account_id", "KR411", True)]


def test_several_blank_ids_are_no_copies_of_one_account(tmp_path: Path) -> None:
    found = book(tmp_path, [GOOD, GOOD | {"account_id": "", "points": "1"}, GOOD | {"account_id": "", "points": "2"}])
    assert codes(found) == [(3, "account_id", "KR411", True), (4, "account_id", "KR411", True)]


@pytest.mark.parametrize(("currency", "refused"), [("USD", False), ("", False), ("EUR", True), ("usd", True), ("US$", True)])
def test_an_amount_in_a_foreign_currency_refuses_the_row(tmp_path: Path, currency: str, refused: bool) -> None:  # noqa: FBT001
    found = book(tmp_path, [GOOD, GOOD | {"account_id": "b", "currency": currency}])
    assert ("b" not in found.table.frame()["account_id"].to_list()) is refused
    assert codes(found) == ([(3, "currency", "KR417", True)] if refused else [])


@pytest.mark.parametrize("line", ["b,100", "b,100,yes,more", "b"])
def test_a_row_that_does_not_fit_the_header_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(f"account_id,base_revenue,must\na,100,yes\n{line}\n", encoding="utf-8")
    found = read_source(source(path, ("account_id", "base_revenue", "must")), policy().program, Spill())
    assert found.table.frame()["account_id"].to_list() == ["a"]
    assert (3, "", "KR407", True) in codes(found)


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    """The header is row 1; blank rows and line breaks inside a cell do not shift the count."""
    path = tmp_path / "accounts.csv"
    path.write_text('account_id,base_revenue,must,note\na,1,yes,"two\nlines"\n\n,,,\nb,2,yes,\n', encoding="utf-8")
    found = read_source(source(path, ("account_id", "base_revenue", "must", "note")), policy().program, Spill())
    assert (found.table.frame()["row"].to_list(), found.rows, found.aside.frame()["row"].to_list()) == ([2, 5], 4, [3, 4])


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes("\ufeffaccount_id,base_revenue,must\r\na,1,yes\r\n".encode())
    assert read_source(source(path, ("account_id", "base_revenue", "must")), policy().program, Spill()).table.frame()[
        "account_id"
    ].to_list() == ["a"]


def test_fields_without_a_column_are_missing_for_all_and_said_once(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "accounts.csv", [GOOD])
    found = read_source(source(path, list(GOOD)), policy().program, Spill())
    assert "points" in found.unfed
    assert "base_revenue" not in found.unfed
    assert found.table.frame()["points"].to_list() == [None]


def test_a_column_that_the_policy_does_not_read_is_named(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "accounts.csv", [GOOD | {"shoe_size": "44"}])
    found = read_source(source(path, ("account_id", "base_revenue", "must", "shoe_size")), policy().program, Spill())
    assert found.unread == ("shoe_size",)


def test_a_book_of_refused_rows_alone_is_read_and_decides_nobody(tmp_path: Path) -> None:
    run = run_case(tmp_path, [{"account_id": "a", "base_revenue": "-1", "points": "5"}])
    assert (run.table.height, run.book.refused) == (0, 1)


# --- Files ------------------------------------------------------------------------------------------------------------

HEADER = b"account_id,base_revenue,must\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "KR403", id="empty"),
        pytest.param(b"\n", "KR403", id="an empty line"),
        pytest.param(b"\xef\xbb\xbf", "KR403", id="a byte order mark alone"),
        pytest.param(HEADER, "KR403", id="a header without rows"),
        pytest.param(HEADER + b",,\n \n", "KR403", id="blank rows only"),
        pytest.param(HEADER + b",1,yes\n,2,yes\n", "KR406", id="no row has an id"),
        pytest.param(b"account_id,must,must,base_revenue\na,1,2,3\n", "KR405", id="two columns share a name"),
        pytest.param(b"account_id,must,base_revenue,row\na,yes,3,1\n", "KR405", id="a column called row"),
        pytest.param(HEADER + "Zürich,1,yes\n".encode("cp1252") + "Zürich,2,yes\n".encode(), "KR409", id="two encodings"),
        pytest.param(HEADER + b'"a,1,yes\n', "KR402", id="a quote that never ends"),
    ],
)
def test_a_file_fault_decides_nothing(tmp_path: Path, content: bytes, code: str) -> None:
    assert file_codes(tmp_path, content) == [code]


def test_a_missing_column_is_a_file_fault_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_bytes(b"account_id,base_revenu,must\na,1,yes\n")
    with pytest.raises(DataError) as caught:
        read_source(source(tmp_path / "accounts.csv", ("account_id", "base_revenue", "must")), policy().program, Spill())
    (finding,) = caught.value.findings
    assert finding.code == "KR404"
    assert "base_revenu'" in finding.fix


@pytest.mark.parametrize("columns", [("account_id", "must"), ("base_revenue", "must")], ids=["a required field", "the id"])
def test_a_required_field_that_no_column_feeds_is_a_file_fault(tmp_path: Path, columns: tuple[str, ...]) -> None:
    assert file_codes(tmp_path, HEADER + b"a,1,yes\n", columns) == ["KR404"]


def test_all_missing_columns_are_told_at_once(tmp_path: Path) -> None:
    assert file_codes(tmp_path, b"id,x\na,1\n") == ["KR404", "KR404", "KR404"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        pytest.param("accounts.xlsx", b"PK", "KR402", id="a kind that is not read"),
        pytest.param("accounts.parquet", b"account_id\na\n", "KR402", id="no Parquet inside"),
        pytest.param("accounts.parquet", b"", "KR402", id="an empty Parquet file"),
    ],
)
def test_what_cannot_be_read_as_its_kind_is_a_file_fault(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    assert file_codes(tmp_path, content, name=name) == [code]


@pytest.mark.parametrize("name", ["nowhere.csv", "nowhere.parquet", "folder.csv", "folder.parquet"])
def test_a_file_that_cannot_be_opened_is_a_file_fault(tmp_path: Path, name: str) -> None:
    for folder in ("folder.csv", "folder.parquet"):
        (tmp_path / folder).mkdir()
    with pytest.raises(DataError) as caught:
        read_source(source(tmp_path / name, ("account_id",)), policy().program, Spill())
    assert [finding.code for finding in caught.value.findings] == ["KR401"]


def test_the_data_file_feeds_an_id_or_is_refused(tmp_path: Path) -> None:
    policy_path, data = write_case(tmp_path, [GOOD], fields=FIELDS)
    data.write_text(data_text(["base_revenue", "must"], ""), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        engine.run(policy_path, data)
    assert [finding.code for finding in caught.value.findings] == ["KR404"]


# --- Parquet ----------------------------------------------------------------------------------------------------------

TYPED = pl.DataFrame(
    {
        "account_id": ["a", "b", "c"],
        "base_revenue": [0.1, 1e6, 1234567.89],
        "must": [True, True, False],
        "points": [1, None, -3],
        "health": [99.9, None, 1e-7],
        "headroom": pl.Series(["1.50", None, "2.25"]).cast(pl.Decimal(12, 2)),
        "since": [dt.date(2026, 1, 31), None, dt.date(2024, 2, 29)],
        "share": [12.5, None, 0.07],
        "kind": pl.Series(["Retail", None, "Énergie"], dtype=pl.Categorical),
        "note": ["x", None, "銀行"],
    }
)
TEXTS = [
    {"account_id": "a", "base_revenue": "0.1", "must": "true", "points": "1", "health": "99.9", "headroom": "1.50", "since": "2026-01-31",
     "share": "12.5", "kind": "Retail", "note": "x"},
    {"account_id": "b", "base_revenue": "1000000", "must": "true"},
    {"account_id": "c", "base_revenue": "1234567.89", "must": "false", "points": "-3", "health": "0.0000001", "headroom": "2.25",
     "since": "2024-02-29", "share": "0.07", "kind": "Énergie", "note": "銀行"},
]  # fmt: skip


def parquet(folder: Path, table: pl.DataFrame) -> Book:
    """Read a table through a Parquet file."""
    table.write_parquet(folder / "accounts.parquet")
    return read_source(source(folder / "accounts.parquet", table.columns), policy().program, Spill())


def test_csv_and_parquet_of_the_same_data_give_the_same_values(tmp_path: Path) -> None:
    one, other = book(tmp_path, TEXTS), parquet(tmp_path, TYPED)
    assert one.table.frame().equals(other.table.frame().select(one.table.frame().columns))
    assert (codes(one), one.rounded) == (codes(other), other.rounded) == ([], (("health", 1),))


@settings(max_examples=30)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, min_value=-9e12, max_value=9e12), min_size=1, max_size=60))
def test_a_double_in_parquet_is_read_as_its_shortest_decimal(tmp_path_factory: pytest.TempPathFactory, numbers: list[float]) -> None:
    """0.1 is a tenth, not the binary fraction next to it."""
    folder = tmp_path_factory.mktemp("doubles")
    table = pl.DataFrame({"account_id": [str(i) for i in range(len(numbers))], "base_revenue": 1, "must": True, "points": numbers})
    found = parquet(folder, table)
    assert found.table.frame()["points"].to_list() == [int(half_even(Fraction(repr(n)), 6) * 10**6) for n in numbers]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e300])
def test_nan_and_infinity_in_parquet_refuse_the_row(tmp_path: Path, value: float) -> None:
    table = pl.DataFrame({"account_id": ["a", "b"], "base_revenue": [1, 2], "must": True, "points": [1.0, value]})
    assert codes(parquet(tmp_path, table)) == [(3, "points", "KR414", True)]


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [("note", [["a"], ["b"]], "KR402"), ("note", [b"a", b"\xff"], "KR402"), ("row", [1, 2], "KR405")],
    ids=["lists", "bytes that are no text", "a column called row"],
)
def test_a_parquet_column_without_texts_is_a_file_fault(tmp_path: Path, column: str, values: list[object], code: str) -> None:
    table = pl.DataFrame({"account_id": ["a", "b"], "base_revenue": [1, 2], "must": True, column: values})
    with pytest.raises(DataError) as caught:
        parquet(tmp_path, table)
    assert [finding.code for finding in caught.value.findings] == [code]


def test_a_file_name_is_no_pattern(tmp_path: Path) -> None:
    """A browser names a second download `accounts[1]`."""
    TYPED.write_parquet(tmp_path / "accounts[1].parquet")
    found = read_source(source(tmp_path / "accounts[1].parquet", TYPED.columns), policy().program, Spill())
    assert found.table.height == 3


def test_a_parquet_file_without_rows_is_a_file_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        parquet(tmp_path, TYPED.clear())
    assert [finding.code for finding in caught.value.findings] == ["KR403"]


# --- Frames -----------------------------------------------------------------------------------------------------------


def frame(table: pd.DataFrame) -> Book:
    """Read a pandas frame; its ratios are fractions."""
    columns = {str(name): str(name) for name in table.columns}
    return read_raw([read_frame(table, "frame")], for_frame(columns, dt.date(2026, 1, 31)), policy().program, Spill())


def pandas_frame(**columns: object) -> pd.DataFrame:
    """Return two accounts, the second with what the columns hold there."""
    return pd.DataFrame({"account_id": ["a", "b"], "base_revenue": [100, 200], "must": [True, True], **columns})


@pytest.mark.parametrize(
    ("name", "values", "first"),
    [
        pytest.param("points", [1.5, float("nan")], Fraction(3, 2), id="NaN among doubles"),
        pytest.param("points", [Fraction(1), None], Fraction(1), id="None among objects"),
        pytest.param("orders", pd.array([7, None], dtype="Int64"), Fraction(7), id="NA among integers"),
        pytest.param("orders", [7.0, float("nan")], Fraction(7), id="integers that became doubles"),
        pytest.param("since", pd.Series([pd.Timestamp("2026-01-31"), pd.NaT]), dt.date(2026, 1, 31), id="NaT among timestamps"),
        pytest.param("since", [dt.date(2026, 1, 31), None], dt.date(2026, 1, 31), id="None among days"),
        pytest.param("willing", [True, None], True, id="None among flags"),
        pytest.param("willing", pd.array([False, None], dtype="boolean"), False, id="NA among flags"),
        pytest.param("note", ["x", float("nan")], "x", id="NaN among texts"),
        pytest.param("note", pd.array(["x", None], dtype="string"), "x", id="NA among texts"),
        pytest.param("kind", pd.Categorical(["Retail", None]), "Retail", id="NaN among categories"),
        pytest.param("share", [0.07, float("nan")], Fraction(7, 100), id="a ratio is a fraction"),
    ],
)
def test_nan_nat_na_and_none_are_how_a_frame_writes_missing(name: str, values: object, first: Value) -> None:
    found = frame(pandas_frame(**{name: values}))
    assert (exact(found, name, "a"), exact(found, name, "b")) == (first, None)
    assert codes(found) == []


def test_infinity_in_a_frame_refuses_the_row() -> None:
    found = frame(pandas_frame(points=[1.0, float("inf")]))
    assert codes(found) == [(3, "points", "KR414", True)]


@pytest.mark.parametrize(
    "names", [["account_id", "must", "must"], ["account_id", "must", "row"]], ids=["one name twice", "a column called row"]
)
def test_a_frame_with_a_column_name_that_cannot_stand_is_refused(names: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        frame(pd.DataFrame([["a", True, True]], columns=names))
    assert [finding.code for finding in caught.value.findings] == ["KR405"]


def test_a_frame_and_a_file_of_the_same_data_are_decided_alike(tmp_path: Path) -> None:
    rows = [{"account_id": id_, "base_revenue": "100.5", "points": points, "health": "60"} for id_, points in (("a", "70"), ("b", ""))]
    by_file = run_case(tmp_path, rows)
    table = pd.DataFrame({"account_id": ["a", "b"], "base_revenue": 100.5, "points": [70, float("nan")], "health": 60})
    by_frame = engine.run(tmp_path / "policy.yaml", table, as_of=dt.date(2026, 1, 31))
    assert by_frame.table.frame().equals(by_file.table.frame())


def test_a_frame_does_not_say_its_day() -> None:
    with pytest.raises(UsageError) as caught:
        engine.run(policy(), pandas_frame())
    assert [finding.code for finding in caught.value.findings] == ["KR507"]


# --- Money in other currencies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "text", "value", "rounded"),
    [
        ("JPY", "100", "100", 0),
        ("JPY", "100.5", "100", 1),
        ("KWD", "0.001", "0.001", 0),
        ("EUR", "0.005", "0", 1),
        ("EUR", "0.01", "0.01", 0),
    ],
)
def test_money_keeps_the_decimals_of_its_currency(tmp_path: Path, currency: str, text: str, value: str, rounded: int) -> None:
    run = run_case(tmp_path, [{"account_id": "a", "base_revenue": text, "points": "5"}], currency=currency)
    contract = next(f for f in run.ready.program.fields if f.name == "base_revenue")
    assert contract.type is Type.MONEY
    assert restore(run.book.table.frame()["base_revenue"].item(), Type.MONEY, contract.decimals) == Fraction(value)
    assert sum(count for _, count in run.book.rounded) == rounded
