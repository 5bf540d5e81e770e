"""`--flip` against trying every value: seats, a share limit, history and groups included (F: why not, confirmed by brute force)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.backends import backend
from kam_rules.model.outcome import store
from kam_rules.model.parts import whole
from kam_rules.model.past import SINCE, STREAK, TIER_BEFORE
from kam_rules.model.policy import Policy
from kam_rules.model.report import Table
from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.pipeline.anew import Decision
from kam_rules.pipeline.check import check
from kam_rules.pipeline.decide import decide
from kam_rules.pipeline.replay import replay
from kam_rules.pipeline.search import Turn
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.turn import turns
from kam_rules.reports.turns import turns as report
from tests.generators import policy_text

AS_OF = dt.date(2026, 6, 30)
CHANGES = "{{keep_within: 3 points, demote_after: {} reviews, wait_at_least: 30 days, incumbents_first: {}}}"
SHARE = '{key_tiers: [t1, t2], at_most: 40% of accounts, accounts_per_manager: 5, because: "If all are key, none is", source: Invented}'
COLLAPSE = "- {id: collapse, when: 'b < 2 and tier = \"t1\"', then: demote, timing: immediate, because: It fell}"
GATE = "- {id: open, ask: Is there any?, when: a >= 2, because: B}"
CRITERIA = """
    - {id: mix, weight: 60%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
       measure: a * b - a, if_missing: zero,
       bands: [{from: lowest, score: 0}, {from: 4, score: 40}, {from: 20, score: 100}]}
    - {id: ratio, weight: 40%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
       measure: a / b, if_missing: zero, line: {worst: 0%, best: 200%}}
    """
FIELDS = """
    base_revenue: {type: money, required: true, min: 0}
    a: {type: integer, min: 0, max: 12}
    b: {type: integer, min: 0, max: 12}
    health: {type: number}
    headroom: {type: money}
    since: {type: date}
    """
TIERS = """
    if_unknown: hold
    rules:
      - {{id: t1, when: score >= 50, capacity: {}, tie_break: [a desc]}}
      - {{id: t2, when: score >= 20, capacity: {}, tie_break: [b desc]}}
      - {{id: t3, otherwise: true}}
    """


@cache
def _policy(tiers: str, **sections: str) -> Policy:
    path = Path(mkdtemp()) / "policy.yaml"
    path.write_text(policy_text(criteria=CRITERIA, tiers=tiers, **({"fields": FIELDS} | sections)), encoding="utf-8")
    return check(path)


def _made(run: Run, name: str, value: Value) -> Decision:
    """Return tier and state of the account X with one value changed, all accounts decided anew."""
    accounts, field = run.book.table.frame(), next(field for field in run.ready.program.fields if field.name == name)
    new = pl.lit(store(value, field.decimals), accounts.schema[name])
    changed = accounts.with_columns(pl.when(pl.col("account_id") == "X").then(new).otherwise(pl.col(name)).alias(name))
    row = decide(run.ready.program, whole(changed), backend("columnar"), Spill()).frame().filter(pl.col("account_id") == "X")
    return row["tier"].cast(pl.String).item(), row["state"].cast(pl.String).item()


def _agrees(run: Run, turn: Turn, values: Iterable[Value], outcome: str | None) -> None:
    """Hold a turn against trying every one of some values around the present one."""
    now = _made(run, turn.field.name, turn.now)

    def turned(value: Value) -> bool:
        made = _made(run, turn.field.name, value)
        return made != now if outcome is None else outcome in made

    near = [(_far(value, turn.now), value) for value in values if value != turn.now and turned(value)]
    assert not turn.unsettled
    if turn.none:
        assert not near
    else:
        assert turn.decision == _made(run, turn.field.name, turn.to)
        assert turned(turn.to)
        assert all((_far(turn.to, turn.now), turn.to) <= one for one in near)


def _far(value: Value, now: Value) -> Fraction:
    """Return how far a value is from the one now, and from nought or the day of the data where that is missing."""
    if isinstance(value, dt.date):
        return Fraction(abs((value - (now if isinstance(now, dt.date) else AS_OF)).days))
    assert isinstance(value, Fraction)
    return abs(value - (now if isinstance(now, Fraction) else 0))


NUMBERS = st.one_of(st.none(), st.integers(min_value=0, max_value=12))
PAIRS = st.tuples(NUMBERS, NUMBERS)
DOMAIN = [Fraction(number) for number in range(13)]


def _row(id_: str, a: int | None, b: int | None, **more: object) -> dict[str, object]:
    return {"account_id": id_, "base_revenue": "1000", "a": a, "b": b, "health": "80", "headroom": "5", **more}


def _run(policy: Policy, rows: list[dict[str, object]], history: list[dict[str, str]]) -> Run:
    tables: Mapping[str, pl.DataFrame] = {"history": pl.DataFrame(history)} if history else {}
    return engine.run(policy, pl.DataFrame(rows, infer_schema_length=None), as_of=AS_OF, tables=tables, engine="columnar", witness=False)


def _numbers_agree(run: Run, outcome: str | None) -> None:
    found = {turn.field.name: turn for turn in turns(replay(run, "X"), outcome)}
    for name in ("a", "b"):
        _agrees(run, found[name], DOMAIN, outcome)


AIMS = st.sampled_from([None, "t1", "t2", "t3", "not_qualified", "at_risk"])
SEATS = st.tuples(st.integers(0, 2), st.integers(0, 3))


@settings(max_examples=8)
@given(own=PAIRS, others=st.lists(PAIRS, max_size=7), capacity=SEATS, outcome=AIMS)
def test_under_a_share_limit_the_smallest_change_is_the_one_that_trying_every_value_finds(
    own: tuple[int | None, int | None], others: list[tuple[int | None, int | None]], capacity: tuple[int, int], outcome: str | None
):
    rows = [_row("X", *own), *(_row(f"O{i}", *other) for i, other in enumerate(others))]
    _numbers_agree(_run(_policy(TIERS.format(*capacity), limits=SHARE, gates=GATE), rows, []), outcome)


@settings(max_examples=6)
@given(
    own=PAIRS,
    others=st.lists(st.tuples(PAIRS, st.sampled_from(["", "X", "O0"])), min_size=1, max_size=5),
    head=st.booleans(),
    capacity=SEATS,
    method=st.sampled_from(["parent", "higher"]),
    limits=st.sampled_from(["", SHARE]),
)
def test_in_a_group_the_smallest_change_is_the_one_that_trying_every_value_finds(
    own: tuple[int | None, int | None],
    others: list[tuple[tuple[int | None, int | None], str]],
    head: bool,  # noqa: FBT001 - drawn
    capacity: tuple[int, int],
    method: str,
    limits: str,
):
    told = [(f"O{i}", pair, above if i or above == "X" else "") for i, (pair, above) in enumerate(others)]
    rows = [_row("X", *own, parent="" if head or told[0][2] else "O0"), *(_row(id_, *pair, parent=above) for id_, pair, above in told)]
    tiers = TIERS.format(*capacity).replace("rules:", f"inherit: {method}\n    rules:")
    _numbers_agree(_run(_policy(tiers, limits=limits), rows, []), None)


PAST = st.tuples(st.sampled_from(["", "t1", "t2", "t3", "not_qualified"]), st.integers(0, 45), st.integers(0, 3))


def _past(id_: str, tier: str, days: int, below: int) -> list[dict[str, str]]:
    """Return the reviews of an account that holds a tier for some days, in the last of which it fell short."""
    since = AS_OF - dt.timedelta(days=days + 4)
    reviews = [since, *(since + dt.timedelta(days=1 + i) for i in range(below))] if tier else []
    return [
        {"account_id": id_, "review": str(day), "tier": tier, "since": str(since), "below": "true" if i else "false"}
        for i, day in enumerate(reviews)
    ]


@settings(max_examples=6)
@given(
    own=st.tuples(PAIRS, PAST),
    others=st.lists(st.tuples(PAIRS, PAST), max_size=5),
    capacity=SEATS,
    changes=st.tuples(st.integers(1, 3), st.sampled_from(["true", "false"])),
    limits=st.sampled_from(["", SHARE]),
    outcome=AIMS,
)
def test_with_history_the_smallest_change_is_the_one_that_trying_every_value_finds(
    own: tuple[tuple[int | None, int | None], tuple[str, int, int]],
    others: list[tuple[tuple[int | None, int | None], tuple[str, int, int]]],
    capacity: tuple[int, int],
    changes: tuple[int, str],
    limits: str,
    outcome: str | None,
):
    accounts = [("X", *own), *((f"O{i}", *other) for i, other in enumerate(others))]
    policy = _policy(TIERS.format(*capacity), limits=limits, tier_changes=CHANGES.format(*changes), triggers=COLLAPSE)
    run = _run(policy, [_row(id_, *pair) for id_, pair, _ in accounts], [row for id_, _, past in accounts for row in _past(id_, *past)])
    _numbers_agree(run, outcome)
    found = {turn.field.name: turn for turn in turns(replay(run, "X"), outcome)}
    _agrees(run, found[STREAK], DOMAIN[:6], outcome)
    _agrees(run, found[SINCE], [AS_OF + dt.timedelta(days=days) for days in (*range(-32, -28), *range(-8, 2))], outcome)
    before = found[TIER_BEFORE]
    made = {tier: _made(run, TIER_BEFORE, tier) for tier in ("t1", "t2", "t3", "not_qualified") if tier != before.now}
    now = _made(run, TIER_BEFORE, before.now)
    turned = [tier for tier, told in made.items() if (told != now if outcome is None else outcome in told)]
    assert (before.to, before.none) == (turned[0], False) if turned else before.none


def _asked(when: str) -> Turn:
    """Return the turn of `pace`, a number without limits that only a gate reads."""
    gates = f"- {{id: open, ask: Is it?, when: '{when}', because: B}}"
    policy = _policy(TIERS.format(2, 2), fields=f"{FIELDS.rstrip()}\n    pace: {{type: number}}\n", gates=gates)
    run = _run(policy, [_row("X", 5, 5, pace="8"), _row("O", 6, 6, pace="8")], [])
    return next(turn for turn in turns(replay(run, "X")) if turn.field.name == "pace")


def test_a_field_that_decides_nothing_of_an_account_is_not_read(resellers: Run):
    found = {turn.field.name: turn for turn in turns(replay(resellers, "AW00000447"))}
    assert (found["business_type"].none, found["business_type"].idle) == (True, True)
    assert (found["gross_margin"].none, found["gross_margin"].idle) == (True, False)


@pytest.mark.parametrize("account", ["AW00000001", "AW00000246", "AW00000447"])
def test_a_share_of_a_base_of_nought_is_settled(resellers: Run, account: str):
    assert not any(turn.unsettled for turn in turns(replay(resellers, account)))


@pytest.mark.parametrize(
    ("when", "to", "settled"),
    [
        pytest.param("pace * pace > 3 * pace - 3", None, True, id="true of every value: none exists"),
        pytest.param("(pace - 20) * (pace - 20) > 0", "20", True, id="one value in all"),
        pytest.param("round(pace * 3.1, 1) - round(pace * 2.9, 1) < 25", "124.5", True, id="two roundings against each other"),
        pytest.param("pace < 8.5 or pace * pace * (1 / pace) >= pace", None, False, id="true of every value, and not seen through"),
        pytest.param(
            "pace < 8.5 and (pace > 0 or pace * pace * (1 / pace) >= pace)",
            "8.5",
            True,
            id="a change this side of what is not seen through",
        ),
    ],
)
def test_a_question_is_left_open_only_where_nothing_nearer_is_found(when: str, to: str | None, *, settled: bool):
    turn = _asked(when)
    assert turn.to == (None if to is None else Fraction(to))
    assert (turn.none, turn.unsettled) == (to is None and settled, not settled)


def test_the_report_keeps_apart_what_is_proved_what_is_not_read_and_what_is_left_open(resellers: Run):
    field = next(field for field in resellers.ready.program.fields if field.name == "gross_margin")
    told = [Turn(field, Fraction(1), none=True), Turn(field, Fraction(1), none=True, idle=True), Turn(field, Fraction(1), unsettled=True)]
    rows = [row for block in report(resellers, "AW00000246", told, None).blocks if isinstance(block, Table) for row in block.rows]
    assert [row[2] for row in rows] == ["not settled", "none exists", "none exists: not read"]


@pytest.mark.parametrize(
    ("past", "name", "to"),
    [
        pytest.param(("t1", 60, 0), STREAK, Fraction(2), id="of three reviews in a row this one is the third"),
        pytest.param(("t1", 60, 1), STREAK, Fraction(2), id="one more than now"),
        pytest.param(("t1", 60, 2), STREAK, Fraction(1), id="one less, and it stays"),
        pytest.param(("t1", 0, 2), SINCE, AS_OF - dt.timedelta(days=30), id="on day 30 the wait is over"),
        pytest.param(("t1", 60, 2), SINCE, AS_OF - dt.timedelta(days=29), id="on day 29 it is not"),
        pytest.param(("t1", 60, 0), SINCE, None, id="no day makes up for reviews"),
    ],
)
def test_a_fact_of_history_turns_a_decision_on_the_count_and_on_the_day(past: tuple[str, int, int], name: str, to: Value):
    policy = _policy(TIERS.format(2, 2), tier_changes=CHANGES.format(3, "true"))
    run = _run(policy, [_row("X", 0, 0)], _past("X", *past))
    turn = next(turn for turn in turns(replay(run, "X")) if turn.field.name == name)
    assert (turn.to, turn.none) == (to, to is None)
    assert turn.none or {turn.decision[0], run.table.frame()["tier"].cast(pl.String)[0]} == {"t1", "t3"}
