"""DuckDB by hand: one statement, score and trail fused in one integer, ratios as doubles."""

from __future__ import annotations

import duckdb
import polars as pl
from book import AS_OF

from peers import Decision
from peers.rules import (
    CRITERIA,
    FIRED,
    GATE_BITS,
    GATES,
    NRR,
    NRR_RULE,
    STATE,
    STATE_RULES,
    TIER,
    TIER_EDGES,
    TRIGGERS,
    Test,
    fused,
    told_by_codes,
)


def _all(tests: tuple[Test, ...]) -> str:
    return " AND ".join(f"{name} {'=' if op == '==' else op} {value}" for name, op, value in tests)


def _chain(conditions: list[str], values: list[str], otherwise: str) -> str:
    choices = " ".join(f"WHEN {condition} THEN {value}" for condition, value in zip(conditions, values, strict=True))
    return f"CASE {choices} ELSE {otherwise} END"


def _bits(conditions: list[str], shift: int) -> str:
    return " + ".join(f"CASE WHEN {condition} THEN {1 << shift + i}::UBIGINT ELSE 0::UBIGINT END" for i, condition in enumerate(conditions))


def _bands() -> str:
    chains = []
    for i, (name, edges, _, _) in enumerate(CRITERIA):
        *given, last = (f"{fused(i, band)}::UBIGINT" for band in range(5))
        chains.append(_chain([f"{name} < {edge}" for edge in edges], given, last))
    return " + ".join(chains)


def _small(number: int) -> str:
    return f"{number}::UTINYINT"


GATE_TESTS = [_all((gate,)) for gate in GATES]
KEPT = "account_id, owner, revenue_current, gross_margin, growth, cts, headroom, days_to_end, days_since_qbr"
STATE_CHAIN = _chain([_all(tests) for tests in STATE_RULES], [_small(i) for i in range(5)], _small(5))
TIER_CHAIN = _chain(["NOT qualified", *(f"score >= {edge}" for edge in TIER_EDGES)], [_small(i) for i in range(4)], _small(4))
NRR_CHAIN = _chain([f"nrr_rule = {i}" for i in range(11)], [f"{nrr}::BIGINT" for nrr in NRR[:11]], f"{NRR[11]}::BIGINT")
ACTION_CHAIN = _chain([f"fired & {mask << FIRED[0]} <> 0" for mask in (0b11, 0b11100)] + ["fired <> 0"], ["1", "2", "3"], "0")
SQL = f"""
WITH derived AS (SELECT *, revenue_current / potential_spend AS share, potential_spend - revenue_current AS headroom,
    (revenue_current - revenue_prior) / revenue_prior AS growth, cost_to_serve / revenue_current AS cts,
    contract_end - DATE '{AS_OF}' AS days_to_end, DATE '{AS_OF}' - last_qbr AS days_since_qbr FROM book),
  ranked AS (SELECT {KEPT}, {_bands()} + {_bits(GATE_TESTS, GATE_BITS[0])} AS k, {" AND ".join(GATE_TESTS)} AS qualified,
    {STATE_CHAIN} AS state_rule FROM derived),
  scored AS (SELECT *, (k & 511)::USMALLINT AS score, CASE WHEN state_rule <= 2 THEN 0::UTINYINT WHEN state_rule <= 4 THEN 1::UTINYINT
    ELSE 2::UTINYINT END AS state FROM ranked),
  tiered AS (SELECT *, {TIER_CHAIN} AS tier_rule FROM scored),
  placed AS (SELECT *, CASE WHEN tier_rule = 0 THEN 4::UTINYINT ELSE tier_rule END AS tier FROM tiered),
  watched AS (SELECT *, (state * 4::UTINYINT + tier - 1::UTINYINT)::UTINYINT AS nrr_rule,
    {_bits([_all(tests) for tests in TRIGGERS], FIRED[0])} AS fired FROM placed),
  asked AS (SELECT *, {NRR_CHAIN} AS nrr FROM watched)
SELECT account_id, owner, qualified, score, tier, state, nrr, revenue_current * nrr AS target, ({ACTION_CHAIN})::UTINYINT AS action,
  k + fired + (tier_rule::UBIGINT << {TIER[0]}) + (state_rule::UBIGINT << {STATE[0]}) + (nrr_rule::UBIGINT << {NRR_RULE[0]}) AS code,
  revenue_current FROM asked"""  # noqa: S608 - its parts are figures of this benchmark


def ready(table: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """Return a database that holds the book."""
    connection = duckdb.connect()
    connection.register("given", table.to_arrow())
    connection.execute("CREATE TABLE book AS SELECT * FROM given")
    return connection


def decide(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Decide every row into a table."""
    connection.execute(f"CREATE OR REPLACE TABLE decided AS {SQL}")
    return connection


def told(connection: duckdb.DuckDBPyConnection) -> list[Decision]:
    """Return the decisions that the codes tell, held against the columns beside them."""
    columns = "account_id, qualified, score, tier, state, nrr, target, action, code, revenue_current"
    return told_by_codes(connection.sql(f"SELECT {columns} FROM decided").fetchall())  # noqa: S608
