"""datalogic-py (JsonLogic, Rust within): three rules an account, compiled once; the sum of the score in Python."""

from __future__ import annotations

from typing import Any

import datalogic_py
import polars as pl

from peers import Decision
from peers.rules import CRITERIA, GATES, POINTS, STATE_OF_RULE, STATE_RULES, TIER_EDGES, TRIGGERS, Test, decision, derived, rows_of, tier_of

Logic = Any


def _all(tests: tuple[Test, ...]) -> Logic:
    found = [{op: [{"var": name}, value]} for name, op, value in tests]
    return found[0] if len(found) == 1 else {"and": found}


def _chain(choices: list[tuple[Logic, Logic]], otherwise: Logic) -> Logic:
    return {"if": [part for choice in choices for part in choice] + [otherwise]}


BANDS = [_chain([({"<": [{"var": name}, edge]}, i) for i, edge in enumerate(edges)], 4) for name, edges, _, _ in CRITERIA]
FIRST = [*(_all((gate,)) for gate in GATES), *BANDS, _chain([(_all(tests), i) for i, tests in enumerate(STATE_RULES)], 5)]
TIER = _chain([({"!": {"var": "qualified"}}, 0), *(({">=": [{"var": "score"}, edge]}, i) for i, edge in enumerate(TIER_EDGES, start=1))], 4)
LAST = [_all(tests) for tests in TRIGGERS]


def ready(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Return rows."""
    return rows_of(table)


def decide(rows: list[dict[str, Any]]) -> list[Decision]:
    """Decide every row."""
    engine = datalogic_py.Engine()
    first, tier, last = (engine.compile(rule) for rule in (FIRST, TIER, LAST))
    ask = engine.session().evaluate
    found: list[Decision] = []
    for row in rows:
        facts = derived(row)
        gate1, gate2, gate3, *bands, state_rule = ask(first, facts)
        facts["score"] = sum(points[band] for points, band in zip(POINTS, bands, strict=True))
        facts["qualified"] = gate1 and gate2 and gate3
        tier_rule = ask(tier, facts)
        facts["tier"], facts["state"] = tier_of(tier_rule), STATE_OF_RULE[state_rule]
        fired = [i for i, hit in enumerate(ask(last, facts)) if hit]
        found.append(decision(row, (gate1, gate2, gate3), tuple(bands), tier_rule, state_rule, fired))
    return found


def told(decided: list[Decision]) -> list[Decision]:
    """Return the decisions."""
    return decided
