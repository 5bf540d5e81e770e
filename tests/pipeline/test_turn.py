"""`--flip` and `--why-not`: what keeps an account where it is, and the smallest change that moves it (F: why not)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.model.errors import UsageError
from kam_rules.model.run import Run
from kam_rules.pipeline.replay import replay
from kam_rules.pipeline.turn import turns
from tests.conftest import Said
from tests.generators import outcomes, run_case

NUMBERS = st.integers(min_value=0, max_value=12)


def _sections(capacity: int) -> dict[str, str]:
    return {
        "fields": """
            base_revenue: {type: money, required: true, min: 0}
            a: {type: integer, min: 0, max: 12}
            b: {type: integer, min: 0, max: 12}
            health: {type: number}
            headroom: {type: money}
            since: {type: date}
            """,
        "criteria": """
            - {id: mix, weight: 60%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
               measure: a * b - a, if_missing: zero,
               bands: [{from: lowest, score: 0}, {from: 4, score: 40}, {from: 20, score: 100}]}
            - {id: ratio, weight: 40%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
               measure: a / b, if_missing: zero, line: {worst: 0%, best: 200%}}
            """,
        "tiers": f"""
            if_unknown: hold
            rules:
              - {{id: t1, when: score >= 50, capacity: {capacity}, tie_break: [a desc]}}
              - {{id: t2, when: score >= 20}}
              - {{id: t3, otherwise: true}}
            """,
    }


def _row(id_: str, a: int, b: int) -> dict[str, object]:
    return {"account_id": id_, "base_revenue": 1000, "a": a, "b": b, "health": 80, "headroom": 5}


def _told(folder: Path, rows: list[dict[str, object]], capacity: int) -> dict[str, tuple[object, object]]:
    run = run_case(folder, rows, as_of="2026-01-31", effective_on=None, sets=None, by="columnar", **_sections(capacity))
    return {name: (found["tier"], found["state"]) for name, found in outcomes(run).items()}


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(own=st.tuples(NUMBERS, NUMBERS), others=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=4), capacity=st.integers(0, 3))
def test_the_smallest_change_is_the_one_that_trying_every_value_finds(own: tuple[int, int], others: list[tuple[int, int]], capacity: int):
    rows = [_row("X", *own), *(_row(f"O{i}", *other) for i, other in enumerate(others))]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        run = run_case(folder, rows, as_of="2026-01-31", effective_on=None, sets=None, by="columnar", **_sections(capacity))
        found = {turn.field.name: turn for turn in turns(replay(run, "X"))}
        now = _told(folder, rows, capacity)["X"]
        for name in ("a", "b"):
            start = int(str(rows[0][name]))
            made = {value: _told(folder, [rows[0] | {name: value}, *rows[1:]], capacity)["X"] for value in range(13) if value != start}
            flips = sorted((abs(value - start), value) for value, told in made.items() if told != now)
            turn = found[name]
            assert turn.none == (not flips)
            if flips:
                assert turn.to == Fraction(flips[0][1])
                assert turn.decision == made[flips[0][1]]


def test_one_unit_before_the_smallest_change_nothing_turns(saas: Run):
    turn = next(t for t in turns(replay(saas, "ACC-1001"), "at_risk") if t.field.name == "health_score")
    assert (turn.to, turn.decision[1]) == (Fraction(49999999, 1000000), "at_risk")


def test_what_no_value_of_a_field_can_give_is_said_so(saas: Run):
    found = {turn.field.name: turn for turn in turns(replay(saas, "ACC-1001"), "lapsed")}
    assert found["nps"].none


def test_an_outcome_that_the_policy_does_not_know_is_told_with_those_it_knows(saas: Run):
    with pytest.raises(UsageError) as error:
        turns(replay(saas, "ACC-1001"), "keyy")
    assert [(f.code, f.fix) for f in error.value.findings] == [("KR580", "did you mean 'key'?")]


def test_why_not_tells_the_condition_that_failed_and_how_far_off_it_was(saas: Run, tmp_path: Path, kam: Callable[..., Said]):
    folder = engine.write(saas, tmp_path / "run")
    said = kam("explain", folder, "ACC-1002", "--why-not", "key")
    assert said.code == 0
    assert "score >= 60: it is 43.16, off by 16.84" in said.out
    assert "nothing stands in the way" in kam("explain", folder, "ACC-1001", "--why-not", "key").out
    assert kam("explain", folder, "ACC-1001", "--why-not", "bogus").code == 2


def test_why_not_without_a_name_tells_it_of_every_other_tier_and_state(saas: Run, tmp_path: Path, kam: Callable[..., Said]):
    """What the policy writes first, in its order; then what is built in."""
    folder = engine.write(saas, tmp_path / "run")
    said = kam("explain", folder, "ACC-1007", "--why-not")
    others = [line.removeprefix("Why not ") for line in said.out.splitlines() if line.startswith("Why not ")]
    assert others == ["strategic", "core", "at_risk", "mature", "not_qualified", "lapsed", "prospect"]
    assert "holds, but others come first within its 4 seats: 4 are taken" in said.out
    assert "days_to_renewal <= 90: it is 154, off by 64" in said.out
    assert "is not reached: rule strategic above it decided" in said.out
    assert "Every gate is passed." in said.out
    for name in others:
        assert kam("explain", folder, "ACC-1007", "--why-not", name).out.splitlines()[3] in said.out


def test_who_fails_a_gate_is_told_so_for_every_tier(saas: Run, tmp_path: Path, kam: Callable[..., Said]):
    folder = engine.write(saas, tmp_path / "run")
    said = kam("explain", folder, "ACC-1006", "--why-not").out
    assert "Why not not_qualified" not in said
    for tier in ("strategic", "key", "core"):
        told = said.split(f"Why not {tier}\n")[1].split("\n\n")[0]
        assert "gate willingness is failed: willing" in told


def test_the_two_questions_are_asked_one_at_a_time(tmp_path: Path, kam: Callable[..., Said]):
    assert kam("explain", tmp_path, "ACC-1001", "--why-not", "key", "--flip").code == 2
