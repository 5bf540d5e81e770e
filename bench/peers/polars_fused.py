"""Polars by hand: score and trail fused in one integer, ratios as doubles."""

from __future__ import annotations

import datetime as dt
import operator
from functools import reduce
from typing import Protocol

import polars as pl
from book import AS_OF
from polars import col

from peers import Decision
from peers.rules import CRITERIA, FIRED, GATE_BITS, NRR, NRR_RULE, STATE, TIER, TIER_EDGES, fused, told_by_codes

RATIOS = {
    "share": (col("revenue_current"), col("potential_spend")),
    "growth": (col("revenue_current") - col("revenue_prior"), col("revenue_prior")),
    "cts": (col("cost_to_serve"), col("revenue_current")),
    "gross_margin": (col("gross_margin"), None),
    "growth_forecast": (col("growth_forecast"), None),
}
GATES = (col("strategic_alignment") >= 3, col("values_strengths"), col("willing"))


class Arithmetic(Protocol):
    """How ratios are worked out and compared."""

    def columns(self) -> dict[str, pl.Expr]:
        """Return the figures worked out before any comparison."""

    def below(self, name: str, edge: float) -> pl.Expr:
        """Tell whether a ratio lies below an edge."""


class Doubles:
    """Ratios in binary: divided once, compared with a double."""

    def columns(self) -> dict[str, pl.Expr]:
        """Return the quotients."""
        return {name: over / under for name, (over, under) in RATIOS.items() if under is not None}

    def below(self, name: str, edge: float) -> pl.Expr:
        """Compare a quotient."""
        return col(name) < edge


def word(value: int) -> pl.Expr:
    """Return a literal of 64 bits."""
    return pl.lit(value, pl.UInt64)


def byte(value: int) -> pl.Expr:
    """Return a literal of 8 bits."""
    return pl.lit(value, pl.UInt8)


def chain(conditions: list[pl.Expr], values: list[pl.Expr], otherwise: pl.Expr) -> pl.Expr:
    """Return the value of the first condition that is true."""
    (first, one), *rest = zip(conditions, values, strict=True)
    found = pl.when(first).then(one)
    for condition, value in rest:
        found = found.when(condition).then(value)
    return found.otherwise(otherwise)


def within(name: str, days: int) -> pl.Expr:
    """Tell whether a day lies at most so many days ahead."""
    return col(name) <= AS_OF + dt.timedelta(days=days)


class Rules:
    """The rules of kam-ref as columns."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        """Take how ratios are compared."""
        self.arithmetic = arithmetic

    def below(self, name: str, edge: float) -> pl.Expr:
        """Tell whether a figure lies below an edge."""
        return self.arithmetic.below(name, edge) if name in RATIOS else col(name) < edge

    def code(self) -> pl.Expr:
        """Return points and bands of all criteria and the gates in one integer."""
        parts = []
        for i, (name, edges, _, _) in enumerate(CRITERIA):
            *given, last = (word(fused(i, band)) for band in range(5))
            parts.append(chain([self.below(name, edge) for edge in edges], given, last))
        for i, gate in enumerate(GATES, start=GATE_BITS[0]):
            parts.append(pl.when(gate).then(word(1 << i)).otherwise(word(0)))
        return reduce(operator.add, parts)

    def states(self) -> pl.Expr:
        """Return the number of the state rule."""
        health = col("health_score")
        rules = [
            health < 40,
            (col("nps") < -20) & (col("open_escalations") >= 2),
            within("contract_end", 90) & ~col("exec_sponsor") & (health < 60),
            self.below("share", 0.35) & ~self.below("growth_forecast", 0.08),
            (col("headroom") >= 400000) & ~self.below("growth", 0.05),
        ]
        return chain(rules, [byte(i) for i in range(5)], byte(5))

    def fired(self) -> pl.Expr:
        """Return a bit for each trigger."""
        tier = col("tier")
        top, third = tier <= 2, tier == 3
        rules = [
            ((tier == 2) | third) & ~self.below("growth", 0.2),
            third & (col("headroom") >= 1000000),
            (tier == 1) & self.below("growth", -0.1),
            top & self.below("gross_margin", 0.2),
            top & ~self.below("cts", 0.35),
            top & (col("last_qbr") < AS_OF - dt.timedelta(days=180)),
            within("contract_end", 60),
            top & (col("state") == 0),
        ]
        return reduce(operator.add, (pl.when(rule).then(byte(1 << i)).otherwise(byte(0)) for i, rule in enumerate(rules)))


def upper() -> pl.Expr:
    """Return the upper part of the code: the rules of tier, state and NRR, and the triggers."""
    parts = (("tier_rule", TIER), ("state_rule", STATE), ("nrr_rule", NRR_RULE), ("fired", FIRED))
    high = reduce(operator.add, (col(name).cast(pl.UInt32) * (1 << place[0] - TIER[0]) for name, place in parts))
    return high.cast(pl.UInt64) * word(1 << TIER[0])


def plan(table: pl.LazyFrame, arithmetic: Arithmetic) -> pl.LazyFrame:
    """Return the decisions of a book, laid out in the order in which they are made."""
    rules = Rules(arithmetic)
    score, state_rule, tier_rule, fired = col("score"), col("state_rule"), col("tier_rule"), col("fired")
    nrr = chain([col("nrr_rule") == i for i in range(11)], [pl.lit(n, pl.Int16) for n in NRR[:11]], pl.lit(NRR[11], pl.Int16))
    tiers = [~col("qualified"), *(score >= edge for edge in TIER_EDGES)]
    action = chain([fired & 0b11 != 0, fired & 0b11100 != 0, fired != 0], [byte(1), byte(2), byte(3)], byte(0))
    return (
        table.with_columns(headroom=col("potential_spend") - col("revenue_current"), **arithmetic.columns())
        .with_columns(code=rules.code(), qualified=GATES[0] & GATES[1] & GATES[2], state_rule=rules.states())
        .with_columns(
            score=(col("code") & word(511)).cast(pl.Int16),
            state=chain([state_rule <= 2, state_rule <= 4], [byte(0), byte(1)], byte(2)),
        )
        .with_columns(tier_rule=chain(tiers, [byte(i) for i in range(4)], byte(4)))
        .with_columns(tier=pl.when(tier_rule == 0).then(byte(4)).otherwise(tier_rule))
        .with_columns(nrr_rule=col("state") * 4 + col("tier") - 1, fired=rules.fired())
        .with_columns(nrr=nrr)
        .with_columns(target=col("revenue_current") * col("nrr"), action=action, code=col("code") + upper())
        .select("account_id", "owner", "qualified", "score", "tier", "state", "nrr", "target", "action", "code", "revenue_current")
    )


def ready(table: pl.DataFrame) -> pl.DataFrame:
    """Return the book as it is."""
    return table


def decide(table: pl.DataFrame) -> pl.DataFrame:
    """Decide every row."""
    return plan(table.lazy(), Doubles()).collect(engine="streaming")


def told(decided: pl.DataFrame) -> list[Decision]:
    """Return the decisions that the codes tell, held against the columns beside them."""
    return told_by_codes(decided.drop("owner").iter_rows())
