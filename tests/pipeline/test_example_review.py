"""The review of the resellers: two years of one book, real quarters and events, and what each review lists."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kam_rules import engine, years
from kam_rules.pipeline.check import check
from kam_rules.pipeline.remember import read
from kam_rules.reports.handbook import handbook
from tests.conftest import RESELLERS_2020, ROOT

POLICY, DATA = "examples/adventureworks/review_fy2021.yaml", "examples/adventureworks/data_review.yaml"
DAYS = dt.date(2020, 7, 31), dt.date(2020, 8, 1)


@pytest.fixture(autouse=True)
def _at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_history_is_what_the_policy_of_the_year_before_decided(tmp_path: Path) -> None:
    years.history(engine.run(*RESELLERS_2020, witness=False), tmp_path / "history.csv")
    assert read(tmp_path / "history.csv") == read(Path("examples/adventureworks/history.csv"))


def test_the_review_shows_something_of_each_kind_that_the_book_has() -> None:
    run, agenda = years.review(POLICY, DATA, top=10_000)
    counts = dict(agenda.counts)
    assert all(counts[kind] for kind in ("proposed", "held", "over_invested"))
    assert (counts["overdue"], counts["stale"]) == (0, 0)
    asked = {rule.id for rule in run.ready.program.list("triggers").rules}
    fired = {item.why.partition(":")[0] for item in agenda.items if item.kind == "proposed"} & asked
    assert {"losing_quarters", "fell_by_half"} <= fired
    assert any(item.gains for item in agenda.items)
    assert any(item.loses for item in agenda.items)


def test_a_month_and_a_day_past_the_year_every_incumbent_is_overdue() -> None:
    intime, late = (dict(years.review(POLICY, DATA, top=1, effective_on=day)[1].counts) for day in DAYS)
    assert (intime["overdue"], late["overdue"]) == (0, 701)


def test_the_handbook_says_when_tiers_change_and_what_they_give() -> None:
    """Whoever signs the policy signs this, too."""
    report = handbook(check(Path(POLICY)))
    blocks = {block.key: block for block in report.blocks}
    assert "stays at least 180 days in a tier" in str(blocks["over_time"])
    assert "First pick of new models (product management)" in str(blocks["service"])
    assert "for 3 of last 4 in quarters: gross margin is below 0 and the tier is strategic or key" in str(blocks["triggers"])
    assert {"over_time", "service"}.isdisjoint(block.key for block in handbook(check(Path(RESELLERS_2020[0]))).blocks)
