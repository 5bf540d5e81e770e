"""Files as they are exported: each is read whole, or refused with its place; no row is dropped in silence (F01 to F09, F29)."""

from __future__ import annotations

import sqlite3
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from kam_rules.model.book import Layout, Raw, Why
from kam_rules.model.errors import DataError
from kam_rules.pipeline.read import read_source
from kam_rules.pipeline.spill import Spill
from kam_rules.sources import csv_, read_whole, xlsx
from tests.sources.test_contract import file_codes, policy, source

HEADER = ["id", "name", "revenue"]
ROWS = [["A-1", "Zürich Räder", "1200"], ["A-2", "Two", "30"]]


def read(folder: Path, content: bytes, layout: Layout = Layout(key="id"), name: str = "a.csv") -> Raw:  # noqa: B008 - frozen
    """Return the rows of a file of these bytes."""
    (folder / name).write_bytes(content)
    return read_whole(folder / name, name, None, HEADER, layout)


def cells(found: Raw) -> list[list[str]]:
    """Return the accounts of a file, row numbers left out."""
    return [list(row) for row in found.table.select(HEADER).iter_rows()]


def aside(found: Raw) -> list[tuple[int, str]]:
    """Return the rows set aside, each with why."""
    return [] if found.aside is None else list(found.aside.select("row", "why").iter_rows())


def text(separator: str = ",", end: str = "\r\n") -> str:
    """Return the table as delimited text."""
    return end.join(separator.join(row) for row in [HEADER, *ROWS]) + end


@pytest.mark.parametrize(
    ("content", "encoding", "separator"),
    [
        pytest.param(text().encode(), "UTF-8", "comma", id="UTF-8"),
        pytest.param(text().encode("utf-8-sig"), "UTF-8-SIG", "comma", id="F01: a mark at the start"),
        pytest.param(text("\t").encode("utf-16"), "UTF-16", "tab", id="F02: UTF-16 and tabs"),
        pytest.param(text("\t").encode("utf-16-be"), "UTF-16-BE", "tab", id="F02: UTF-16 without a mark"),
        pytest.param(text(";").encode("cp1252"), "CP1252", "semicolon", id="F03: the encoding of Windows, F05: semicolons"),
        pytest.param(("sep=;\r\n" + text(";")).encode(), "UTF-8", "semicolon", id="F05: the first line names the separator"),
        pytest.param(text("|").encode(), "UTF-8", "bar", id="bars"),
    ],
)
def test_the_encoding_and_the_separator_are_found_and_told(tmp_path: Path, content: bytes, encoding: str, separator: str) -> None:
    found = read(tmp_path, content)
    assert cells(found) == ROWS
    assert {("encoding", encoding), ("separator", separator)} <= set(found.told)


def test_f04_a_line_break_in_a_quoted_cell_is_part_of_it(tmp_path: Path) -> None:
    found = read(tmp_path, b'"id","name","revenue"\n"A-1","First Street\n12","5"\n"A-2","x","6"\n')
    assert cells(found) == [["A-1", "First Street\n12", "5"], ["A-2", "x", "6"]]


def test_f06_f07_what_report_writers_put_under_a_table_is_set_aside_with_its_reason(tmp_path: Path) -> None:
    footer = b'Grand Totals (2 records),,1230\n\n"Copyright (c) 2000-2026 Example, inc. All rights reserved."\nConfidential Information\n'
    found = read(tmp_path, text(end="\n").encode() + footer)
    assert cells(found) == ROWS
    assert aside(found) == [(4, Why.TOTAL), (5, Why.BLANK), (6, Why.FOOTER), (7, Why.FOOTER)]
    assert found.aside is not None
    assert found.aside.filter(why="total")["revenue"].to_list() == ["1230"]


@pytest.mark.parametrize("name", ["Total Wine", "Total"])
def test_f07_an_account_with_an_id_is_no_total_whatever_its_name(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, f"name,id,revenue\n{name},A-1,5\nTotal,,5\n".encode())
    assert (found.table["id"].to_list(), aside(found)) == (["A-1"], [(3, Why.TOTAL)])


def test_f08_lines_above_the_header_are_passed_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, b"Key accounts FY2026,,\nAs of 2026-06-30,,\n,,\n" + text(end="\n").encode())
    assert (cells(found), found.table["row"].to_list()) == (ROWS, [5, 6])
    assert dict(found.told)["above the header"] == "Key accounts FY2026 / As of 2026-06-30"


