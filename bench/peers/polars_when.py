"""Polars by hand as most would write it: a column of when and then for each rule list, put together in one integer at the end."""

from __future__ import annotations

import polars as pl
from book import AS_OF
from polars import col

from peers import Decision
from peers.polars_fused import byte, chain
from peers.rules import (
    BANDS,
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
    told_by_codes,
)


def _all(tests: tuple[Test, ...]) -> pl.Expr:
    found = _one(tests[0])
    for test in tests[1:]:
        found = found & _one(test)
    return found


def _one(test: Test) -> pl.Expr:
    name, op, value = test
    field = col(name)
    ways = {">=": field.ge, ">": field.gt, "<=": field.le, "<": field.lt, "==": field.eq}
    return (field if value else ~field) if isinstance(value, bool) else ways[op](value)


def _band(name: str, edges: tuple[float, ...]) -> pl.Expr:
    return chain([col(name) < edge for edge in edges], [byte(i) for i in range(4)], byte(4))


def plan(table: pl.LazyFrame) -> pl.LazyFrame:
    """Return the decisions of a book."""
    points = col("band0").cast(pl.Int16) * CRITERIA[0][3]
    for i, (_, _, rising, weight) in enumerate(CRITERIA[1:], start=1):
        band = col(f"band{i}").cast(pl.Int16)
        points = points + (band if rising[0] == 0 else 4 - band) * weight
    places = [(f"gate{i}", GATE_BITS[0] + i) for i in range(3)] + [(f"band{i}", BANDS[i][0]) for i in range(10)]
    places += [("tier_rule", TIER[0]), ("state_rule", STATE[0]), ("nrr_rule", NRR_RULE[0])]
    places += [(f"fired{i}", FIRED[0] + i) for i in range(8)]
    code = col("score").cast(pl.UInt64)
    for name, shift in places:
        code = code + col(name).cast(pl.UInt64) * pl.lit(1 << shift, pl.UInt64)
    hit = [col(f"fired{i}") for i in range(8)]
    action = chain([hit[0] | hit[1], hit[2] | hit[3] | hit[4], hit[5] | hit[6] | hit[7]], [byte(1), byte(2), byte(3)], byte(0))
    return (
        table.with_columns(
            share=col("revenue_current") / col("potential_spend"),
            headroom=col("potential_spend") - col("revenue_current"),
            growth=(col("revenue_current") - col("revenue_prior")) / col("revenue_prior"),
            cts=col("cost_to_serve") / col("revenue_current"),
            days_to_end=(col("contract_end") - AS_OF).dt.total_days(),
            days_since_qbr=(AS_OF - col("last_qbr")).dt.total_days(),
        )
        .with_columns(
            *(_band(name, edges).alias(f"band{i}") for i, (name, edges, _, _) in enumerate(CRITERIA)),
            *(_all((gate,)).alias(f"gate{i}") for i, gate in enumerate(GATES)),
            state_rule=chain([_all(tests) for tests in STATE_RULES], [byte(i) for i in range(5)], byte(5)),
        )
        .with_columns(
            score=points,
            qualified=col("gate0") & col("gate1") & col("gate2"),
            state=chain([col("state_rule") <= 2, col("state_rule") <= 4], [byte(0), byte(1)], byte(2)),
        )
        .with_columns(
            tier_rule=chain([~col("qualified"), *(col("score") >= edge for edge in TIER_EDGES)], [byte(i) for i in range(4)], byte(4))
        )
        .with_columns(tier=pl.when(col("tier_rule") == 0).then(byte(4)).otherwise(col("tier_rule")))
        .with_columns(nrr_rule=col("state") * 4 + col("tier") - 1, **{f"fired{i}": _all(tests) for i, tests in enumerate(TRIGGERS)})
        .with_columns(nrr=col("nrr_rule").replace_strict(list(range(12)), NRR, return_dtype=pl.Int16), action=action, code=code)
        .with_columns(target=col("revenue_current") * col("nrr"))
        .select("account_id", "owner", "qualified", "score", "tier", "state", "nrr", "target", "action", "code", "revenue_current")
    )


def ready(table: pl.DataFrame) -> pl.DataFrame:
    """Return the book as it is."""
    return table


def decide(table: pl.DataFrame) -> pl.DataFrame:
    """Decide every row."""
    return plan(table.lazy()).collect(engine="streaming")


def told(decided: pl.DataFrame) -> list[Decision]:
    """Return the decisions that the codes tell, held against the columns beside them."""
    return told_by_codes(decided.drop("owner").iter_rows())
