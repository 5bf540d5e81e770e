"""`kam-rules data check`: every failure, who is likely there twice, and who is to be asked for what."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kam_rules import intake
from kam_rules.model.run import Run
from kam_rules.pipeline import worklist
from kam_rules.pipeline.alike import likely
from kam_rules.pipeline.worklist import work_list
from tests.sources.test_intake import STARTER, data

Kam = Callable[..., Any]
LEDGER = "control_totals: {accounts: 9, source: General ledger}"


def pairs(folder: Path, names: list[str], parents: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return the ids of accounts with these names that look like one customer; ids are a, b, c."""
    above = [*parents, *[""] * len(names)]
    rows = "\n".join(f'{chr(97 + i)},{100 + i},"{name}",{above[i]},' for i, name in enumerate(names))
    found = intake.check_data(STARTER, data(folder, rows))
    return [(pair.account_id, pair.other_id) for pair in found.pairs]


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV."""
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


# --- Likely one customer (F10) ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["Dunlin Clinics", "Dunlin Clinics"], [("a", "b")], id="the same name"),
        pytest.param(["Dunlin Clinics Inc.", "DUNLIN CLINICS, LLC"], [("a", "b")], id="another legal form, other case"),
        pytest.param(["Dunlin Clinics", "Clinics, Dunlin"], [("a", "b")], id="words in another order"),
        pytest.param(["Dunlin Clinics", "Dunlim Clinics"], [("a", "b")], id="a slip of the pen"),
        pytest.param(["Xunlin Clinics", "Dunlin Clinics"], [("a", "b")], id="a slip at the start: names are compared backwards, too"),
        pytest.param(["Dunlin Clinics", "Dunlin Hotels"], [], id="one word in common"),
        pytest.param(["Dunlin Clinics", ""], [], id="no name is like no other"),
        pytest.param(["", ""], [], id="nor are two without a name"),
        pytest.param(["Inc.", "GmbH"], [], id="a legal form alone is no name"),
        pytest.param(["山田商事", "山田商事"], [("a", "b")], id="in any script"),
    ],
)
def test_nearly_the_same_name_is_listed_and_never_merged(tmp_path: Path, names: list[str], expected: list[tuple[str, str]]) -> None:
    assert pairs(tmp_path, names) == expected


def test_a_family_is_no_pair_of_strangers(tmp_path: Path) -> None:
    assert pairs(tmp_path, ["Dunlin Clinics", "Dunlin Clinics", "Dunlin Clinics"], ("", "a")) == [("b", "c"), ("a", "c")]


def test_the_same_domain_is_listed_under_any_name(tmp_path: Path) -> None:
    found = intake.check_data(STARTER, data(tmp_path, "a,1,x,,\nb,2,y,,\nc,3,z,,"))
    homes = pl.Series("domain", ["https://www.Dunlin.com/about", "dunlin.com", "other.com"])
    book = found.run.book
    with_homes = type(book.table)((book.table.frame().with_columns(homes),), (3,))
    told = likely(type(book)(**{name: getattr(book, name) for name in book.__slots__} | {"table": with_homes}), "base_revenue")
    assert [(pair.account_id, pair.other_id, pair.domain) for pair in told] == [("a", "b", "dunlin.com")]


# --- The command ------------------------------------------------------------------------------------------------------

BROKEN = "a,100,Dunlin Clinics,,ana\nb,abc,x,,ana\nc,-5,y,,\nd,200,Dunlin Clinics Ltd,,ben\ne,300,z,zz,ben"


def test_every_failure_is_told_in_every_format(tmp_path: Path, kam: Kam) -> None:
    path = data(tmp_path, BROKEN)
    text = kam("data", "check", path, "--policy", STARTER)
    assert text.code == 1
    for part in ("KR421", "KR422", "KR443", "KR444", "names 100% alike", "Who is to be asked"):
        assert part in text.out
    sheet = kam("data", "check", path, "--policy", STARTER, "--format", "csv").out
    failures = sheet.split("# failures\n")[1].split("\n\n")[0]
    assert [(row["row"], row["code"]) for row in csv.DictReader(failures.splitlines())] == [("3", "KR421"), ("4", "KR422")]
    assert "<table" in kam("data", "check", path, "--policy", STARTER, "--format", "html").out
    assert json.loads(kam("data", "check", path, "--policy", STARTER, "--format", "json").out)["groups"]


def test_data_that_keep_the_contract_end_with_0(tmp_path: Path, kam: Kam) -> None:
    assert kam("data", "check", data(tmp_path, "a,100,x,,"), "--policy", STARTER).code == 0


def test_a_ledger_that_says_something_else_is_told_beside_all_other_failures(tmp_path: Path, kam: Kam) -> None:
    said = kam("data", "check", data(tmp_path, BROKEN, LEDGER), "--policy", STARTER)
    assert said.code == 4
    assert "KR440" in said.out
    assert "KR421" in said.out


def test_the_work_list_is_one_file_an_owner_the_largest_account_first(tmp_path: Path, kam: Kam) -> None:
    rows = "a,100,x,,ana\nb,900,y,,ana\nc,abc,=1+1,,\nd,7,z,,../ben"
    said = kam("data", "check", data(tmp_path, rows), "--policy", STARTER, "--work-list", tmp_path / "ask")
    assert "wrote 3 lists" in said.err
    files = {path.name: rows_of(path) for path in (tmp_path / "ask").iterdir()}
    assert set(files) == {"ana.csv", "_ben.csv", "no-owner.csv"}
    accounts = [row["account_id"] for row in files["ana.csv"]]
    assert accounts == sorted(accounts, reverse=True)
    assert files["ana.csv"][0]["answer"] == ""
    assert "until then it is refused" in files["no-owner.csv"][0]["uses"]


def test_a_work_list_overwrites_nothing(tmp_path: Path, kam: Kam) -> None:
    (tmp_path / "ask").mkdir()
    said = kam("data", "check", data(tmp_path, "a,100,x,,"), "--policy", STARTER, "--work-list", tmp_path / "ask")
    assert (said.code, "KR501" in said.err) == (2, True)


@pytest.mark.parametrize("owner", ["=HYPERLINK(1)", "+1", "@x", "-2"])
def test_no_cell_of_a_work_list_runs_as_a_formula(tmp_path: Path, owner: str) -> None:
    """F28: what we write opens in a spreadsheet."""
    path = data(tmp_path, f'a,100,"{owner}",,{owner}')
    (file,) = intake.write_work_list(intake.check_data(STARTER, path), tmp_path / "ask")
    names = {row["account_name"] for row in rows_of(file)}
    assert names == {f"'{owner}"}


def test_an_answer_that_changes_nothing_is_not_asked_for(tmp_path: Path) -> None:
    """Only what could change a decision is on the list; what stands in a cell that cannot be read stands beside it."""
    path = data(tmp_path, "a,100,,,ana")
    path.write_text(path.read_text().replace("account_name: name", "health_score: name"), encoding="utf-8")
    (tmp_path / "accounts.csv").write_text("account_id,base_revenue,name,parent,owner\na,100,lots,,ana\n", encoding="utf-8")
    answers = {answer.field: answer.read for answer in intake.check_data(STARTER, path).answers}
    assert answers["health_score"] == "lots"
    assert "nps" not in answers


def test_accounts_that_lack_the_same_are_asked_the_same(saas: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worked out once for many is what is worked out for each."""
    once = work_list(saas)
    assert len(once) > 50
    monkeypatch.setattr(worklist, "_plain", lambda _: False)
    assert work_list(saas) == once
