"""What keeps the contract and is odd all the same: told with rows and base, and nothing changed by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_rules import engine
from kam_rules.pipeline.check import check
from kam_rules.pipeline.oddities import oddities
from tests.conftest import ROOT, SAAS

POLICY = check(ROOT / SAAS[0])


def told(folder: Path, row: str, end: str = "") -> list[tuple[str, str]]:
    """Return what is odd of one account, `base,wallet,wallet_as_of`, owned by R-1, who left on `end`."""
    (folder / "accounts.csv").write_text(f"id,base,wallet,dated,owner\na,{row},R-1\n", encoding="utf-8")
    (folder / "reps.csv").write_text(f"rep,end\nR-1,{end}\nR-2,\n", encoding="utf-8")
    columns = "{account_id: id, base_revenue: base, wallet: wallet, wallet_as_of: dated, owner: owner}"
    (folder / "data.yaml").write_text(
        f"accounts: {{file: accounts.csv, as_of: 2026-01-31, columns: {columns}}}\n"
        "reps: {file: reps.csv, columns: {rep_id: rep, end: end}}\n",
        encoding="utf-8",
    )
    run = engine.run(POLICY, folder / "data.yaml", witness=False)
    assert run.table.height == 1
    return [(finding.code, finding.message) for finding in oddities(run.book, run.ready.program)]


@pytest.mark.parametrize(
    ("row", "end", "codes"),
    [
        pytest.param("100,200,2026-01-31", "", [], id="nothing odd"),
        pytest.param("100,200,2026-01-31", "2026-01-30", ["KR910"], id="F24 the owner left a day before"),
        pytest.param("100,200,2026-01-31", "2026-01-31", [], id="the last day is a day in the seat"),
        pytest.param("100,200,2026-02-01", "", ["KR911"], id="F27 an estimate of tomorrow"),
        pytest.param("100,200,", "", [], id="a missing day is not to come"),
        pytest.param("100,99.99,2026-01-31", "", ["KR912"], id="F30 a cent more than the wallet"),
        pytest.param("100,100,2026-01-31", "", [], id="all of the wallet"),
        pytest.param("100,,", "", [], id="a missing wallet is not 0"),
    ],
)
def test_what_is_odd_is_told_and_its_nearest_neighbour_is_not(tmp_path: Path, row: str, end: str, codes: list[str]) -> None:
    assert [code for code, _ in told(tmp_path, row, end)] == codes


def test_it_is_told_with_its_rows_and_its_base(tmp_path: Path) -> None:
    assert told(tmp_path, "100,200,2026-01-31", "2026-01-30") == [
        ("KR910", "R-1 left on 2026-01-30 and owns 1 account with 100.00 of base (row 2)")
    ]
