"""Triggers with windows over quarters and events: how many rows, of which days, with what missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.model.errors import DataError
from kam_rules.model.policy import Policy
from kam_rules.model.run import Run
from kam_rules.pipeline.check import check
from kam_rules.pipeline.findings import run_findings
from kam_rules.pipeline.tabulate import decisions
from kam_rules.windows import way, ways
from tests.generators import data_text, policy_text

DAY = dt.date(2026, 1, 31)
TABLES = "quarters: {margin: ratio, revenue: money}\nevents: {event: {type: category, values: [dormant, drop]}}"
ENDS = ("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31")


@cache
def policy(trigger: str) -> Policy:
    """Return the small policy with one trigger."""
    path = Path(mkdtemp()) / "policy.yaml"
    path.write_text(policy_text(tables=TABLES, triggers=f"- {{id: it, {trigger}, then: review, because: b}}"), encoding="utf-8")
    return check(path)


def asked(trigger: str, rows: Sequence[tuple[str, ...]], table: str = "quarters", by: str = "reference") -> Run:
    """Decide accounts A and B by a policy with one trigger."""
    columns = ("account_id", "date", "margin") if table == "quarters" else ("account_id", "date", "event")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    accounts = pl.DataFrame({"account_id": ["A", "B"], "base_revenue": ["100", "100"], "points": ["70", "10"], "health": ["60", "60"]})
    return engine.run(policy(trigger), accounts, as_of=DAY, tables={table: frame}, engine=by, witness=by != "reference")


def truth(run: Run, account: str = "A") -> bool | None:
    """Return what the trigger is for an account."""
    (found,) = [rules for rules in engine.explain(run, account)["lists"] if rules["id"] == "triggers"]
    return True if found["fired"] else None if found["unknown"] else False


def quarters(*margins: str, account: str = "A") -> list[tuple[str, ...]]:
    """Return the latest quarters of an account, the last one given being the latest."""
    return [(account, day, margin) for day, margin in zip(ENDS[-len(margins) :], margins, strict=True)]


TWO = "watch: quarters, when: margin < 0%, for: 2 consecutive"
THREE = "watch: quarters, when: margin < 0%, for: 3 of last 4"


@pytest.mark.parametrize(
    ("trigger", "margins", "wanted"),
    [
        pytest.param(TWO, ("-0.01", "-0.01"), True, id="both"),
        pytest.param(TWO, ("-0.01", "0"), False, id="the latest is on the edge"),
        pytest.param(TWO, ("-0.01", "-0.01", "0.01", "-0.01"), False, id="not in a row"),
        pytest.param(TWO, ("0.01", "-0.01", "-0.01"), True, id="only the latest two count"),
        pytest.param(TWO, ("-0.01", ""), None, id="missing is unknown"),
        pytest.param(TWO, ("0.01", ""), False, id="one fails: the missing one cannot help"),
        pytest.param(TWO, ("-0.01",), False, id="one quarter is not two"),
        pytest.param(THREE, ("-0.01", "0.01", "-0.01", "-0.01"), True, id="three of four"),
        pytest.param(THREE, ("-0.01", "0.01", "0.01", "-0.01"), False, id="two of four"),
        pytest.param(THREE, ("-0.01", "", "0.01", "-0.01"), None, id="two, and one unknown"),
        pytest.param(THREE, ("-0.01", "-0.01", "-0.01", ""), True, id="three, whatever the fourth is"),
        pytest.param("watch: quarters, when: margin < 0%, at_least: 2", ("-0.01", "0.01", "-0.01"), True, id="of all on record"),
        pytest.param("watch: quarters, when: margin < 0%, within: 31 days", ("-0.01",), True, id="31 days ago, inclusive"),
        pytest.param("watch: quarters, when: margin < 0%, within: 30 days", ("-0.01",), False, id="30 days do not reach"),
        pytest.param("watch: quarters, when: margin < 0%, within: 200 days, at_least: 2", ("-0.01", "-0.01"), True, id="two within"),
    ],
)
def test_quarters(trigger: str, margins: tuple[str, ...], wanted: bool | None) -> None:  # noqa: FBT001 - the truth is the point
    run = asked(trigger, quarters(*margins))
    assert truth(run) is wanted
    assert (engine.explain(run, "A")["watched"][0]["truth"]) is wanted


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        pytest.param("2025-08-04", True, id="180 days ago"),
        pytest.param("2025-08-03", False, id="181"),
        pytest.param("2026-02-01", False, id="later"),
    ],
)
def test_events_within_days(day: str, wanted: bool) -> None:  # noqa: FBT001 - the truth is the point
    run = asked("watch: events, when: 'event = \"dormant\"', within: 180 days", [("A", day, "dormant")], "events")
    assert truth(run) is wanted
    assert truth(run, "B") is False
    assert ("KR476" in {finding.code for finding in run_findings(run)}) is (day > str(DAY))


def test_what_is_of_the_account_stands_after_and() -> None:
    trigger = 'watch: quarters, when: margin < 0% and tier = "t2", for: 1 consecutive'
    run = asked(
        trigger.replace("when: margin", "when: 'margin").replace('"t2",', '"t2"\','), [*quarters("-1"), *quarters("-1", account="B")]
    )
    assert [truth(run, account) for account in "AB"] == [False, True]


def test_a_quarter_without_a_row_is_zero_where_the_data_file_says_so() -> None:
    rows = [("A", ENDS[-1], "1"), ("B", ENDS[-2], "1")]
    run = asked("watch: quarters, when: margin <= 0%, for: 1 consecutive", rows)
    assert [truth(run, account) for account in "AB"] == [False, True]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        pytest.param([("A", ENDS[0], "1"), ("A", ENDS[0], "2")], "A has this quarter in row 2 already", id="doubled"),
        pytest.param([("A", ENDS[0], "1"), ("A", ENDS[2], "1")], "a quarter before 2025-09-30 missing for every account", id="missing"),
        pytest.param([("A", ENDS[0], "1"), ("A", "2025-05-31", "1")], "no whole number of quarters", id="out of step"),
    ],
)
def test_kr475_quarters_that_cannot_be_counted_decide_nothing(rows: list[tuple[str, ...]], words: str) -> None:
    with pytest.raises(DataError, match=words):
        asked(TWO, rows)


def test_kr475_an_absent_quarter_is_a_fault_where_the_data_file_says_so(tmp_path: Path) -> None:
    """Its nearest neighbour has the row, or says zero."""
    (tmp_path / "accounts.csv").write_text("account_id,base_revenue,points,health\nA,100,70,60\n")
    text = data_text(["account_id", "base_revenue", "points", "health"], "", as_of=str(DAY))
    table = "quarters:\n  file: q.csv\n  absent_rows: {}\n  columns: {{account_id: a, date: d, margin: {{column: m, unit: percent}}}}\n"
    (tmp_path / "q.csv").write_text(f"a,d,m\nA,{ENDS[0]},-1\nA,{ENDS[2]},-1\nB,{ENDS[1]},1\nB,{ENDS[2]},1\n")
    data = tmp_path / "data.yaml"
    data.write_text(text + table.format("fault"))
    with pytest.raises(DataError, match="A has 2 of 3 quarters since"):
        engine.run(policy(TWO), data)
    data.write_text(text + table.format("zero"))
    assert truth(engine.run(policy(TWO), data)) is False


def test_an_event_of_a_type_that_is_not_declared_is_named() -> None:
    with pytest.raises(DataError, match="not one of: dormant, drop"):
        asked("watch: events, when: 'event = \"dormant\"', within: 180 days", [("A", "2026-01-01", "dormnt")], "events")


def test_without_the_table_the_trigger_is_unknown_and_the_run_says_so() -> None:
    accounts = pl.DataFrame({"account_id": ["A"], "base_revenue": ["100"], "points": ["70"], "health": ["60"]})
    run = engine.run(policy(TWO), accounts, as_of=DAY, witness=False)
    assert truth(run) is None
    assert "KR477" in {finding.code for finding in run_findings(run)}


def test_a_watched_column_without_any_value_is_told() -> None:
    assert "KR480" in {finding.code for finding in run_findings(asked(TWO, quarters("", "")))}
    assert "KR480" not in {finding.code for finding in run_findings(asked(TWO, quarters("", "1")))}


def test_quarters_that_end_long_before_the_data_are_told() -> None:
    assert "KR478" in {finding.code for finding in run_findings(asked(TWO, [("A", ENDS[0], "1")]))}
    assert "KR478" not in {finding.code for finding in run_findings(asked(TWO, [("A", ENDS[3], "1")]))}


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["-1", "0", "1", ""]), min_size=4, max_size=4), st.integers(1, 4), st.integers(0, 3))
def test_a_window_counts_and_the_engines_agree(margins: list[str], least: int, more: int) -> None:
    """Enough true rows make it true; it is unknown where unknown rows could still make them up."""
    most = min(4, least + more)
    trigger = f"watch: quarters, when: margin < 0%, for: {least} of last {most}"
    last = margins[-most:]
    true, unknown = last.count("-1"), last.count("")
    wanted = True if true >= least else None if true + unknown >= least else False
    runs = [asked(trigger, quarters(*margins), by=by) for by in ("reference", "columnar", "durable")]
    assert truth(runs[0]) is wanted
    tables = [decisions(run, run.table.frame()).select("account_id", "action", "triggers").rows() for run in runs]
    assert tables[0] == tables[1] == tables[2]


@pytest.mark.parametrize("name", ways())
def test_every_window_has_a_page_and_a_sample_that_it_reads(name: str) -> None:
    found = way(name)
    key, _, text = found.SAMPLE.partition(": ")
    assert key == found.KEY
    assert "Example:" in (found.__doc__ or "")
    trigger = f"watch: quarters, when: margin < 0%, {found.SAMPLE}"
    assert policy(trigger).program.watches[0].text == f"{key} {text}"
