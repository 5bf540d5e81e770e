"""All accounts of a run as the question "who are our key accounts" sees them, and which field answers what.

A policy names its fields freely; what is asked here goes by the glossary's names, and what no field answers is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.model.program import Program
from kam_rules.model.run import Run
from kam_rules.model.tree import Arith, Node, Read, type_of
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.credit import book_lines
from kam_rules.pipeline.measures import RATIO_PLACES, figures, named

CONTRIBUTION, MARGIN, COST = "profit_contribution", "gross_margin", "cost_to_serve"
DRIVER = "cost_"
"""How the fields of single costs begin, such as ``cost_packaging``."""
MARKETS = ("market", "segment", "industry")
ASKED = {
    "profit": "gross_margin: {type: money}, and cost_to_serve: {type: money, min: 0}",
    "cost": "cost_to_serve: {type: money, min: 0}",
    "drivers": "cost_packaging, cost_service, cost_pallets, cost_team, cost_edi, cost_quality_calls: {type: money, min: 0}",
    "market": "market: {type: category, values: [...]}",
    "leader": "market_leader: {type: flag}",
    "new_market": "new_market: {type: flag}",
    "plan": "plan_agreed: {type: date}",
    "ideal": "ideal_customer: {type: flag}",
    "maturity": "states.inputs.maturity",
    "penetration": "states.inputs.penetration, a ratio",
    "potential": "states.inputs.potential, an amount",
}
"""What would answer a question that no field answers."""
FLAGS = {"leader": ("market_leader", Type.FLAG), "new_market": ("new_market", Type.FLAG), "ideal": ("ideal_customer", Type.FLAG),
         "plan": ("plan_agreed", Type.DATE)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Members:
    """The accounts of a run.

    Attributes:
        rows: one an account: account_id, name, owner, tier, state, base, target_amount, key, rank (by base, from 1; null
            without one), and a column for each answer of `fed` in whole smallest units, ratios in millionths.
        fed: what answers each question, in the policy's names; what no field answers is not in it.
        drivers: the fields of single costs.
    """

    run: Run
    rows: pl.DataFrame
    fed: Mapping[str, str]
    drivers: tuple[str, ...]

    @property
    def unanswered(self) -> dict[str, str]:
        """What no field answers, and what would."""
        return {name: fix for name, fix in ASKED.items() if name not in self.fed}

    @property
    def keys(self) -> pl.DataFrame:
        """The key accounts."""
        return self.rows.filter("key")

    def by_id(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return some accounts by their ids; who is not there is left out."""
        return {row["account_id"]: row for row in self.rows.filter(pl.col("account_id").is_in(list(ids))).iter_rows(named=True)}

    def amount(self, rows: pl.DataFrame, name: str = "base") -> int:
        """Add up a column; missing values add nothing."""
        return int(rows[name].cast(pl.Int128).sum() or 0)

    def share(self, rows: pl.DataFrame, name: str = "base") -> Fraction | None:
        """Return what some accounts have of all of a column; None where the whole is not above 0."""
        whole = self.amount(self.rows, name)
        return Fraction(self.amount(rows, name), whole) if whole > 0 else None


def members(run: Run) -> Members:
    """Return the accounts of a run with every answer that its fields give."""
    program = run.ready.program
    unfed = set(run.book.unfed)
    there = {f.name: f for f in program.fields if f.name not in unfed}
    asked, fed = _measured(program, there)
    drivers = tuple(name for name, f in there.items() if name.startswith(DRIVER) and name != COST and f.type is Type.MONEY)
    asked |= {name: Read(name, Type.MONEY) for name in drivers}
    if drivers:
        fed["drivers"] = ", ".join(drivers)
    words = {answer: field for answer, (field, type_) in FLAGS.items() if field in there and there[field].type is type_}
    market = _market(program, there)
    words |= {"market": market} if market else {}
    fed |= words
    keys = list(program.seating.key_tiers)
    rows = book_lines(run).select("account_id", "owner", "tier", "state", "base", "target_amount")
    names = run.table.lazy().select("account_id", name="account_name").collect()
    rows = rows.join(names, on="account_id", how="left", maintain_order="left")
    if asked:
        rows = rows.join(figures(run, asked), on="account_id", how="left", maintain_order="left")
    if words:
        read = run.book.table.lazy().select("account_id", *(pl.col(field).alias(answer) for answer, field in words.items())).collect()
        rows = rows.join(read, on="account_id", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("tier").is_in(keys).fill_null(value=False).alias("key"))
    ordered = rows.sort(["base", "account_id"], descending=[True, False]).with_row_index("rank", 1)
    return Members(run, ordered.with_columns(pl.when(pl.col("base") > 0).then("rank")), fed, drivers)


def _measured(program: Program, there: Mapping[str, Field]) -> tuple[dict[str, Node], dict[str, str]]:
    """Return the figures to work out, and in which names of the policy each is one."""
    asked: dict[str, Node] = {}
    fed: dict[str, str] = {}
    if CONTRIBUTION in there:
        asked["profit"], fed["profit"] = Read(CONTRIBUTION, Type.MONEY), CONTRIBUTION
    elif MARGIN in there and COST in there:
        cost = Arith("-", Read(MARGIN, Type.MONEY), Read(COST, Type.MONEY), Type.MONEY)
        asked["profit"], fed["profit"] = cost, f"{MARGIN} - {COST}"
    elif MARGIN in there:
        asked["profit"], fed["profit"] = Read(MARGIN, Type.MONEY), f"{MARGIN}, before any cost to serve"
    if COST in there:
        asked["cost"], fed["cost"] = Read(COST, Type.MONEY), COST
    kinds = {"maturity": None, "penetration": Type.RATIO, "potential": Type.MONEY}
    for answer, node in program.state_inputs:
        if answer in kinds and kinds[answer] in {None, type_of(node)} and isinstance(node, Read):
            found = named(program, node.name)
            if found is not None:
                asked[answer], fed[answer] = found, node.name
    return asked, fed


def _market(program: Program, there: Mapping[str, Field]) -> str:
    """Return the field that says an account's market: by its name, else the category that a baseline goes by."""
    names: Iterable[str] = (*MARKETS, *program.baselines)
    return next((name for name in names if name in there and there[name].type is Type.CATEGORY), "")


def ratio(value: object) -> Fraction | None:
    """Return a stored ratio as a fraction."""
    return Fraction(value, 10**RATIO_PLACES) if isinstance(value, int) else None
