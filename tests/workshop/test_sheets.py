"""A policy's lists in a spreadsheet: nothing is lost on the way out, on the way back, or beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kam_rules import workshop
from kam_rules.model.document import plain
from kam_rules.model.errors import Finding, UsageError
from kam_rules.pipeline.check import check
from kam_rules.pipeline.layout.spots import comments, spots
from kam_rules.pipeline.load import parse
from kam_rules.pipeline.sheets.rewrite import written
from kam_rules.pipeline.sheets.tables import GROUPS, SHEETS
from kam_rules.scales.bands import BAND
from kam_rules.sections._ladder import RUNG
from kam_rules.sections.criteria import CRITERION
from kam_rules.sections.states import STATE
from kam_rules.sections.targets import STATE as TARGET
from kam_rules.sections.tiers import TIER
from tests.conftest import ROOT, Said

Kam = Callable[..., Said]
SAAS = ROOT / "policies/key-accounts/fy2027.yaml"
SHIPPED = [SAAS, *sorted((ROOT / "policies/resellers").glob("fy????.yaml")), ROOT / "kam_rules/starter/policy.yaml"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the flagship policy and its workbook, standing in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.yaml").write_bytes(SAAS.read_bytes())
    workshop.export_sheets("policy.yaml", "policy.xlsx")
    return tmp_path


def edit(change: Callable[[Any], object], path: str = "policy.xlsx") -> None:
    """Change a workbook as a person would."""
    book = load_workbook(path)
    change(book)
    book.save(path)


def find(sheet: Any, key: str, column: str) -> Any:
    """Return the cell of the first row that starts with a key."""
    header = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows() if row[0].value == key)
    return row[header.index(column)]


def put(sheet: str, key: str, column: str, value: object) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        find(book[sheet], key, column).value = value

    return change


# --- Out and back -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "schema"),
    [("criteria", CRITERION), ("bands", BAND), ("tiers", TIER), ("states", STATE), ("targets", TARGET), ("ladder", RUNG)],
)
def test_the_sheets_have_a_column_for_every_key(sheet: str, schema: dict[str, Any]):
    """A key without a column could not be edited, nor kept when its row is written anew."""
    columns = next(found.columns for found in SHEETS if found.name == sheet)
    told = {GROUPS.get(column, column) for column in columns}
    assert set(schema["properties"]) - {"bands", "by_tier"} <= told


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_workbook_that_nobody_edited_changes_nothing(path: Path, tmp_path: Path):
    workshop.export_sheets(path, tmp_path / "p.xlsx")
    before, after, differences = workshop.import_sheets(path, tmp_path / "p.xlsx", write=True)
    assert differences == ()
    assert after == before == path.read_text(encoding="utf-8")


def test_every_cell_is_text_and_none_is_a_formula(project: Path):
    """A condition that starts with = would be run by the spreadsheet."""
    text = (project / "policy.yaml").read_text().replace("Product and service can put people", "=1+1, product can put people")
    (project / "policy.yaml").write_text(text)
    workshop.export_sheets("policy.yaml", "second.xlsx")
    book = load_workbook("second.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert workshop.import_sheets("policy.yaml", "second.xlsx")[2] == ()


# --- What a person does -------------------------------------------------------------------------------------------------

CHANGES = {
    "an edge of the ladder": ("ladder", "rep", "up_to", "4%", ("reconciliation", "ladder", 2, "up_to"), "4%"),
    "another cap": ("ladder", "rep", "cap", 50000, ("reconciliation", "ladder", 2, "cap"), "50000"),
    "a spread by a metric": (
        "ladder",
        "rep",
        "spread",
        "metric: contribution",
        ("reconciliation", "ladder", 2, "spread"),
        {"metric": "contribution"},
    ),
    "parts that are fixed": (
        "ladder",
        "rep",
        "locked",
        "R-01: 5000, R-02: 7000",
        ("reconciliation", "ladder", 2, "locked"),
        {"R-01": "5000", "R-02": "7000"},
    ),
    "down to the accounts": (
        "ladder",
        "rep",
        "to_accounts.spread",
        "target",
        ("reconciliation", "ladder", 2, "to_accounts"),
        {"spread": "target"},
    ),
    "an edge": ("tiers", "strategic", "when", "score >= 80", ("tiers", "rules", 0, "when"), "score >= 80"),
    "a number typed as one": ("tiers", "strategic", "capacity", 5, ("tiers", "rules", 0, "capacity"), "5"),
    "several words": (
        "tiers",
        "key",
        "tie_break",
        "headroom desc, score asc",
        ("tiers", "rules", 1, "tie_break"),
        ["headroom desc", "score asc"],
    ),
    "a sentence with traps": ("tiers", "core", "because", "Served: well, #1", ("tiers", "rules", 2, "because"), "Served: well, #1"),
    "a pair to a word": ("criteria", "ease_of_doing_business", "if_missing", "zero", ("criteria", 5, "if_missing"), "zero"),
    "a word to a pair": ("criteria", "profit_margin", "if_missing", "neutral: 40", ("criteria", 2, "if_missing"), {"neutral": "40"}),
    "an end of a line": ("criteria", "profit_margin", "line.best", "65%", ("criteria", 2, "line", "best"), "65%"),
    "a key that was not there": (
        "states",
        "mature",
        "resources",
        "sales_leadership",
        ("states", "rules", 2, "resources"),
        ["sales_leadership"],
    ),
    "a key taken out": ("states", "at_risk", "source", None, ("states", "rules", 0, "source"), None),
    "a target": ("targets", "at_risk", "target", "82%", ("targets", "by_state", "at_risk", "target"), "82%"),
    "in braces": ("bands", "growth_potential", "label", "none at all", ("criteria", 0, "bands", 0, "label"), "none at all"),
}


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else value[step]
    return value


@pytest.mark.parametrize("name", CHANGES)
def test_one_cell_changes_one_value_and_every_comment_stays(project: Path, name: str):
    sheet, key, column, cell, path, value = CHANGES[name]
    edit(put(sheet, key, column, cell))
    before, after, differences = workshop.import_sheets("policy.yaml", "policy.xlsx")
    assert len(differences) == 1
    wanted = plain(parse(before, "p"))
    parent = at(wanted, path[:-1])
    if value is None:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    assert plain(parse(after, "p")) == wanted
    assert [after[a:b] for a, b in comments(after, spots(after))] == [before[a:b] for a, b in comments(before, spots(before))]
    lines = [set(text.splitlines()) for text in (before, after)]
    assert len(lines[0] - lines[1]) <= 1
    assert len(lines[1] - lines[0]) <= 1
    assert (project / "policy.yaml").read_text() == before, "shown first, written when asked"


def test_a_percent_of_the_spreadsheet_is_a_percent(project: Path):  # noqa: ARG001
    def change(book: Any) -> None:
        for key, value in (("growth_potential", 0.15), ("share_of_account", 0.25)):
            cell = find(book["criteria"], key, "weight")
            cell.value, cell.number_format = value, "0%"

    edit(change)
    found = workshop.import_sheets("policy.yaml", "policy.xlsx")[2]
    assert [(d.row, d.column, d.old, d.new) for d in found] == [
        ("growth_potential", "weight", "20%", "15%"),
        ("share_of_account", "weight", "20%", "25%"),
    ]


def row_at(sheet: Any, key: str) -> Any:
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == key)


def test_a_row_is_added_where_it_stands_and_another_goes(project: Path, kam: Kam):
    def change(book: Any) -> None:
        tiers = book["tiers"]
        place = row_at(tiers, "key")
        tiers.insert_rows(place)
        for i, value in enumerate(("growth", "score >= 70", None, "6", "headroom desc", "A step, between"), start=1):
            tiers.cell(place, i, value)
        bands = book["bands"]
        bands.delete_rows(row_at(bands, "revenue") + 1)
        bands.insert_rows(3)
        for i, value in enumerate(("growth_potential", "25000", None, None, "10"), start=1):
            bands.cell(3, i, value)

    edit(change)
    said = kam("sheet", "import", "policy.yaml", "policy.xlsx", "--write")
    assert said.code == 0, said.err
    assert "tiers growth: nothing -> id: growth, when: score >= 70" in said.out
    document: Any = plain(check(project / "policy.yaml").document)
    assert [rule["id"] for rule in document["tiers"]["rules"]] == ["strategic", "growth", "key", "core"]
    assert [band["from"] for band in document["criteria"][0]["bands"]] == ["lowest", "25000", "50000", "250000", "1000000", "2500000"]
    assert [band["from"] for band in document["criteria"][3]["bands"]] == ["lowest", "200000", "500000", "1000000"]
    assert kam("fmt", "--check", "policy.yaml").code == 0, "what is added stands in the layout"


def test_the_difference_is_shown_first_and_written_when_asked(project: Path, kam: Kam):
    edit(put("tiers", "key", "when", "score >= 65"))
    before = (project / "policy.yaml").read_bytes()
    said = kam("sheet", "import", "policy.yaml", "policy.xlsx")
    assert said.out.startswith("tiers key when: score >= 60 -> score >= 65\n\n--- policy.yaml\n")
    assert "-      when: score >= 60\n+      when: score >= 65\n" in said.out
    assert "add --write" in said.err
    assert (project / "policy.yaml").read_bytes() == before
    assert kam("sheet", "import", "policy.yaml", "policy.xlsx", "--write").code == 0
    assert (project / "policy.yaml").read_bytes() == before.replace(b"score >= 60", b"score >= 65")


# --- What is refused ----------------------------------------------------------------------------------------------------


def remove_row(sheet: str, key: str) -> Callable[[Any], None]:
    return lambda book: book[sheet].delete_rows(row_at(book[sheet], key))


def swap(book: Any) -> None:
    sheet = book["tiers"]
    first, second = ([cell.value for cell in sheet[i]] for i in (2, 3))
    for i, values in ((2, second), (3, first)):
        for j, value in enumerate(values, start=1):
            sheet.cell(i, j, value)


def twice(book: Any) -> None:
    find(book["tiers"], "key", "id").value = "strategic"


REFUSED = [
    pytest.param(put("tiers", "key", "capacity", "=2*4"), "KR861", "a formula", "tiers!D3", id="a formula"),
    pytest.param(put("tiers", "key", "when", dt.datetime(2026, 1, 31)), "KR861", "made a date", "tiers!B3", id="a date"),  # noqa: DTZ001
    pytest.param(lambda book: book["tiers"].cell(2, 9, "a note"), "KR861", "stands beside the table", "tiers!I2", id="a note beside"),
    pytest.param(lambda book: book.create_sheet("notes"), "KR861", "'notes' holds nothing of a policy", "", id="a sheet more"),
    pytest.param(lambda book: book.remove(book["states"]), "KR861", "there is no sheet 'states'", "", id="a sheet less"),
    pytest.param(lambda book: book["tiers"].delete_cols(4), "KR861", "the columns are id, when", "tiers", id="a column less"),
    pytest.param(swap, "KR862", "the rows stand in another order", "tiers", id="another order"),
    pytest.param(twice, "KR862", "'strategic' stands in two rows", "tiers", id="a name twice"),
    pytest.param(remove_row("states", "high_potential"), "KR862", "a comment would go", "policy.yaml:288", id="a comment"),
    pytest.param(put("bands", "revenue", "criterion", "revenu"), "KR862", "did you mean 'revenue'?", "bands", id="no such criterion"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "said", "place"), REFUSED)
def test_what_the_policy_cannot_hold_is_refused_and_nothing_written(
    project: Path, kam: Kam, change: Callable[[Any], object], code: str, said: str, place: str
):
    edit(change)
    before = (project / "policy.yaml").read_bytes()
    told = kam("sheet", "import", "policy.yaml", "policy.xlsx", "--write")
    assert told.code == 2
    assert code in told.err
    assert said in told.err
    assert place in told.err
    assert (project / "policy.yaml").read_bytes() == before


def test_a_policy_changed_since_the_export_is_not_overwritten(project: Path, kam: Kam):
    text = (project / "policy.yaml").read_text()
    (project / "policy.yaml").write_text(text.replace("capacity: 8", "capacity: 9"))
    told = kam("sheet", "import", "policy.yaml", "policy.xlsx", "--write")
    assert told.code == 2
    assert "KR862 the policy has changed since this workbook was made of it" in told.err


def test_a_workbook_that_makes_the_policy_invalid_is_told_with_every_fault(project: Path, kam: Kam):
    def change(book: Any) -> None:
        find(book["tiers"], "key", "when").value = "scor >= 60"
        find(book["criteria"], "revenue", "weight").value = "20%"

    edit(change)
    before = (project / "policy.yaml").read_bytes()
    told = kam("sheet", "import", "policy.yaml", "policy.xlsx", "--write")
    assert told.code == 3
    assert {"KR202", "KR301"} <= set(told.err.replace(":", " ").split())
    assert (project / "policy.yaml").read_bytes() == before


def test_a_file_that_is_no_workbook_is_told(project: Path, kam: Kam):
    (project / "x.xlsx").write_text("no")
    assert "KR861 cannot read this file" in kam("sheet", "import", "policy.yaml", "x.xlsx").err
    assert "KR861 cannot read this file" in kam("sheet", "import", "policy.yaml", "nowhere.xlsx").err


def test_an_export_overwrites_nothing(project: Path, kam: Kam):
    before = (project / "policy.xlsx").read_bytes()
    said = kam("sheet", "export", "policy.yaml", "policy.xlsx")
    assert (said.code, "KR501" in said.err) == (2, True)
    assert (project / "policy.xlsx").read_bytes() == before


# --- For every edit -----------------------------------------------------------------------------------------------------

WORDS = (
    "because, of: this",
    "a #1 thing",
    "'quoted'",
    '"double"',
    "plain",
    "50%",
    "- dash",
    "[a]",
    "{b: c}",
    "é ✓",
    "yes",
    "a: b",
    "?",
    "1e3",
)


@settings(max_examples=15)
@given(st.integers(min_value=0, max_value=10**9))
def test_whatever_words_are_written_the_policy_says_them_or_the_import_is_refused(tmp_path_factory: pytest.TempPathFactory, seed: int):
    """Edits of reasons and sources anywhere: the new policy says just these, and its comments are the old ones."""
    random = Random(seed)  # noqa: S311 - no secret
    folder = tmp_path_factory.mktemp("sheets")
    policy, workbook = folder / "policy.yaml", folder / "p.xlsx"
    policy.write_bytes(random.choice(SHIPPED).read_bytes())
    workshop.export_sheets(policy, workbook)
    wanted: dict[tuple[str, int, str], str] = {}

    def change(book: Any) -> None:
        for sheet in SHEETS:
            for i in range(2, book[sheet.name].max_row + 1):
                for column in ("because", "source"):
                    if random.random() < 0.3:
                        text = random.choice(WORDS if (sheet.name, column) == ("states", "because") else (*WORDS, ""))
                        book[sheet.name].cell(i, sheet.columns.index(column) + 1).value = text or None
                        wanted[sheet.name, i - 2, column] = text

    edit(change, str(workbook))
    before = policy.read_text(encoding="utf-8")
    refused: tuple[Finding, ...] = ()
    try:
        workshop.import_sheets(policy, workbook, write=True)
    except UsageError as error:
        refused = error.findings
    after = policy.read_text(encoding="utf-8")
    if refused:
        assert all("a comment would go with it" in finding.message for finding in refused)
        assert after == before
        return
    rows = {sheet.name: list(sheet.rows(parse(after, "p"))) for sheet in SHEETS}
    assert {key: rows[key[0]][key[1]].cells[key[2]] for key in wanted} == wanted
    assert sorted(after[a:b] for a, b in comments(after, spots(after))) == sorted(before[a:b] for a, b in comments(before, spots(before)))


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1), st.booleans())
def test_every_text_is_written_so_that_it_is_read_back(text: str, flow: bool):  # noqa: FBT001 - one of two places
    text = " ".join(text.split())
    if not text:
        return
    value = written(text, flow=flow)
    yaml = f"a: {{b: {value}, c: d}}\n" if flow else f"a:\n  b: {value}\n  c: d\n"
    assert plain(parse(yaml, "p")) == {"a": {"b": text, "c": "d"}}


def test_a_rung_needs_a_ladder_to_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A sheet cannot say what a ladder is held against, so it cannot begin one."""
    monkeypatch.chdir(tmp_path)
    Path("policy.yaml").write_bytes((ROOT / "kam_rules/starter/policy.yaml").read_bytes())
    workshop.export_sheets("policy.yaml", "policy.xlsx")
    edit(lambda book: book["ladder"].append(["cushion", "0%", None, None, "surplus"]))
    with pytest.raises(UsageError, match="KR862 the policy has no ladder to take 'cushion'"):
        workshop.import_sheets("policy.yaml", "policy.xlsx")
