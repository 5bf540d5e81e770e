"""durable-rules alone: kam-ref as two rulesets written by hand, one account a session, the sum of the score in Python."""

from __future__ import annotations

from typing import Any

import polars as pl
from durable import lang

from peers import Decision
from peers.rules import CRITERIA, GATES, POINTS, STATE_OF_RULE, STATE_RULES, TIER_EDGES, TRIGGERS, Test, decision, derived, rows_of, tier_of

FIRST, SECOND = "bench_accounts", "bench_tiers"
Key = tuple[str, int, int]
fired: list[Key] = []


def _one(test: Test) -> Any:  # noqa: ANN401 - the language of durable-rules is built from operators
    name, op, value = test
    field = getattr(lang.m, name)
    ways = {">=": field >= value, ">": field > value, "<=": field <= value, "<": field < value, "==": field == value}
    return ways[op]


def _all(tests: tuple[Test, ...]) -> Any:  # noqa: ANN401
    found = _one(tests[0])
    for test in tests[1:]:
        found = found & _one(test)
    return found


def _rule(key: Key, tests: tuple[Test, ...]) -> None:
    @lang.when_all(_all(tests))
    def _(_: object) -> None:
        fired.append(key)


def _lay_out() -> None:
    with lang.ruleset(FIRST):
        for i, gate in enumerate(GATES):
            _rule(("gate", i, 0), (gate,))
        for i, (name, edges, _, _) in enumerate(CRITERIA):
            for band in range(5):
                above: tuple[Test, ...] = ((name, ">=", edges[band - 1]),) if band else ()
                below: tuple[Test, ...] = ((name, "<", edges[band]),) if band < 4 else ()
                _rule(("band", i, band), above + below)
        for i, tests in enumerate(STATE_RULES):
            _rule(("state", i, 0), tests)
    with lang.ruleset(SECOND):
        top, key, core = TIER_EDGES
        _rule(("tier", 0, 0), (("qualified", "==", 0),))
        _rule(("tier", 1, 0), (("qualified", "==", 1), ("score", ">=", top)))
        _rule(("tier", 2, 0), (("qualified", "==", 1), ("score", ">=", key), ("score", "<", top)))
        _rule(("tier", 3, 0), (("qualified", "==", 1), ("score", ">=", core), ("score", "<", key)))
        _rule(("tier", 4, 0), (("qualified", "==", 1), ("score", "<", core)))
        for i, tests in enumerate(TRIGGERS):
            _rule(("trigger", i, 0), tests)


_lay_out()


def _ask(ruleset: str, fact: dict[str, Any]) -> list[Key]:
    """Assert a fact in a session of its own, take what fired, and clear the session away."""
    fired.clear()
    lang.assert_fact(ruleset, fact)
    found = list(fired)
    lang.retract_fact(ruleset, fact)
    lang.delete_state(ruleset, fact["sid"])
    return found


def ready(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Return rows."""
    return rows_of(table)


def decide(rows: list[dict[str, Any]]) -> list[Decision]:
    """Decide every row by the rules that fire."""
    found: list[Decision] = []
    for row in rows:
        fact = {**derived(row), "sid": row["account_id"]}
        gates, bands, state_rule = [False] * 3, [0] * 10, 5
        for kind, number, band in _ask(FIRST, fact):
            if kind == "gate":
                gates[number] = True
            elif kind == "band":
                bands[number] = band
            else:
                state_rule = min(state_rule, number)
        score = sum(points[band] for points, band in zip(POINTS, bands, strict=True))
        qualified = all(gates)
        tier = tier_of(next(i for i in range(5) if (not qualified if i == 0 else i == 4 or score >= TIER_EDGES[i - 1])))
        again = {**fact, "score": score, "qualified": int(qualified), "tier": tier, "state": STATE_OF_RULE[state_rule]}
        later = _ask(SECOND, again)
        tier_rule = next(number for kind, number, _ in later if kind == "tier")
        triggers = sorted(number for kind, number, _ in later if kind == "trigger")
        found.append(decision(row, tuple(gates), tuple(bands), tier_rule, state_rule, triggers))
    return found


def told(decided: list[Decision]) -> list[Decision]:
    """Return the decisions."""
    return decided
