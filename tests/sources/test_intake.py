"""What rows mean together: none is lost, in number or in money, and they add up to what the ledger of record says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.model.errors import DataError
from kam_rules.pipeline.check import check
from kam_rules.pipeline.tally import count, money, tally
from tests.conftest import ROOT

STARTER = ROOT / "kam_rules" / "starter" / "policy.yaml"
CHECKED = check(STARTER)
HEAD = "account_id,base_revenue,name,parent,owner"
SOURCE = 'source: "General ledger, closed 2026-07-08"'


def data(folder: Path, rows: str, more: str = "", columns: str = "") -> Path:
    """Write accounts and a data file that maps them; `more` stands under `accounts`."""
    (folder / "accounts.csv").write_text(f"{HEAD}\n{rows}\n", encoding="utf-8")
    lines = "".join(f"  {line}\n" for line in more.splitlines())
    mapped = "{account_id: account_id, base_revenue: base_revenue, account_name: name, parent: parent, owner: owner" + columns + "}"
    text = f"accounts:\n  file: accounts.csv\n  as_of: 2026-06-30\n  columns: {mapped}\n{lines}"
    (folder / "data.yaml").write_text(text, encoding="utf-8")
    return folder / "data.yaml"


def controlled(folder: Path, rows: str, totals: str) -> list[tuple[str, str]]:
    """Return what is said where the control totals do not agree; nothing where they do."""
    try:
        engine.run(CHECKED, data(folder, rows, f"control_totals: {{{totals}, {SOURCE}}}"), witness=False)
    except DataError as error:
        return [(found.code, found.message) for found in error.findings]
    return []


# --- Every row is somewhere, in number and in money -------------------------------------------------------------------

CELLS = st.sampled_from(["100", "100.01", "0", "-5", "", "N/A", "abc", "NaN", "1e400", "99999999999"])
ROWS = st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", "", " a "]), CELLS, st.sampled_from(["", "x"])), min_size=1, max_size=12)


@settings(max_examples=60)
@given(rows=ROWS, blanks=st.integers(0, 3))
def test_what_comes_in_is_decided_undecided_refused_or_set_aside(rows: list[tuple[str, str, str]], blanks: int) -> None:
    """In = decided + undecided + refused + set aside, in number and in money, and each row stands in exactly one of them."""
    lines = [f"{id_},{base},{name},," for id_, base, name in rows] + [",,,,"] * blanks
    with TemporaryDirectory() as folder:
        path = data(Path(folder), "\n".join(lines))
        try:
            run = engine.run(CHECKED, path, witness=False)
        except DataError as error:
            assert {found.code for found in error.findings} <= {"KR403", "KR406"}  # noqa: PT017 - no usable row at all
            return
        parts, sums = tally(run), money(run)
        assert parts["in"].rows == len(lines) == sum(parts[name].rows for name in ("decided", "undecided", "refused", "set_aside"))
        assert sums["in"] == sum(sums[name] for name in ("decided", "undecided", "refused", "set_aside"))
        numbers = [n for table in (run.table, run.book.rejected, run.book.aside) for n in table.frame()["row"].to_list()]
        assert sorted(numbers) == list(range(2, len(lines) + 2))


def test_every_row_that_is_not_decided_has_its_reason_and_its_base(tmp_path: Path) -> None:
    """A refused amount counts as it stands there, though the contract does not allow it; a copy names the row it copies."""
    run = engine.run(CHECKED, data(tmp_path, "a,100.50,x,,\na,100.50,x,,\nb,-7,x,,\nc,abc,x,,\n,,,,\nd,1,x,,\nd,2,x,,"), witness=False)
    out = [(4, "b", -700, "KR422"), (5, "c", None, "KR421"), (7, "d", 100, "KR412"), (8, "d", 200, "KR412")]
    assert run.book.rejected.frame().select("row", "account_id", "base", "codes").rows() == out
    assert run.book.aside.frame().select("row", "why", "base", "of").rows() == [(3, "copy", 10050, 2), (6, "blank", None, None)]
    assert count(run) | {"decided": 0, "undecided": 0} == {
        "rows": 7,
        "decided": 0,
        "undecided": 0,
        "refused": 4,
        "set_aside": 2,
        "blank": 1,
        "copy": 1,
        "total": 0,
        "footer": 0,
        "added": 0,
        "held": 0,
    }
    assert (money(run)["in"], money(run)["refused"], money(run)["refused_without"]) == (19700, -400, 1)


def test_rows_out_of_the_decisions_are_files_of_the_run(tmp_path: Path) -> None:
    run = engine.run(CHECKED, data(tmp_path, "a,100,x,,\na,100,x,,\nb,,x,,"), witness=False)
    engine.write(run, tmp_path / "run")
    assert (tmp_path / "run" / "set_aside.csv").read_text() == (
        "row,account_id,base_revenue,what,of,text,total,policy_status\n3,a,100.00,an exact copy of another row,2,,,draft\n"
    )
    assert (tmp_path / "run" / "refused.csv").read_text() == "row,account_id,base_revenue,codes,policy_status\n4,b,,KR413,draft\n"
    body = json.loads((tmp_path / "run" / "manifest.json").read_text())["run"]
    assert (body["counts"]["rows"], body["base"]["in"], body["base"]["set_aside"]) == (3, 20000, 10000)
    assert engine.read(tmp_path / "run").book.aside.frame().equals(run.book.aside.frame())


def test_the_summary_says_what_became_of_the_rows(tmp_path: Path, kam: Callable[..., Any]) -> None:
    said = kam("run", STARTER, data(tmp_path, "a,100,x,,\na,100,x,,\nb,,x,,"), "--out", tmp_path / "run", "--no-witness")
    assert "    KR413 a required value is missing" in said.out
    assert "    an exact copy of another row" in said.out


# --- Control totals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("totals", "codes"),
    [
        pytest.param("accounts: 2, base_revenue: 300", [], id="both agree"),
        pytest.param("accounts: 3", ["KR440"], id="one account fewer than the ledger has"),
        pytest.param("accounts: 1", ["KR440"], id="one more"),
        pytest.param("base_revenue: 300.01", ["KR440"], id="a cent less, and no tolerance"),
        pytest.param("base_revenue: 320, tolerance: 6.25%", [], id="on the tolerance is within it"),
        pytest.param("base_revenue: 320.01, tolerance: 6.25%", ["KR440"], id="a cent past it"),
        pytest.param("base_revenue: 0, tolerance: 100%", ["KR440"], id="a share of nothing is nothing"),
        pytest.param("accounts: 5, base_revenue: 1", ["KR440", "KR440"], id="both are told"),
    ],
)
def test_accounts_that_differ_from_the_ledger_of_record_end_the_run(tmp_path: Path, totals: str, codes: list[str]) -> None:
    assert [code for code, _ in controlled(tmp_path, "a,100,x,,\nb,200,x,,\nb,200,x,,", totals)] == codes


def test_a_difference_says_what_may_explain_it(tmp_path: Path) -> None:
    ((code, message),) = controlled(tmp_path, "a,100,x,,\na,100,x,,\nb,-20,x,,\nc,abc,x,,", "base_revenue: 180")
    assert code == "KR440"
    assert message == (
        "accounts.csv brings a base of 80.00; General ledger, closed 2026-07-08 says 180.00: 100.00 less, past the tolerance of 0%; "
        "refused rows with -20.00 are counted: 2, their base cannot be read: 1, copies with 100.00 are not: 1"
    )


def test_control_totals_without_a_total_control_nothing_kr441(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        engine.run(CHECKED, data(tmp_path, "a,100,x,,", "control_totals: {source: General ledger}"), witness=False)
    assert [found.code for found in caught.value.findings] == ["KR441"]


def test_a_run_keeps_the_ledger_the_day_and_the_query_of_its_extract(tmp_path: Path) -> None:
    more = f"known_at: 2026-07-02\nextract: Report 00O4, all accounts\ncontrol_totals: {{accounts: 1, base_revenue: 100.00, {SOURCE}}}"
    run = engine.run(CHECKED, data(tmp_path, "a,100,x,,", more), witness=False)
    engine.write(run, tmp_path / "run")
    body = json.loads((tmp_path / "run" / "manifest.json").read_text())["run"]
    told = body["data"]["accounts"]
    assert (body["known_at"], told["extract"]) == ("2026-07-02", "Report 00O4, all accounts")
    assert told["control_totals"] == {
        "source": "General ledger, closed 2026-07-08",
        "accounts": 1,
        "base": "100",
        "tolerance": "0%",
        "found_accounts": 1,
        "found_base": "100",
    }
    assert engine.read(tmp_path / "run").book.source.controls is not None