def test_f09_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    assert file_codes(tmp_path, b"account_id;must;must;base_revenue\na;1;2;3\n") == ["KR405"]


def test_f29_blank_columns_behind_the_last_are_none(tmp_path: Path) -> None:
    found = read(tmp_path, b"id,name,revenue,,\nA-1,One,5,,\nA-2,Two,6,,stray\n,,,,\n")
    assert (cells(found), found.faults) == ([["A-1", "One", "5"], ["A-2", "Two", "6"]], ((3, "5 cells under 3 columns"),))
    assert aside(found) == [(4, Why.BLANK)]


def test_a_territory_called_na_is_a_territory(tmp_path: Path) -> None:
    assert cells(read(tmp_path, b"id;name;revenue\nA-1;NA;5\n")) == [["A-1", "NA", "5"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("id,name\nA-1,Zürich\n".encode("cp1252") + "A-2,Zürich\n".encode(), "KR409", id="two encodings"),
        pytest.param(b"A-1,250000,2026-01-31\nA-2,90000,2026-03-15\n", "KR410", id="no header"),
        pytest.param(b'id;name\nA-1;"One\nA-2;Two\n', "KR402", id="a file that ends inside a quote"),
        pytest.param(b"id;name\nA-1;x\0y\n", "KR402", id="a NUL byte"),
        pytest.param("id\tname\nA-1\tx\n".encode("utf-16")[:-1], "KR402", id="a file that ends inside a letter"),
        pytest.param(b"id;name\nA-1;" + b"x" * (2**24 + 1), "KR402", id="a line without an end"),
        pytest.param(b"id,name\nA-1,a\n" + b"x" * (2**26 + 1), "KR402", id="a line without an end, of a plain file"),
        pytest.param(b"\xff\xfe", "KR403", id="a mark and nothing else"),
    ],
)
def test_what_cannot_be_read_whole_is_refused_with_its_place(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, content)
    assert [(finding.code, finding.where is not None) for finding in caught.value.findings] == [(code, True)]


def test_a_file_cut_in_the_middle_of_a_row_refuses_that_row(tmp_path: Path) -> None:
    found = read(tmp_path, b"id,name,revenue\nA-1,One,5\nA-2,Tw")
    assert found.faults == ((3, "2 cells under 3 columns"),)


# --- Workbooks ---------------------------------------------------------------------------------------------------------


def workbook(path: Path) -> Path:
    """Write a workbook as somebody keeps it by hand."""
    book = Workbook()
    book.worksheets[0].title = "Read me"
    book.worksheets[0].append(["The book is on the second sheet"])
    sheet = book.create_sheet("Book")
    for row in (["Key accounts"], [], [None, None, None, "Money"], ["Territory", "id", "name", "revenue", "margin"]):
        sheet.append(row)
    sheet.append(["North", "A-1", "One", 0.1, 0.125])
    sheet.append([None, 113, "Two", 1234.5, 12.5])
    sheet.append(["North total", None, None, 1234.6])
    sheet.append([])
    sheet.append(["Note: before rebates"])
    sheet["E5"].number_format = "0.0%"
    sheet["F5"] = "#DIV/0!"
    book.save(path)
    return path


def test_a_workbook_is_read_by_sheet_header_and_format(tmp_path: Path) -> None:
    """A percent keeps its sign, a double reads as its shortest decimal, totals and notes are set aside."""
    wanted = [*HEADER, "margin", "Territory"]
    found = read_whole(workbook(tmp_path / "a.xlsx"), "a.xlsx", None, wanted, Layout(key="id", fill=("Territory",)))
    assert found.table.rows() == [(5, "North", "A-1", "One", "0.1", "12.5%"), (6, "North", "113", "Two", "1234.5", "12.5")]
    assert aside(found) == [(7, Why.TOTAL), (8, Why.BLANK), (9, Why.FOOTER)]
    assert {("sheet", "Book"), ("header", "row 4"), ("sheets not read", "Read me")} <= set(found.told)


def test_a_sheet_that_is_not_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_whole(workbook(tmp_path / "a.xlsx"), "a.xlsx", None, HEADER, Layout(sheet="Bok"))
    assert (caught.value.findings[0].code, caught.value.findings[0].fix) == ("KR404", "did you mean 'Book'?")


