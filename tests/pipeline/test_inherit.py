"""Tier inheritance: an office, however small, is served as its group is (R 4.10: headquarters in Japan, an office in the US)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.model.errors import DisagreementError
from kam_rules.model.parts import whole
from kam_rules.model.run import Run
from kam_rules.reports.explanation import explanation
from tests.generators import policy_text

TIERS = """
    if_unknown: hold
    inherit: {}
    rules:
      - {{id: t1, when: score >= 65, capacity: 2}}
      - {{id: t2, when: score >= 40}}
      - {{id: t3, otherwise: true}}
"""


def seated(*rows: tuple[str, str, str], method: str = "parent", by: str = "reference") -> Run:
    """Decide accounts of an id, a parent and a score."""
    path = Path(mkdtemp()) / "policy.yaml"
    path.write_text(policy_text(tiers=TIERS.format(method)), encoding="utf-8")
    columns = [{"account_id": id_, "parent": parent, "points": score, "base_revenue": "100", "health": "60"} for id_, parent, score in rows]
    return engine.run(path, pl.DataFrame(columns), as_of=dt.date(2026, 1, 31), engine=by, witness=by != "reference")


def tiers(run: Run) -> dict[str, tuple[str | None, str]]:
    """Return tier and reason of each account."""
    return {row["account_id"]: (row["tier"], row["seat"]) for row in run.table.frame().iter_rows(named=True)}


JAPAN = (("TOKYO", "", "80"), ("BOSTON", "OSAKA", "5"), ("OSAKA", "TOKYO", "50"), ("OTHER", "", "70"), ("THIRD", "", "66"))


@pytest.mark.parametrize("by", ["reference", "columnar", "durable"])
def test_a_small_office_has_the_tier_of_its_headquarters_and_takes_no_seat(by: str) -> None:
    run = seated(*JAPAN, by=by)
    assert tiers(run) == {
        "TOKYO": ("t1", "seated"),
        "BOSTON": ("t1", "inherited"),
        "OSAKA": ("t1", "inherited"),
        "OTHER": ("t1", "seated"),
        "THIRD": ("t2", "capacity"),
    }
    trail = engine.explain(run, "BOSTON")
    assert trail["seat"]["head"] == "TOKYO"
    assert any("TOKYO stands at the head" in line for block in explanation(trail).blocks for line in getattr(block, "lines", ()))


@pytest.mark.parametrize(
    ("method", "head", "office", "wanted"),
    [
        pytest.param("parent", "10", "80", ("t3", "inherited"), id="the head decides, even downwards"),
        pytest.param("higher", "10", "80", ("t1", "seated"), id="its own, where that is higher"),
        pytest.param("higher", "80", "50", ("t1", "inherited"), id="the head's, where that is higher"),
        pytest.param("higher", "50", "45", ("t2", "open"), id="the same: its own"),
        pytest.param("parent", "", "80", (None, "inherited"), id="an undecided head leaves its group undecided"),
    ],
)
def test_the_method_is_declared(method: str, head: str, office: str, wanted: tuple[str | None, str]) -> None:
    assert tiers(seated(("HEAD", "", head), ("OFFICE", "HEAD", office), method=method))["OFFICE"] == wanted


def test_a_parent_outside_the_book_ends_the_chain() -> None:
    assert tiers(seated(("A", "ELSEWHERE", "80")))["A"] == ("t1", "seated")


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("A", "A", "80"), ("B", "", "10")], id="its own parent"),
        pytest.param([("A", "B", "80"), ("B", "A", "10")], id="a circle"),
    ],
)
def test_in_a_chain_that_cannot_be_followed_each_stands_for_itself(rows: list[tuple[str, str, str]]) -> None:
    """The data findings name it; nobody inherits from a circle."""
    assert tiers(seated(*rows)) == {"A": ("t1", "seated"), "B": ("t3", "open")}


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 9)), min_size=1, max_size=8), st.sampled_from(["parent", "higher"]))
def test_row_order_changes_no_tier_and_nobody_is_below_its_head(drawn: list[tuple[int, int]], method: str) -> None:
    rows = [(f"a{i}", f"a{up}" if up < i else "", str(score)) for i, (score, up) in enumerate(drawn)]
    found = tiers(seated(*rows, method=method))
    assert found == tiers(seated(*reversed(rows), method=method))
    for id_, parent, _ in rows:
        head, seen = parent, {a: b for a, b, _ in rows}
        while seen.get(head):
            head = seen[head]
        if head:
            assert str(found[id_][0]) <= str(found[head][0])


def test_a_record_in_which_a_member_has_another_tier_than_its_head_is_not_explained() -> None:
    run, tier = seated(*JAPAN), pl.col("tier")
    forged = pl.when(pl.col("account_id") == "BOSTON").then(pl.lit("t2").cast(run.table.frame()["tier"].dtype)).otherwise(tier)
    with pytest.raises(DisagreementError, match="BOSTON: its recorded seat does not follow"):
        engine.explain(replace(run, table=whole(run.table.frame().with_columns(tier=forged))), "BOSTON")
