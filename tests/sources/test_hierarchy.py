"""Who belongs to whom: chains of parents are joined, their faults are found, and families count as the data file declares."""

from __future__ import annotations

from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.model.errors import DataError, UsageError
from kam_rules.model.run import Run
from kam_rules.pipeline import read as reading
from kam_rules.pipeline.findings import data_findings
from kam_rules.pipeline.hierarchy import tree
from kam_rules.pipeline.tally import money, tally
from kam_rules.pipeline.together import told_together
from kam_rules.sources import csv_
from tests.sources.test_intake import CHECKED, data

ADD = "roll_up: {method: add, fields: [base_revenue]}"
HELD = "roll_up: {method: parent_has_all}"


def place(parents: dict[str, str | None]) -> dict[str, tuple[str, int, str | None]]:
    """Return top, depth and fault of each."""
    table = pl.DataFrame(list(parents.items()), schema={"account_id": pl.String, "parent": pl.String}, orient="row")
    return {id_: (top, depth, fault) for id_, _, fault, top, depth in tree(table).iter_rows()}


def run(folder: Path, rows: str, more: str = "") -> Run:
    """Decide rows of id, base, name, parent and owner."""
    return engine.run(CHECKED, data(folder, rows, more), witness=False)


def codes(found: Run) -> list[str]:
    """Return what is told of the rows together."""
    return [finding.code for finding in told_together(found.book, found.ready.program)]


# --- Chains (F12, F13, F14) -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        pytest.param({"a": None, "b": "a", "c": "b"}, {"a": ("a", 0, None), "b": ("a", 1, None), "c": ("a", 2, None)}, id="a chain"),
        pytest.param({"b": "x", "c": "b"}, {"b": ("b", 0, "missing"), "c": ("b", 1, None)}, id="a parent that is not there"),
        pytest.param({"a": "a", "b": "a"}, {"a": ("a", 0, "self"), "b": ("a", 1, None)}, id="its own parent"),
        pytest.param({"a": "b", "b": "a", "c": "a"}, {n: (n, 0, "loop") for n in "abc"}, id="a circle, and one below it"),
    ],
)
def test_an_account_has_one_ultimate_parent_or_a_fault(parents: dict[str, str | None], expected: dict[str, object]) -> None:
    assert place(parents) == expected


@pytest.mark.parametrize(("depth", "fault"), [(10, None), (11, "deep")])
def test_ten_parents_are_a_company_eleven_a_fault(depth: int, fault: str | None) -> None:
    chain: dict[str, str | None] = {"0": None} | {str(i): str(i - 1) for i in range(1, depth + 1)}
    assert place(chain)[str(depth)] == ("0", depth, fault)


@settings(max_examples=100)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 40))
def test_climbing_all_at_once_is_climbing_one_by_one(seed: int, size: int) -> None:
    """The ultimate parent is where single steps lead; what never ends is a loop, and nothing else is."""
    random = Random(seed)  # noqa: S311 - a test
    names = [str(i) for i in range(size)]
    parents = {name: random.choice([None, *names]) for name in names}
    for name, (top, depth, fault) in place(parents).items():
        one, steps = name, 0
        while parents[one] not in {None, one} and steps <= size:
            one, steps = str(parents[one]), steps + 1
        assert (fault == "loop") == (steps > size)
        if fault != "loop":
            assert (top, depth, fault == "deep") == (one, steps, steps > 10)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        pytest.param("a,0,x,zz,", "KR444", id="F12"),
        pytest.param("a,0,x,a,", "KR445", id="F13 its own parent"),
        pytest.param("a,0,x,b,\nb,0,x,a,", "KR445", id="F13 a circle"),
        pytest.param("n0,0,x,,\n" + "\n".join(f"n{i},0,x,n{i - 1}," for i in range(1, 12)), "KR446", id="F14"),
        pytest.param("a,300,x,,\nb,100,x,a,\nc,200,x,a,", "KR447", id="F25"),
    ],
)
def test_faults_of_parents_are_told_and_the_accounts_decided(tmp_path: Path, rows: str, code: str) -> None:
    found = run(tmp_path, rows)
    assert set(codes(found)) == {code}
    assert found.book.refused == 0


@pytest.mark.parametrize("rows", ["a,0,x,,\nb,0,x,a,", "a,300,x,,\nb,0,x,a,", "a,0,x,,\nb,200,x,a,"])
def test_what_nearly_is_such_a_fault_is_none(tmp_path: Path, rows: str) -> None:
    assert codes(run(tmp_path, rows)) == []


def test_a_refused_parent_is_there(tmp_path: Path) -> None:
    """It stands in the file, so the account below it is not told that it does not."""
    assert codes(run(tmp_path, "a,abc,x,,\nb,1,x,a,")) == []


# --- Roll-up ----------------------------------------------------------------------------------------------------------

FAMILY = "a,300,x,,\nb,100,x,a,\nc,50.50,x,b,\nd,7,x,,"


def test_added_amounts_stand_at_the_ultimate_parent(tmp_path: Path) -> None:
    found = run(tmp_path, FAMILY, ADD)
    assert found.table.frame().select("account_id", "base").rows() == [("a", 45050), ("d", 700)]
    assert found.book.raw.frame()["base_revenue"].to_list() == ["300 + row 3, 4", "7"]
    assert found.book.aside.frame().select("row", "why", "of").rows() == [(3, "added", 2), (4, "added", 2)]
    assert (money(found)["in"], money(found)["set_aside"]) == (45750, 0)