def test_a_workbook_that_unpacks_to_what_no_memory_holds_is_refused_before(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/worksheets/sheet1.xml", "w") as file:
        for _ in range(xlsx.LARGEST // 2**20 + 1):
            file.write(b"\0" * 2**20)
    assert path.stat().st_size < 2**20
    with pytest.raises(DataError, match="bytes unpacked"):
        read_whole(path, "a.xlsx", None, HEADER)


@pytest.mark.parametrize("share", [0, 1, 50, 99])
def test_a_workbook_that_ends_in_the_middle_is_refused(tmp_path: Path, share: int) -> None:
    whole = workbook(tmp_path / "a.xlsx").read_bytes()
    assert file_codes(tmp_path, whole[: len(whole) * share // 100], name="b.xlsx") == ["KR402"]


# --- Databases ---------------------------------------------------------------------------------------------------------


def from_database(folder: Path, database: str, query: str = "select * from accounts") -> object:
    """Return the accounts of a query."""
    columns = ("account_id", "base_revenue", "must")
    lies = replace(source(folder, columns), path=str(folder), shown="query", layout=Layout(database=database, query=query))
    return read_source(lies, policy().program, Spill()).table.frame()["account_id"].to_list()


def sqlite(folder: Path) -> Path:
    """Write a database of one account."""
    with sqlite3.connect(folder / "crm.db") as connection:
        connection.execute("create table accounts (account_id text, base_revenue real, must integer)")
        connection.execute("insert into accounts values ('a', 0.1, 1), ('b', 12.5, 0)")
    connection.close()
    return folder / "crm.db"


def test_a_query_of_sqlite_gives_the_accounts(tmp_path: Path) -> None:
    sqlite(tmp_path)
    assert from_database(tmp_path, "sqlite:///crm.db") == ["a", "b"]


@pytest.mark.parametrize(
    ("database", "query"),
    [
        pytest.param("sqlite:///none.db", "select 1", id="a file that is not there"),
        pytest.param("sqlite:///crm.db", "select * from nowhere", id="a table that is not there"),
        pytest.param("sqlite:///crm.db", "drop table accounts", id="a query that would change it"),
        pytest.param("NOT_SET_ANYWHERE", "select 1", id="a variable that is not set"),
        pytest.param("postgresql+psycopg://kam:hunter2@localhost:1/crm", "select 1", id="a password in the data file"),
        pytest.param("KAM_TEST_DATABASE", "select 1", id="a server that is not there"),
        pytest.param("nonsense", "select 1", id="no address"),
    ],
)
def test_a_database_that_cannot_be_asked_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str, query: str
) -> None:
    monkeypatch.setenv("KAM_TEST_DATABASE", "postgresql+psycopg://kam:hunter2@127.0.0.1:1/crm")
    sqlite(tmp_path)
    with pytest.raises(DataError) as caught:
        from_database(tmp_path, database, query)
    assert [finding.code for finding in caught.value.findings] == ["KR430"]
    assert "hunter2" not in str([(finding.message, finding.fix) for finding in caught.value.findings])


# --- Whatever a file holds ----------------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(content=st.binary(max_size=400) | st.text(alphabet='ab,;"\n\r\t 1.é', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    """No file breaks a reader: it is read, or a code says why not."""
    try:
        found = read(tmp_path, content)
    except DataError as error:
        assert all(finding.code.startswith("KR4") for finding in error.findings)  # noqa: PT017 - either end is good
        return
    assert found.names


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    rows=st.lists(st.lists(st.text(alphabet='ab;,"\n 1é', max_size=6), min_size=3, max_size=3), min_size=1, max_size=12),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_every_row_is_an_account_or_is_set_aside(tmp_path: Path, rows: list[list[str]], separator: str, encoding: str) -> None:
    """Rows in = rows kept + rows set aside, whatever stands in them, in every encoding."""
    import csv

    path = tmp_path / "a.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL)
        writer.writerows([HEADER, *rows])
    layout = Layout(encoding=encoding, separator=separator, header=1, key="id")
    parts = list(csv_.read(path, "a.csv", HEADER, layout))
    kept = [row for part in parts for row in part.table.rows()]
    gone = [row for part in parts if part.aside is not None for row in part.aside["row"]]
    assert sorted([row[0] for row in kept] + gone) == list(range(2, len(rows) + 2))
    assert all(list(row[1:]) == rows[row[0] - 2] for row in kept)
