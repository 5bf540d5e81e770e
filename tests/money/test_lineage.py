"""Customers that merged, split or were acquired: the cohort is restated by the base that went over, and sums stay what they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam_rules.model.errors import DataError
from kam_rules.model.quota import TOTAL
from kam_rules.model.run import Run
from kam_rules.pipeline.judge import Judged, judge
from kam_rules.reports.year_end import year_end
from tests.money.book import policy, run
from tests.money.test_year_commands import ACTUAL, CLUB, Rows, actuals, file


@pytest.fixture(scope="module")
def ex5() -> Run:
    """Return EX-5: A1 1,200,000, A2 800,000, A3 500,000, B1 1,500,000, B2 700,000, B3 300,000."""
    return run(policy(year_end=CLUB))


def judged(folder: Path, ex5: Run, ended: Mapping[str, int], moves: Rows) -> Judged:
    """Judge the year by what each account brought, with its lineage."""
    path = actuals(folder, [{"account_id": id_, "actual": amount} for id_, amount in ended.items()])
    beside = file(folder, "lineage", moves)
    path.write_text(path.read_text() + beside.read_text())
    return judge(ex5, path)


def ends(found: Judged) -> dict[str, int]:
    """Return what each account of the cohort came to, in whole currency."""
    return {id_: end // 100 for id_, end in found.outcome.accounts.select("account_id", "end").iter_rows()}


def move(predecessor: str, successor: str, base: object, kind: str = "merged") -> dict[str, object]:
    """Return one row of lineage."""
    return {"predecessor": predecessor, "successor": successor, "kind": kind, "base": base}


def without(*ids: str, **more: int) -> dict[str, int]:
    """Return EX-11's actuals without some accounts, and with others."""
    return {id_: amount for id_, amount in ACTUAL.items() if id_ not in ids} | more


def test_two_that_merge_share_what_they_bring_by_their_base(tmp_path: Path, ex5: Run) -> None:
    """A2 (800,000) goes into A1 (1,200,000), which brings 2,500,000: 60% is A1's, 40% A2's; nobody is lost or new."""
    found = judged(tmp_path, ex5, without("A2", A1=2500000), [move("A2", "A1", 800000)])
    assert (ends(found)["A1"], ends(found)["A2"]) == (1500000, 1000000)
    assert (found.outcome.lost, found.outcome.new, found.outcome.restated) == (0, 0, (1, 80000000))


def test_one_that_splits_ends_as_its_parts(tmp_path: Path, ex5: Run) -> None:
    """A1 splits into N1 and N2, which no run knows: both are A1's, and neither is new business."""
    ended = without("A1", N1=900000, N2=650000)
    found = judged(tmp_path, ex5, ended, [move("A1", "N1", 700000, "split"), move("A1", "N2", 500000, "split")])
    assert ends(found)["A1"] == 1550000
    assert found.outcome.new == 0


def test_one_that_keeps_a_part_ends_as_both(tmp_path: Path, ex5: Run) -> None:
    found = judged(tmp_path, ex5, without(N1=300000, A1=1000000), [move("A1", "N1", 200000, "split")])
    assert ends(found)["A1"] == 1300000


def test_without_its_lineage_a_merged_customer_reads_as_lost(tmp_path: Path, ex5: Run) -> None:
    """What the table is for: the same year, not restated, ends with a fault."""
    path = actuals(tmp_path, [{"account_id": id_, "actual": amount} for id_, amount in without("A2", A1=2500000).items()])
    with pytest.raises(DataError) as caught:
        judge(ex5, path)
    assert [finding.code for finding in caught.value.findings] == ["KR458"]


def test_the_report_says_who_went_over(tmp_path: Path, ex5: Run) -> None:
    found = judged(tmp_path, ex5, without("A2", A1=2500000), [move("A2", "A1", 800000)])
    facts = dict(year_end(ex5, found).blocks[0].pairs)  # type: ignore[union-attr]
    assert facts["merged, split or acquired"] == "1 of them went into others with 800,000.00 of base, and what it became"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=st.integers(1, 80000000), end=st.integers(0, 10**10))
def test_restating_moves_money_and_makes_none(tmp_path_factory: pytest.TempPathFactory, ex5: Run, base: int, end: int) -> None:
    """Net retention of the whole is Σ end / Σ start, whoever went into whom; only between accounts does it move."""
    ended = without(A1=end)
    moves = [move("A2", "A1", f"{base // 100}.{base % 100:02}")]
    found = judged(tmp_path_factory.mktemp("moved"), ex5, ended, moves)
    whole = found.retention[TOTAL][TOTAL]
    assert (whole.start, whole.end) == (500000000, sum(ended.values()) * 100)


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        pytest.param([move("Z9", "A1", 1)], "KR900", id="a predecessor that the run does not know"),
        pytest.param([move("A2", "A1", 800000.01)], "KR901", id="a cent more than its base"),
        pytest.param([move("A2", "N1", 500000), move("A2", "N2", 400000)], "KR901", id="more than its base in two parts"),
        pytest.param([move("A2", "A1", 1), move("A1", "B1", 1)], "KR902", id="two steps"),
        pytest.param([move("A2", "A2", 1)], "KR902", id="into itself"),
        pytest.param([move("A2", "A1", 1), move("A2", "A1", 2)], "KR902", id="one successor twice"),
        pytest.param([move("A2", "A1", 799999.99)], "KR903", id="a cent is left, and no row for it"),
        pytest.param([move("A2", "A1", -1)], "KR422", id="a base below zero"),
        pytest.param([move("A2", "A1", None)], "KR413", id="no base"),
        pytest.param([move("A2", "A1", 1, "bought")], "KR424", id="a kind that is none"),
    ],
)
def test_lineage_at_fault_judges_nothing(tmp_path: Path, ex5: Run, moves: Rows, code: str) -> None:
    ended = without("A2") if code == "KR903" else ACTUAL
    with pytest.raises(DataError) as caught:
        judged(tmp_path, ex5, ended, moves)
    assert code in [finding.code for finding in caught.value.findings]