def test_who_asks_for_an_account_below_is_told_where_it_went(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        engine.explain(run(tmp_path, FAMILY, ADD), "c")
    (finding,) = caught.value.findings
    assert (finding.code, finding.message) == (
        "KR505",
        "account 'c' was set aside: added to its ultimate parent (row 4, which row 2 stands for)",
    )


def test_amounts_that_the_parent_has_already_count_once(tmp_path: Path) -> None:
    found = run(tmp_path, FAMILY, HELD)
    assert found.table.frame().select("account_id", "base").rows() == [("a", 30000), ("d", 700)]
    assert (money(found)["in"], money(found)["set_aside"]) == (45750, 15050)
    assert codes(found) == []


def test_without_a_roll_up_every_account_stands_for_itself(tmp_path: Path) -> None:
    found = run(tmp_path, FAMILY, "roll_up: {method: none}")
    assert found.table.height == 4
    assert codes(found) == []


def test_a_run_keeps_its_roll_up(tmp_path: Path) -> None:
    found = run(tmp_path, FAMILY, ADD)
    engine.write(found, tmp_path / "run")
    again = engine.read(tmp_path / "run")
    assert (again.book.source.roll_up, tally(again)) == (replaced(found), tally(found))


def replaced(found: Run) -> object:
    """Return the roll-up as a run keeps it: without the place in the data file, which it keeps whole."""
    rule = found.book.source.roll_up
    assert rule is not None
    return type(rule)(rule.method, rule.fields)


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        pytest.param("a,300,x,,\nb,abc,x,a,\nd,7,x,,", [2, 3], id="a member whose base cannot be read"),
        pytest.param("a,-1,x,,\nb,5,x,a,\nd,7,x,,", [2, 3], id="a parent that is refused"),
        pytest.param("a,1,x,b,\nb,5,x,a,\nd,7,x,,", [2, 3], id="a circle has no top"),
        pytest.param("a,92233720368547758.07,x,,\nb,5,x,a,\nd,7,x,,", [2, 3], id="a sum past 63 bits"),
    ],
)
def test_a_family_is_refused_whole(tmp_path: Path, rows: str, refused: list[int]) -> None:
    found = run(tmp_path, rows, ADD)
    assert found.book.rejected.frame()["row"].to_list() == refused
    assert found.table.frame()["account_id"].to_list() == ["d"]
    assert {f.code for f in data_findings(found.book, found.ready.program)} & {"KR448", "KR445", "KR414", "KR422"}
    assert tally(found)["in"].rows == 3


def test_a_missing_amount_below_leaves_the_sum_missing(tmp_path: Path) -> None:
    """KR449: what is missing is not zero; the field without a gap is summed."""
    path = data(tmp_path, "a,300,900,,\nb,100,,a,\nc,5,7,,", "roll_up: {method: add, fields: [base_revenue, wallet]}")
    path.write_text(path.read_text().replace("account_name: name", "wallet: name"), encoding="utf-8")
    found = engine.run(CHECKED, path, witness=False)
    assert found.book.table.frame().select("base_revenue", "wallet").rows() == [(40000, None), (500, 700)]
    assert found.book.faults.frame().select("row", "field", "raw", "code").rows() == [(2, "wallet", "missing in row 3", "KR449")]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("roll_up: {method: add}", id="nothing to add"),
        pytest.param("roll_up: {method: add, fields: [wallet]}", id="without the base"),
        pytest.param("roll_up: {method: add, fields: [base_revenue, health_score]}", id="no money"),
        pytest.param("roll_up: {method: parent_has_all, fields: [base_revenue]}", id="fields that are not added"),
    ],
)
def test_a_roll_up_that_cannot_be_done_decides_nothing_kr442(tmp_path: Path, more: str) -> None:
    with pytest.raises(DataError) as caught:
        run(tmp_path, FAMILY, more)
    assert {finding.code for finding in caught.value.findings} == {"KR442"}


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 12), method=st.sampled_from([ADD, HELD]))
def test_a_roll_up_loses_no_row_and_no_money(seed: int, size: int, method: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the parents and the faults: each row stands in one place, and what is added up is what came in."""
    random = Random(seed)  # noqa: S311 - a test
    names = [f"n{i}" for i in range(size)]
    bases = [random.choice(["100", "0", "2.50", "abc", "-1"]) for _ in names]
    rows = "\n".join(f"{name},{base},x,{random.choice(['', 'zz', *names])}," for name, base in zip(names, bases, strict=True))
    found = run(tmp_path_factory.mktemp("rolled"), rows, method)
    numbers = [n for table in (found.table, found.book.rejected, found.book.aside) for n in table.frame()["row"].to_list()]
    assert sorted(numbers) == list(range(2, size + 2))
    readable = sum(int(float(base) * 100) for base in bases if base != "abc")
    assert tally(found)["in"].base == readable


@pytest.mark.parametrize("method", [ADD, HELD])
def test_a_family_in_several_parts_of_a_book_on_disk_rolls_up_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Where a row waits makes no difference: parents stand in one part, those below in others."""
    rows = "\n".join(f"a{i},{i}.50,x,{'' if i % 7 == 0 else f'a{i // 7 * 7}'}," for i in range(70))
    whole = run(tmp_path, rows, method)
    monkeypatch.setattr(reading, "EASY", 0)
    monkeypatch.setattr(csv_, "BLOCK", 200)
    parted = run(tmp_path, rows, method)
    assert len(parted.table.items) > 2
    for one, other in zip(tables(whole), tables(parted), strict=True):
        assert one.equals(other, null_equal=True)
    engine.write(parted, tmp_path / "run")
    assert tally(engine.read(tmp_path / "run")) == tally(whole)


def tables(found: Run) -> list[pl.DataFrame]:
    """Return what a roll-up changes."""
    book = found.book
    return [table.frame().sort("row") for table in (found.table, book.table, book.raw, book.aside, book.rejected)]
