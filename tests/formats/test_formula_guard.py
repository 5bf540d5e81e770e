"""No spreadsheet runs a text of the data: every CSV and workbook that is written is walked with hostile names (F: views)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

import kam_rules
from kam_rules import engine, inquiry, workshop, years
from kam_rules.formats._cells import RISKY, guarded, plain, safe, unguarded
from kam_rules.model.book import AccountsSource, ColumnMap, TableSource
from kam_rules.pipeline import remember
from kam_rules.pipeline.tables import read_tables
from tests.conftest import ROOT, Said

WRITERS = {"formats/_cells.py", "formats/csv_.py", "pipeline/record.py", "pipeline/remember.py", "sources/_sql.py"}
"""Whatever writes CSV; `_sql` writes a file that the program itself reads and removes."""
WORKBOOKS = {"pipeline/sheets/audit.py", "pipeline/sheets/workbook.py"}
NUMBER = re.compile(r"[+-]?\d[\d.,]*%?")
TEXTS = st.text(st.sampled_from("'=+-@\t\rab "), max_size=5)


def cells(text: str) -> Iterator[str]:
    """Return every cell of a CSV."""
    for row in csv.reader(io.StringIO(text, newline="")):
        yield from row


def runs(text: str) -> bool:
    """Tell whether a spreadsheet would run a cell: it begins as a formula does, and is no plain number."""
    return text.startswith(RISKY) and NUMBER.fullmatch(text) is None


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run of the SaaS book in which every account, name and person begins like a formula."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "examples/saas", folder / "data")
    starts = iter(RISKY[:4] * 100)
    for path in (folder / "data").glob("*.csv"):
        told = re.sub(r"(?m)(?<![\w-])(ACC|R|M|H)-(\d)", r"=\1-\2", path.read_text(encoding="utf-8"))
        if path.name == "accounts.csv":
            told = re.sub(r"(?m)^(=ACC-\d+,)(\"?)", lambda m: f"{m[1]}{m[2]}{next(starts)}", told)
        path.write_text(told, encoding="utf-8")
    run = engine.run(ROOT / "policies/key-accounts/fy2027.yaml", folder / "data/data.yaml")
    return engine.write(run, folder / "run")


def test_a_run_s_files_hold_no_cell_that_runs(hostile: Path):
    found = {path.name: list(cells(path.read_text(encoding="utf-8"))) for path in hostile.glob("*.csv")}
    assert {"decisions.csv", "quotas.csv", "faults.csv", "refused.csv", "set_aside.csv"} <= set(found)
    assert {name: [cell for cell in told if runs(cell)] for name, told in found.items()} == {name: [] for name in found}
    assert {start for start in RISKY[:4] if any(cell.startswith(f"'{start}") for cell in found["decisions.csv"])} == set(RISKY[:4])
    assert any(cell.startswith("'=R-") for cell in found["quotas.csv"])


def test_a_run_with_guarded_cells_is_verified_and_decided_again_by_its_own_script(hostile: Path):
    assert inquiry.verify(hostile).drifts == ()


@pytest.mark.parametrize("of", [["report", "rules"], ["report", "fairness"], ["report", "baselines"], ["reconcile"], ["report", "cushion"]])
def test_a_report_as_csv_holds_no_cell_that_runs(hostile: Path, of: list[str], kam: Callable[..., Said]):
    said = kam(*of, hostile, "--format", "csv")
    assert said.code in (0, 1)
    assert [cell for cell in cells(said.out) if runs(cell)] == []


def test_a_history_is_guarded_and_read_back_as_it_was(hostile: Path, tmp_path: Path):
    path = tmp_path / "history.csv"
    assert years.history(hostile, path) > 0
    told = path.read_text(encoding="utf-8")
    assert [cell for cell in cells(told) if runs(cell)] == []
    assert "'=ACC-1001" in told
    assert remember.read(path)[0]["account_id"] == "=ACC-1001"
    assert years.history(hostile, path) == 0
    columns = {name: ColumnMap(name) for name in remember.COLUMNS}
    source = AccountsSource("", "", dt.date(2026, 6, 30), {}, tables={"history": TableSource(str(path), path.name, columns)})
    tables, _ = read_tables(source, 2)
    assert set(tables["history"]["account_id"].str.slice(0, 5)) == {"=ACC-"}


def test_workbooks_hold_texts_of_the_data_as_texts(hostile: Path, tmp_path: Path):
    inquiry.audit(hostile, tmp_path / "audit.xlsx", n=30, seed=7)
    workshop.export_sheets(ROOT / "policies/key-accounts/fy2027.yaml", tmp_path / "sheets.xlsx")
    for name in ("audit.xlsx", "sheets.xlsx"):
        found = [cell for sheet in load_workbook(tmp_path / name) for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in found if cell.data_type == "f" and "ACC-" in str(cell.value)]
        assert name == "sheets.xlsx" or [cell for cell in found if cell.data_type == "s" and str(cell.value).startswith("=ACC-")]


def test_every_writer_is_known_to_this_walk():
    home = Path(kam_rules.__file__).parent
    told = {str(path.relative_to(home)): path.read_text(encoding="utf-8") for path in home.rglob("*.py") if path.parent.name != "findings"}
    assert {name for name, text in told.items() if re.search(r"csv\.(Dict)?[wW]riter|write_csv|to_csv", text)} == WRITERS
    assert {name for name, text in told.items() if re.search(r"import Workbook\b|xlsxwriter|write_excel|to_excel", text)} == WORKBOOKS


@given(TEXTS)
def test_what_is_guarded_never_runs_and_comes_back_as_it_was(text: str):
    assert not safe(text).startswith(RISKY)
    assert plain(safe(text)) == text


@given(st.lists(TEXTS | st.none(), max_size=6))
def test_a_table_is_guarded_as_its_cells_are(texts: list[str | None]):
    table = pl.DataFrame({"a": pl.Series(texts, dtype=pl.String), "n": list(range(len(texts)))})
    assert guarded(table)["a"].to_list() == [None if text is None else safe(text) for text in texts]
    assert unguarded(guarded(table)).equals(table, null_equal=True)
