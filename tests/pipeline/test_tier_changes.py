"""Tier changes: an account leaves the tier that it holds by count, waiting time and capacity, as the policy states (EX-2, EX-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine, years
from kam_rules.model.errors import DataError, DisagreementError, UsageError
from kam_rules.model.parts import whole
from kam_rules.model.policy import Policy
from kam_rules.model.run import Run
from kam_rules.pipeline.check import check
from kam_rules.pipeline.findings import run_findings
from kam_rules.reports.explanation import explanation
from tests.generators import policy_text

CHANGES = "{keep_within: 3 points, demote_after: 2 reviews, wait_at_least: 180 days, incumbents_first: true}"
NAMES = ("account_id", "points", "headroom", "willing", "health")
Row = tuple[str, str, str, str, str]
Past = Sequence[Mapping[str, str]]


@cache
def policy(changes: str = CHANGES, triggers: str = "") -> Policy:
    """Return the small policy with a gate, a bounded tier, and the changes given."""
    path = Path(mkdtemp()) / "policy.yaml"
    top = "{id: t1, when: score >= 65, capacity: 2, tie_break: [headroom desc]}"
    rules = f"if_unknown: hold\nrules:\n  - {top}\n  - {{id: t2, otherwise: true}}"
    gates = "- {id: willing, ask: Do they want to partner?, when: willing, because: b}"
    text = policy_text(tiers=rules, gates=gates, tier_changes=changes, triggers=triggers, effective="{from: 2026-02-01, to: 2027-12-31}")
    path.write_text(text, encoding="utf-8")
    return check(path)


@cache
def apart(changes: str = CHANGES, triggers: str = "") -> Policy:
    """Return the small policy with tiers whose conditions are apart."""
    path = Path(mkdtemp()) / "policy.yaml"
    days = "{from: 2026-02-01, to: 2027-12-31}"
    path.write_text(policy_text(tiers=APART, tier_changes=changes, triggers=triggers, effective=days), encoding="utf-8")
    return check(path)


def review(rows: Sequence[Row], day: str, history: Past = (), by: Policy | None = None, engine_: str = "reference") -> Run:
    """Decide accounts on a day, after what history says."""
    table = [dict(zip(NAMES, row, strict=True)) | {"base_revenue": "100"} for row in rows]
    tables = {"history": pl.DataFrame(history)} if history else {}
    on = dt.date.fromisoformat(day)
    return engine.run(by or policy(), pl.DataFrame(table), as_of=on, tables=tables, engine=engine_, witness=engine_ != "reference")


def one(score: str, *, willing: str = "true", health: str = "60", id_: str = "D") -> Row:
    """Return an account of a score."""
    return (id_, score, "1", willing, health)


def decided(run: Run) -> dict[str, dict[str, Any]]:
    """Return the row of each account."""
    return {row["account_id"]: row for row in run.table.frame().iter_rows(named=True)}


def seats(run: Run) -> dict[str, tuple[str | None, str]]:
    """Return tier and reason of each account."""
    return {id_: (row["tier"], row["seat"]) for id_, row in decided(run).items()}


def held(tier: str, since: str, review_: str = "", below: str = "", id_: str = "D", score: str = "") -> dict[str, str]:
    """Return one row of history."""
    return {"account_id": id_, "review": review_ or since, "tier": tier, "since": since, "below": below, "score": score}


# --- EX-2: capacity, ties, and who holds a seat already -----------------------------------------------------------------

EX2 = [
    ("A", "71.5", "1000000", "true", "60"),
    ("B", "71.5", "2000000", "true", "60"),
    ("C", "69", "1", "true", "60"),
    ("D", "63", "1", "true", "60"),
    ("E", "80", "1", "", "60"),
]
WAITED = [held("t1", "2025-08-01")]


@pytest.mark.parametrize("by", ["reference", "columnar", "durable"])
def test_ex_2_an_incumbent_first_keeps_its_seat_within_the_buffer(by: str) -> None:
    assert seats(review(EX2, "2026-08-01", WAITED, engine_=by)) == {
        "A": ("t2", "capacity"),
        "B": ("t1", "seated"),
        "C": ("t2", "capacity"),
        "D": ("t1", "kept"),
        "E": ("not_qualified", "not_qualified"),
    }


NOT_FIRST = CHANGES.replace("true", "false").replace("2 reviews", "1 review")
"""EX-2 names no count: whom capacity displaces goes at once."""


def test_ex_2_where_incumbents_are_not_first_the_weaker_one_is_displaced() -> None:
    found = seats(review(EX2, "2026-08-01", WAITED, policy(NOT_FIRST)))
    assert [found[id_] for id_ in "ABCD"] == [("t1", "seated"), ("t1", "seated"), ("t2", "capacity"), ("t2", "capacity")]


def test_ex_2_inside_its_waiting_time_an_incumbent_is_held_before_all_others() -> None:
    found = seats(review(EX2, "2026-08-01", [held("t1", "2026-06-01")], policy(NOT_FIRST)))
    assert [found[id_] for id_ in "ABD"] == [("t2", "capacity"), ("t1", "seated"), ("t1", "held_waiting")]


def test_held_accounts_alone_exceed_the_capacity_and_that_is_a_finding() -> None:
    rows = [one("10", id_=id_) for id_ in "XYZ"]
    run = review(rows, "2026-08-01", [held("t1", "2026-06-01", id_=id_) for id_ in "XYZ"])
    assert set(seats(run).values()) == {("t1", "held_waiting")}
    assert "KR571" in {finding.code for finding in run_findings(run)}
    fewer = review(rows[:2], "2026-08-01", [held("t1", "2026-06-01", id_=id_) for id_ in "XY"])
    assert "KR571" not in {finding.code for finding in run_findings(fewer)}


# --- EX-7, to the day ---------------------------------------------------------------------------------------------------

PROMOTED = held("t1", "2026-02-01", below="false", score="66")
MAY = held("t1", "2026-02-01", "2026-05-01", below="true", score="61")


@pytest.mark.parametrize(
    ("day", "score", "history", "outcome"),
    [
        pytest.param("2026-05-01", "61", [PROMOTED], ("t1", "held_waiting", 1), id="breach 1 on day 89 holds"),
        pytest.param("2026-08-01", "60", [PROMOTED, MAY], ("t2", "open", 2), id="breach 2 on day 181 moves"),
        pytest.param("2026-07-31", "60", [PROMOTED, MAY], ("t2", "open", 2), id="day 180 counts"),
        pytest.param("2026-07-30", "60", [PROMOTED, MAY], ("t1", "held_waiting", 2), id="day 179 does not"),
        pytest.param("2026-08-01", "62", [PROMOTED, MAY], ("t1", "kept", 0), id="62.0 is no breach"),
        pytest.param("2026-08-01", "61.99", [PROMOTED, MAY], ("t2", "open", 2), id="61.99 is one"),
        pytest.param("2026-08-01", "60", [PROMOTED], ("t1", "held_count", 1), id="one breach is not two"),
        pytest.param("2026-08-01", "", [PROMOTED, MAY], ("t1", "held_undecided", 1), id="a missing score holds, and the count stands"),
    ],
)
@pytest.mark.parametrize("told", [True, False], ids=["said by the review", "told from the score"])
def test_ex_7_to_the_day(day: str, score: str, history: list[dict[str, str]], outcome: tuple[str, str, int], *, told: bool) -> None:
    rows = history if told else [row | {"below": ""} for row in history]
    row = decided(review([one(score)], day, rows))["D"]
    assert (row["tier"], row["seat"], row["below_for"]) == outcome
    assert str(row["since"]) == ("2026-02-01" if row["tier"] == "t1" else day)


EMERGENCY = "- {id: collapse, when: health < 30, then: demote, timing: immediate, because: No time for a review}"


def test_ex_7_an_emergency_passes_count_and_waiting_time_and_says_so() -> None:
    run = review([one("66", health="29")], "2026-05-01", [PROMOTED], policy(triggers=EMERGENCY))
    assert seats(run)["D"] == ("t2", "immediate")
    assert "triggers.immediate" in {rules["id"] for rules in engine.explain(run, "D")["lists"]}
    assert seats(review([one("66", health="30")], "2026-05-01", [PROMOTED], policy(triggers=EMERGENCY)))["D"] == ("t1", "seated")


def test_an_immediate_trigger_is_asked_of_the_tier_held_before() -> None:
    asked = policy(triggers=EMERGENCY.replace("health < 30", 'health < 30 and tier = "t1"'))
    assert seats(review([one("66", health="29")], "2026-05-01", [PROMOTED], asked, "durable"))["D"] == ("t2", "immediate")
    assert seats(review([one("66", health="29")], "2026-05-01", by=asked))["D"] == ("t1", "seated")


APART = """
    if_unknown: hold
    rules:
      - {id: t0, when: headroom >= 100, capacity: 0}
      - {id: t1, when: score >= 65, capacity: 1}
      - {id: t2, otherwise: true}
