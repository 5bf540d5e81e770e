"""A file is looked at before anything is decided by it; the three messy exports agree with the book that they were made from."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam_rules import engine, intake
from kam_rules.model.book import Layout
from kam_rules.model.errors import DataError
from kam_rules.model.run import Run
from kam_rules.pipeline.datafile import load_data_file
from kam_rules.pipeline.seen import Inspected
from tests.conftest import ROOT

MESSY = ROOT / "examples" / "messy"
POLICY = ROOT / "policies" / "resellers" / "fy2021.yaml"
FILES = {"salesforce": "aw_salesforce_report.csv", "erp": "aw_erp_utf16_semicolon.csv", "workbook": "aw_excel_book.xlsx"}
ROUNDED = {"AW00000302", "AW00000248", "AW00000590", "AW00000428", "AW00000268", "AW00000376"}
"""Accounts whose revenue the ERP writes in whole euros."""


def inspected(folder: Path, text: str, name: str = "a.csv") -> Inspected:
    """Return what is seen in a file of this text."""
    (folder / name).write_text(text, encoding="utf-8")
    return intake.inspect_file(folder / name)


def codes(found: Inspected) -> set[str]:
    """Return the codes of what is wrong."""
    return {fault.code for fault in found.faults}


# --- Each column ---------------------------------------------------------------------------------------------------------


def test_every_column_is_told_with_what_it_holds(tmp_path: Path) -> None:
    text = "id,arr,share,since,won,kind\n" + "".join(f'A-{i},"{i},200.50",{i}%,{i + 12}.01.2026,ja,Retail\n' for i in range(1, 10))
    found = inspected(tmp_path, text)
    assert [(one.name, one.kind, one.filled, one.missing) for one in found.columns] == [
        ("id", "text", 9, 0),
        ("arr", "number", 9, 0),
        ("share", "percent", 9, 0),
        ("since", "day", 9, 0),
        ("won", "yes or no", 9, 0),
        ("kind", "words", 9, 0),
    ]
    assert (found.columns[1].least, found.columns[1].most, found.columns[3].most) == ("1,200.50", "9,200.50", "2026-01-21")
    assert (found.key, codes(found)) == ("id", set())


def test_a_folder_is_told_as_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="KR401 this is a folder"):
        intake.inspect_file(tmp_path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("id,x\nA-1,5\nA-1,6\n", "KR412", id="F10: an id twice"),
        pytest.param("id,x\n001A000001abcde,1\n001A000001abcdeIAA,2\n", "KR684", id="F11: ids of 15 and of 18 letters"),
        pytest.param("id,x\nA-1,12%\nA-2,0.12\nA-3,12\n", "KR681", id="F17: percents with and without a sign"),
        pytest.param("id,x\nA-1,03/04/2026\nA-2,05/06/2026\n", "KR427", id="F18: a day or a month"),
        pytest.param("id,Amount (converted)\nA-1,5\n", "KR680", id="F19: a converted twin"),
        pytest.param("id,x\nA-1,At risk\nA-2,AT-RISK\nA-3,Fine\n", "KR683", id="F21: one text in several spellings"),
        pytest.param("id,x\nAW001,1\nAW002,2\n3,3\n", "KR682", id="F23: zeros eaten by a spreadsheet"),
        pytest.param("id,x\nA001,1\nA002,2\n1.23E+05,3\n", "KR682", id="F23: an id as a power of ten"),
        pytest.param("id,x\n1,2\n3,4,5\n", "KR407", id="F29: a ragged row"),
        pytest.param("id,AnnualRevenue\n1,2\n", "KR680", id="the customer's own turnover"),
    ],
)
def test_a_fault_is_told_under_its_code(tmp_path: Path, text: str, code: str) -> None:
    assert code in codes(inspected(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("id,x\nA-1,5\nA-2,6\n", id="every id once"),
        pytest.param("id,x\n001A000001abcde,1\n001A000001abcdf,2\n", id="ids of 15 letters alone"),
        pytest.param("id,x\nA-1,12%\nA-2,12%\n", id="a sign everywhere"),
        pytest.param("id,x\nA-1,13/04/2026\nA-2,05/06/2026\n", id="one day past the 12th"),
        pytest.param("id,Amount\nA-1,5\n", id="the amount as agreed"),
        pytest.param("id,x\nA-1,At risk\nA-2,At risk\n", id="one spelling"),
        pytest.param("id,x\n1,1\n22,2\n333,3\n", id="ids that are numbers"),
    ],
)
def test_the_nearest_neighbour_of_a_fault_has_none(tmp_path: Path, text: str) -> None:
    assert codes(inspected(tmp_path, text)) == set()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.text(max_size=10).filter(lambda t: "\0" not in t and t.isprintable()), min_size=1, max_size=8))
def test_every_cell_is_counted_once(tmp_path: Path, cells: list[str]) -> None:
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["id", "x"], *([f"A-{i}", cell] for i, cell in enumerate(cells))])
    found = intake.inspect_file(tmp_path / "a.csv")
    assert [(one.filled + one.missing) for one in found.columns] == [len(cells)] * 2


# --- The data file that is proposed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_the_proposed_data_file_can_be_read(tmp_path: Path, name: str) -> None:
    """What is sure and what is to be confirmed is mapped; the day is asked for."""
    file, out = MESSY / FILES[name], tmp_path / "data.yaml"
    found = intake.inspect_file(file)
    proposed = intake.propose_mapping(found, POLICY)
    matches = {match.field: match for match in proposed}
    assert matches["account_id"].how == "sure"
    assert (matches["base_revenue"].how, matches["business_type"].how) == ("confirm", "confirm")
    intake.write_proposal(found, proposed, POLICY, file, out, None, Layout())
    with pytest.raises(DataError):
        load_data_file(out)
    out.write_text(out.read_text(encoding="utf-8").replace("YYYY-MM-DD", "2020-06-30"), encoding="utf-8")
    columns = load_data_file(out)[0].columns
    assert {field: how.column for field, how in columns.items()} == {
        field: match.column.name for field, match in matches.items() if match.column
    }


def test_the_customers_own_turnover_is_no_base_unless_somebody_knows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,AnnualRevenue\nA-1,5\n", encoding="utf-8")
    data = "accounts:\n  file: a.csv\n  as_of: 2020-06-30\n  columns:\n    account_id: id\n    base_revenue: "
    (tmp_path / "trap.yaml").write_text(f"{data}AnnualRevenue\n", encoding="utf-8")
    (tmp_path / "known.yaml").write_text(data + "{column: AnnualRevenue, i_know: true}\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        engine.run(POLICY, tmp_path / "trap.yaml", witness=False)
    assert [(finding.code, finding.where is not None) for finding in caught.value.findings] == [("KR680", True)]
    assert engine.run(POLICY, tmp_path / "known.yaml", witness=False).book.table.height == 1


# --- The three messy exports -----------------------------------------------------------------------------------------------


def of_book() -> dict[str, tuple[Fraction, Fraction]]:
    """Return base and prior revenue of every account of the book that the exports were made from."""
    with (ROOT / "examples" / "adventureworks" / "accounts.csv").open(encoding="utf-8", newline="") as file:
        return {row["account_id"]: (Fraction(row["revenue_fy2020"]), Fraction(row["revenue_fy2019"])) for row in csv.DictReader(file)}


def run(name: str) -> Run:
    """Decide the accounts of one export."""
    return engine.run(POLICY, MESSY / f"{name}.yaml", witness=False)


def differences(found: Run) -> dict[str, Fraction | None]:
    """Return the accounts whose base is not that of the book, with by how much; None where the book has no such account."""
    book, rows = of_book(), found.book.table.frame().select("account_id", "base_revenue", "prior_revenue").rows()
    told = {one: None if one not in book else Fraction(base, 100) - book[one][0] for one, base, _ in rows}
    assert all(one not in book or Fraction(prior, 100) == book[one][1] for one, _, prior in rows)
    return {one: gap for one, gap in told.items() if gap != 0}


def test_the_salesforce_report_agrees_with_the_book() -> None:
    """All amounts agree; a test account is in no book; rows without an id and ids with two contents are refused."""
    found = run("salesforce")
    assert differences(found) == {"TEST001": None}
    assert found.book.rejected.frame()["codes"].to_list() == ["KR412", "KR411", "KR411", "KR412", "KR411", "KR412", "KR412"]
    assert Fraction(found.book.base, 100) == Fraction("36865922.19")  # what the report's own Grand Total says


def test_the_erp_export_agrees_with_the_book_but_for_six_amounts_without_cents() -> None:
    """The export's own total has the cents of the book; six rows have none, and make the difference of 0.40."""
    found = run("erp")
    gaps = differences(found)
    assert set(gaps) == ROUNDED
    assert sum((gap for gap in gaps.values() if gap), Fraction(0)) == Fraction("8131628.50") - Fraction("8131628.10")
    assert found.book.rejected.height == 0


def test_the_workbook_agrees_with_the_book_but_for_five_ids_that_excel_changed() -> None:
    found = run("workbook")
    assert differences(found) == dict.fromkeys(("280", "666", "557", "330", "113"))
    bases = dict(found.book.table.frame().select("account_id", "base_revenue").iter_rows())
    assert all(Fraction(bases[short], 100) == of_book()[f"AW00000{short}"][0] for short in ("280", "666", "557", "330", "113"))


@pytest.mark.parametrize("name", FILES)
def test_no_row_of_an_export_is_lost(name: str) -> None:
    found = run(name).book
    assert found.rows == found.table.height + found.rejected.height + found.aside.height


def test_the_trail_tells_the_convention_beside_the_raw_text() -> None:
    told = engine.explain(run("erp"), "AW00000085")["values"]
    base = next(field for field in told if field["name"] == "base_revenue")
    assert (base["raw"], base["value"], base["unit"]) == ("443.704,07", "443,704.07", "written 1.234,50")
