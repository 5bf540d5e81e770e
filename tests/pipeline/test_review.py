"""The review: what it lists, by money at stake, and the record that comes back as history (R 0.14, 1.4, 1.13, 2.5, 2.8, 2.9, 4.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest

from kam_rules import engine, years
from kam_rules.model.errors import DataError
from kam_rules.model.review import Agenda
from kam_rules.pipeline.review import review
from tests.generators import data_text, policy_text

FIELDS = """
    base_revenue: {type: money, required: true, min: 0}
    points: {type: number}
    health: {type: number}
    headroom: {type: money}
    since: {type: date}
    our_view: {type: rating, scale: [1, 5]}
    their_view: {type: rating, scale: [1, 5]}
    calibrated: {type: date}
"""
CHANGES = "{keep_within: 3 points, demote_after: 2 reviews, wait_at_least: 180 days, incumbents_first: true}"
SERVICE = """
    contribution: base_revenue
    over: 150%
    entitlements:
      first_access: {is: First access, by: product}
      manager: {is: A manager of its own, by: sales}
    tiers:
      t1: {entitlements: [first_access, manager], people: 0.5, hours: 400, money: 30000}
      t2: {entitlements: [manager], people: 0.1, money: 1000}
"""
CALIBRATION = "{ours: our_view, theirs: their_view, on: calibrated, valid_for: 12 months, needed_for: [t1]}"
TRIGGER = "- {id: gone, when: health < 30, then: demote, because: Silence precedes loss}"
COLUMNS = ("account_id", "base_revenue", "points", "health", "our_view", "their_view", "calibrated")
FRESH = ("4", "5", "2026-01-01")
Row = tuple[str, ...]


def project(folder: Path, rows: Sequence[Row], history: str = "", *, as_of: str = "2026-08-01", **sections: str) -> tuple[Path, Path]:
    """Write a policy with all that a review looks at, its accounts, and their history."""
    told = {"tier_changes": CHANGES, "service": SERVICE, "calibration": CALIBRATION, "triggers": TRIGGER}
    told |= {"reassess": "{every: 12 months, overdue_after: 30 days}", "limits": "{key_tiers: [t1]}"}
    text = policy_text(fields=FIELDS, effective="{from: 2026-02-01, to: 2027-12-31}", **(told | sections))
    (folder / "policy.yaml").write_text(text, encoding="utf-8")
    (folder / "accounts.csv").write_text("\n".join(",".join(row) for row in (COLUMNS, *rows)) + "\n", encoding="utf-8")
    names = ("account_id", "review", "tier", "since", "below", "needs", "resources_in_place", "outcome")
    beside = f"history:\n  file: history.csv\n  columns: {{{', '.join(f'{name}: {name}' for name in names)}}}\n" if history else ""
    if history:
        (folder / "history.csv").write_text(f"{','.join(names)}\n{history}", encoding="utf-8")
    (folder / "data.yaml").write_text(data_text(COLUMNS, "", as_of=as_of) + beside, encoding="utf-8")
    return folder / "policy.yaml", folder / "data.yaml"


def told(agenda: Agenda, kind: str) -> dict[str, str]:
    """Return what the agenda says of each account under a kind."""
    return {item.account_id: item.what for item in agenda.items if item.kind == kind}


def one(score: str, *views: str, id_: str = "A", base: str = "1000", health: str = "60") -> Row:
    """Return an account."""
    return (id_, base, score, health, *(views or FRESH))


def test_it_lists_moves_with_what_is_gained_and_lost(tmp_path: Path) -> None:
    rows = [one("80"), one("10", id_="B", base="900"), one("63", id_="C", base="800")]
    history = "A,2025-12-01,t2,2025-01-01,,,,\nB,2025-12-01,t1,2025-01-01,true,,,\nC,2025-12-01,t1,2026-07-01,false,,,\n"
    history = history.replace("C,2025-12-01", "C,2026-07-01")
    _, agenda = years.review(*project(tmp_path, rows, history))
    assert told(agenda, "proposed") == {"A": "t2 → t1", "B": "t1 → t2"}
    up, down = (item for item in agenda.items if item.kind == "proposed")
    assert (up.gains, up.loses, down.gains, down.loses) == (("first_access",), (), (), ("first_access",))


def test_it_lists_who_is_held_and_why(tmp_path: Path) -> None:
    rows = [one("10"), one("10", id_="B"), one("10", id_="C")]
    history = "A,2026-07-01,t1,2026-07-01,,,,\nB,2026-01-01,t1,2025-01-01,false,,,\nC,2026-01-01,t1,2025-01-01,true,,,\n"
    _, agenda = years.review(*project(tmp_path, rows, history))
    why = {item.account_id: item.why for item in agenda.items if item.kind == "held"}
    assert why == {"A": "31 of 180 days in its tier", "B": "without a seat of its own in 1 of 2 reviews in a row"}


@pytest.mark.parametrize(
    ("last", "late"),
    [
        pytest.param("2025-07-01", "31 days overdue", id="a year and 31 days"),
        pytest.param("2025-07-02", None, id="30 days of grace are not over"),
    ],
)
def test_it_lists_who_is_overdue_past_the_grace(tmp_path: Path, last: str, late: str | None) -> None:
    _, agenda = years.review(*project(tmp_path, [one("80")], f"A,{last},t1,2025-01-01,,,,\n"))
    assert told(agenda, "overdue").get("A") == late


@pytest.mark.parametrize(
    ("small", "listed"),
    [
        pytest.param("5000", False, id="half of the money on a third of the contribution: exactly 150%"),
        pytest.param("4999", True, id="a little less contribution"),
        pytest.param("0", True, id="none at all"),
    ],
)
def test_over_invested_is_a_share_against_a_share(tmp_path: Path, small: str, listed: bool) -> None:  # noqa: FBT001 - the point
    rows = [one("80", base="10000"), one("80", id_="B", base=small)]
    _, agenda = years.review(*project(tmp_path, rows))
    assert ("B" in told(agenda, "over_invested")) is listed
    assert "A" not in told(agenda, "over_invested")


@pytest.mark.parametrize(
    ("views", "tier"),
    [
        pytest.param(("4", "5", "2025-08-02"), "t1", id="within twelve months"),
        pytest.param(("4", "5", "2025-08-01"), "t2", id="the twelfth month is complete"),
        pytest.param(("4", "", "2026-01-01"), "t2", id="the customer was not asked"),
        pytest.param(("4", "5", ""), "t2", id="no day"),
        pytest.param(("4", "5", "2026-08-02"), "t2", id="a day to come"),
    ],
)
@pytest.mark.parametrize("by", ["reference", "columnar", "durable"])
def test_a_tier_that_needs_a_calibration_is_not_reached_without(tmp_path: Path, views: Row, tier: str, by: str) -> None:
    policy, data = project(tmp_path, [one("80", *views)])
    assert engine.run(policy, data, engine=by).table.frame()["tier"].to_list() == [tier]


def test_a_held_account_with_an_old_calibration_is_listed(tmp_path: Path) -> None:
    rows = [one("80", "4", "5", "2025-01-01"), one("80", id_="B")]
    _, agenda = years.review(*project(tmp_path, rows, "A,2026-07-01,t1,2026-07-01,,,,\nB,2026-07-01,t1,2026-07-01,,,,\n"))
    assert set(told(agenda, "stale")) == {"A"}


def test_triggers_propose_and_move_nobody(tmp_path: Path) -> None:
    run, agenda = years.review(*project(tmp_path, [one("80", health="20")]))
    assert told(agenda, "proposed") == {"A": "demote: t1 → t2"}
    assert run.table.frame()["tier"].to_list() == ["t1"]


def test_a_meeting_takes_no_more_than_it_can_by_money_at_stake(tmp_path: Path) -> None:
    rows = [one("80", id_=f"A{i}", base=str(1000 + i), health="20") for i in range(9)]
    run, agenda = years.review(*project(tmp_path, rows), top=3)
    assert [item.account_id for item in agenda.items] == ["A8", "A7", "A6"]
    assert dict(agenda.counts)["proposed"] == 9
    assert review(run, 3) == agenda


def test_what_could_not_be_looked_at_is_said(tmp_path: Path) -> None:
    policy, data = project(tmp_path, [one("80")], tier_changes="", service="", calibration="", reassess="")
    assert len(years.review(policy, data)[1].left_out) == 4
    assert len(years.review(*project(tmp_path, [one("80")]))[1].left_out) == 2


def test_a_record_is_filled_in_and_comes_back_as_history(tmp_path: Path) -> None:
    """What the review wrote down stands in the trail of the next run; what it says is never overwritten."""
    policy, data = project(tmp_path, [one("80", health="20")])
    run, agenda = years.review(policy, data)
    record, history = years.review_record(run, agenda, tmp_path / "record.csv"), tmp_path / "kept.csv"
    record.write_text(record.read_text().replace("80.00,false,,,", "80.00,,,,").replace("80.00,,,,", "80.00,,A sponsor,true,postpone"))
    assert [years.history(run, history), years.history(record, history), years.history(record, history)] == [1, 1, 0]
    (tmp_path / "history.csv").write_text(history.read_text())
    columns = "account_id: account_id, review: review, tier: tier, needs: needs, resources_in_place: resources_in_place, outcome: outcome"
    data.write_text(data.read_text().replace("2026-08-01", "2026-11-01") + f"history:\n  file: history.csv\n  columns: {{{columns}}}\n")
    (review_,) = engine.explain(engine.run(policy, data), "A")["seat"]["change"]["reviews"]
    assert (review_["needs"], review_["resources_in_place"], review_["outcome"]) == ("A sponsor", True, "postpone")
    record.write_text(record.read_text().replace("A sponsor", "A discount"))
    with pytest.raises(DataError, match="KR473"):
        years.history(record, history)


def test_the_day_of_the_decision_is_that_of_the_review(tmp_path: Path) -> None:
    policy, data = project(tmp_path, [one("10")], "A,2026-02-01,t1,2026-02-01,true,,,\n")
    found = years.review(policy, data, effective_on=dt.date(2026, 7, 30))[1]
    assert told(found, "held") == {"A": "held in t1"}
    assert told(years.review(policy, data, effective_on=dt.date(2026, 7, 31))[1], "held") == {}