"""
"""Tiers whose conditions are apart: who asks for the upper one may not meet the lower one."""


@pytest.mark.parametrize(
    ("below", "outcome"),
    [
        pytest.param("false", ("t1", "held_count", 1), id="the first review below holds it"),
        pytest.param("true", ("t2", "capacity", 2), id="the second lets it fall"),
    ],
)
@pytest.mark.parametrize("by", ["reference", "columnar", "durable"])
def test_who_asks_for_more_and_finds_no_seat_falls_no_sooner_for_it(below: str, outcome: tuple[str, str, int], by: str) -> None:
    found = decided(review([("D", "50", "100", "true", "60")], "2026-08-01", [held("t1", "2025-08-01", below=below)], apart(), by))["D"]
    assert (found["tier"], found["seat"], found["below_for"]) == outcome


def test_where_no_seat_is_given_by_score_the_explanation_names_no_score() -> None:
    trail = engine.explain(review([("D", "50", "100", "true", "60")], "2026-08-01", by=apart()), "D")
    told = [line.strip() for block in explanation(trail).blocks for line in getattr(block, "lines", ())]
    assert told.count("none of its seats was given by score") == 1


def test_a_promotion_that_finds_no_seat_is_no_demotion_inside_the_waiting_time() -> None:
    """`promote` passes the waiting time on the way up; the days still hold the account where it is."""
    rise = "- {id: rise, when: health > 90, then: promote, timing: immediate, because: No time for a review}"
    changes = CHANGES.replace("2 reviews", "1 review")
    past = [held("t1", "2026-06-01"), held("t1", "2025-06-01", id_="E")]
    rows = [("D", "66", "100", "true", "95"), ("E", "70", "1", "true", "60")]
    found = seats(review(rows, "2026-08-01", past, apart(changes, rise)))
    assert found == {"D": ("t1", "held_waiting"), "E": ("t2", "capacity")}


# --- Gates, promotions, policies that change ------------------------------------------------------------------------------


def test_an_unanswered_gate_holds_an_incumbent_and_a_no_counts_as_below() -> None:
    old = [held("t1", "2025-01-01", below="true")]
    assert seats(review([one("80", willing="")], "2026-08-01", old))["D"] == ("t1", "held_gate")
    assert seats(review([one("80", willing="false")], "2026-08-01", old))["D"] == ("not_qualified", "not_qualified")
    assert seats(review([one("80", willing="false")], "2026-08-01", [held("t1", "2025-01-01")]))["D"] == ("t1", "held_count")


def test_a_promotion_waits_too_and_who_never_held_a_tier_does_not() -> None:
    assert seats(review([one("80")], "2026-08-01", [held("t2", "2026-06-01")]))["D"] == ("t2", "held_waiting")
    assert seats(review([one("80")], "2026-08-01", [held("t2", "2026-01-01")]))["D"] == ("t1", "seated")
    never = [held("not_qualified", "2026-07-01")]
    assert seats(review([one("80")], "2026-08-01", never))["D"] == ("t1", "seated")
    fallen = [held("t1", "2025-01-01"), held("not_qualified", "2026-07-01")]
    assert seats(review([one("80")], "2026-08-01", fallen))["D"] == ("not_qualified", "held_waiting")


def test_a_policy_change_in_mid_wait_keeps_the_reviews_and_asks_its_own_count_and_days() -> None:
    history = [PROMOTED, MAY]
    shorter = policy(CHANGES.replace("180", "30").replace("2 reviews", "1 review"))
    longer = policy(CHANGES.replace("180", "400"))
    assert seats(review([one("60")], "2026-06-01", history, shorter))["D"] == ("t2", "open")
    assert seats(review([one("60")], "2026-08-01", history, longer))["D"] == ("t1", "held_waiting")


def test_a_tier_that_the_policy_no_longer_has_is_told_and_starts_afresh() -> None:
    run = review([one("80")], "2026-08-01", [held("gold", "2026-07-01")])
    assert seats(run)["D"] == ("t1", "seated")
    assert "KR472" in {finding.code for finding in run_findings(run)}


def test_history_is_what_was_known_before_the_day() -> None:
    run = review([one("60")], "2026-07-01", [PROMOTED, held("t2", "2026-08-01", score="60")])
    assert seats(run)["D"][0] == "t1"
    assert "KR471" in {finding.code for finding in run_findings(run)}
    assert "KR570" in {finding.code for finding in run_findings(review([one("60")], "2026-07-01"))}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        pytest.param([held("t1", "2026-02-01"), held("t2", "2026-02-01")], "has a review of 2026-02-01 in row", id="one review twice"),
        pytest.param([held("t1", "2026-03-01", "2026-02-01")], "cannot hold 't1' since 2026-03-01", id="since after its review"),
        pytest.param([held("t1", "2026-02-01"), held("t2", "2026-01-15", "2026-05-01")], "has it in 't1' on 2026-02-01", id="two at once"),
        pytest.param(
            [held("t1", "2026-01-01", "2026-02-01"), held("t1", "2026-02-01", "2026-05-01")], "since 2026-01-01 in row", id="two sinces"
        ),
    ],
)
def test_kr470_a_history_that_contradicts_itself_decides_nothing(rows: list[dict[str, str]], words: str) -> None:
    with pytest.raises(DataError, match=words):
        review([one("60")], "2026-08-01", rows)


def test_kr470_its_nearest_neighbour_passes() -> None:
    review([one("60")], "2026-08-01", [held("t1", "2026-02-01"), held("t2", "2026-02-02", "2026-05-01")])


# --- What always holds ----------------------------------------------------------------------------------------------------

SCORES = st.integers(0, 100).map(str)
BOOK = st.lists(st.tuples(SCORES, st.sampled_from(["", "t1", "t2"]), st.integers(0, 300), st.booleans()), min_size=1, max_size=7)
Drawn = list[tuple[str, str, int, bool]]
DAY = dt.date(2026, 12, 1)


def drawn(book: Drawn) -> tuple[list[Row], list[dict[str, str]]]:
    """Return accounts and their history."""
    rows = [one(score, id_=f"a{i}") for i, (score, *_) in enumerate(book)]
    past = [
        held(tier, str(DAY - dt.timedelta(days=days + 1)), below=str(below).lower(), id_=f"a{i}")
        for i, (_, tier, days, below) in enumerate(book)
        if tier
    ]
    return rows, past


@pytest.mark.parametrize("score", ["61", "62", "64.99", "65"])
def test_patience_holds_whom_capacity_leaves_without_a_seat_as_it_holds_whom_the_score_does(score: str) -> None:
    """Two accounts that wait fill both seats; a third of the tier is held for one review, below its edge or above."""
    past = [held("t1", "2025-06-01", id_="D"), *(held("t1", "2026-11-30", id_=id_) for id_ in ("X", "Y"))]
    rows = [one(score), one("0", id_="X"), one("0", id_="Y")]
    found = decided(review(rows, "2026-12-01", past))["D"]
    assert (found["tier"], found["seat"], found["below_for"]) == ("t1", "held_count", 1)
    counted = [*past, held("t1", "2025-06-01", "2026-11-30", "true", score=score)]
    assert decided(review(rows, "2026-12-01", counted))["D"]["tier"] == "t2"


@settings(max_examples=40)
@given(BOOK, st.integers(0, 6), st.integers(1, 60))
def test_raising_a_score_never_lowers_a_tier(book: Drawn, which: int, more: int) -> None:
    rows, past = drawn(book)
    which %= len(rows)
    id_, score, *rest = rows[which]
    raised = [*rows[:which], (id_, str(min(100, int(score) + more)), *rest), *rows[which + 1 :]]
    before, after = (seats(review(found, str(DAY), past))[id_][0] for found in (rows, raised))  # type: ignore[arg-type]
    assert (before, after) != ("t1", "t2")


@settings(max_examples=40)
@given(BOOK, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_decision(book: Drawn, random: Any) -> None:
    rows, past = drawn(book)
    shuffled, mixed = random.sample(rows, len(rows)), random.sample(past, len(past))
    assert seats(review(rows, str(DAY), past)) == seats(review(shuffled, str(DAY), mixed))


@settings(max_examples=25)
@given(st.lists(st.tuples(SCORES, SCORES, SCORES, st.integers(1, 120)), min_size=2, max_size=6))
def test_no_sequence_of_reviews_moves_an_account_twice_within_its_waiting_time(sequence: list[tuple[str, str, str, int]]) -> None:
    history: list[dict[str, str]] = []
    moves: dict[str, list[dt.date]] = {}
    day = dt.date(2026, 2, 1)
    for *scores, gap in sequence:
        rows = [one(score, id_=f"a{i}") for i, score in enumerate(scores)]
        for id_, row in decided(review(rows, str(day), history)).items():
            last = [past["tier"] for past in history if past["account_id"] == id_]
            if last and last[-1] != row["tier"]:
                moves.setdefault(id_, []).append(day)
            below = "" if row["below_for"] is None else str(row["below_for"] > 0).lower()
            history.append(held(row["tier"], str(row["since"]), str(day), below, id_))
        day += dt.timedelta(days=gap)
    for days in moves.values():
        assert all((later - earlier).days >= 180 for earlier, later in pairwise(days))


@settings(max_examples=15)
@given(BOOK)
def test_the_three_engines_decide_alike(book: Drawn) -> None:
    rows, past = drawn(book)
    by = policy(triggers=EMERGENCY)
    found = [seats(review(rows, str(DAY), past, by, name)) for name in ("reference", "columnar", "durable")]
    assert found[0] == found[1] == found[2]


# --- A run becomes history ------------------------------------------------------------------------------------------------


def test_a_run_is_kept_as_history_once_and_never_overwritten(tmp_path: Path) -> None:
    """What the next run reads is what this one decided; another decision of the same day is KR473."""
    file = tmp_path / "history.csv"
    first = review([one("80"), one("60", id_="E")], "2026-02-01")
    assert [years.history(first, file), years.history(first, file)] == [2, 0]
    kept = pl.read_csv(file, infer_schema=False)
    assert kept.select("account_id", "review", "tier", "since").rows() == [
        ("D", "2026-02-01", "t1", "2026-02-01"),
        ("E", "2026-02-01", "t2", "2026-02-01"),
    ]
    second = review([one("60"), one("80", id_="E")], "2026-05-01", kept.to_dicts())
    assert seats(second) == {"D": ("t1", "held_waiting"), "E": ("t2", "held_waiting")}
    assert years.history(second, file) == 2
    before = file.read_bytes()
    with pytest.raises(DataError, match="KR473 D has a review of 2026-05-01 already: state mature, not at_risk"):
        years.history(review([one("60", health="10"), one("80", id_="E")], "2026-05-01", kept.to_dicts()), file)
    assert file.read_bytes() == before


def test_what_a_person_filled_in_stands_when_the_run_is_added_again(tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    run = review([one("80")], "2026-02-01")
    years.history(run, file)
    file.write_text(file.read_text().replace("80.00,,,,", "80.00,,A sponsor,true,accept"))
    assert years.history(run, file) == 0
    assert "A sponsor" in file.read_text()


def test_kr572_a_file_that_is_no_history_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("account_id,revenue\nD,1\n")
    with pytest.raises(UsageError, match="KR572"):
        years.history(review([one("80")], "2026-02-01"), file)
    assert file.read_text() == "account_id,revenue\nD,1\n"


@pytest.mark.parametrize("name", ["history.xlsx", "history.parquet", "history"])
def test_kr572_a_history_is_never_written_under_the_name_of_another_kind_of_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="KR572 a history is a CSV file") as error:
        years.history(review([one("80")], "2026-02-01"), tmp_path / name)
    assert error.value.findings[0].fix.startswith("name it history.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_ending_in_capitals_is_the_same_ending(tmp_path: Path) -> None:
    assert years.history(review([one("80")], "2026-02-01"), tmp_path / "HISTORY.CSV") == 1


@pytest.mark.parametrize(("text", "why"), [(None, "is a directory"), (b"\xa6", "not UTF-8")], ids=["a folder", "another encoding"])
def test_kr401_a_history_that_cannot_be_read_is_told_in_words(tmp_path: Path, text: bytes | None, why: str) -> None:
    file = tmp_path / "history.csv"
    file.mkdir() if text is None else file.write_bytes(text)
    with pytest.raises(UsageError, match=f"KR401.*{why}$|KR401.*{why}\n"):
        years.history(review([one("80")], "2026-02-01"), file)


def test_a_record_in_which_a_held_account_has_left_its_tier_is_not_explained() -> None:
    run = review([one("60")], "2026-06-01", [PROMOTED, MAY])
    assert decided(run)["D"]["seat"] in {"held_waiting", "held_count"}
    forged = run.table.frame().with_columns(tier=pl.lit("t2").cast(run.table.frame()["tier"].dtype))
    with pytest.raises(DisagreementError, match="D: its recorded seat does not follow"):
        engine.explain(replace(run, table=whole(forged)), "D")
