"""Decide one account again with a tier, a state or a target that people set: the policy's own rules do the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.backends.reference import facts_of, take
from kam_rules.model.amounts import half_even, parse_percent
from kam_rules.model.outcome import store
from kam_rules.model.override import FIGURES, STATE, TARGET, TIER, Effect, Override
from kam_rules.model.program import TIERS, Hit, Program, Rule, RuleList, Step
from kam_rules.model.run import Run
from kam_rules.model.tree import Const
from kam_rules.model.types import Type
from kam_rules.pipeline.assemble import STATES
from kam_rules.pipeline.decide import HANDED

RULE = "override"


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a run: its typed values, and its row of the outcome."""

    values: Mapping[str, Any]
    record: Mapping[str, Any]

    @property
    def before(self) -> dict[str, Any]:
        """Its figures as they were computed."""
        return {name: self.record[name] for name in FIGURES}


def accounts(run: Run, ids: Iterable[str]) -> dict[str, Account]:
    """Return the accounts of a run by id; an id that is not there is left out."""
    wanted = pl.col("account_id").is_in(list(dict.fromkeys(ids)))
    values, records = (
        {row["account_id"]: row for row in table.lazy().filter(wanted).collect().iter_rows(named=True)}
        for table in (run.book.table, run.table)
    )
    return {id_: Account(values[id_], record) for id_, record in records.items()}


def effect(run: Run, account: Account, items: Iterable[Override]) -> Effect:
    """Return what some overrides of an account make of it together."""
    forced = {item.field: item.to for item in items if item.field}
    if not forced:
        return Effect(account.before, account.before)
    program = run.ready.program
    stage = program.stages[-1]
    handed = {name: account.record[name] for name in HANDED} if len(program.stages) > 1 else {}
    if TIER in forced and handed:
        handed["tier"] = forced[TIER]
    facts = facts_of(stage, {**account.values, **handed})
    take(replace(stage, steps=tuple(_forced(step, forced) for step in stage.steps)), facts)
    if TARGET in forced:
        base, nrr = facts[program.base], parse_percent(forced[TARGET])
        assert isinstance(base, Fraction), "a target is overridden where there is a base"
        assert nrr is not None, "held against the policy before"
        facts |= {"target_nrr": nrr, "target_amount": half_even(base * nrr, program.minor)}
    facts["tier"] = forced.get(TIER, account.record["tier"])
    return Effect(account.before, {name: store(facts[name], _places(name, program)) for name in FIGURES})  # type: ignore[misc]


def _places(name: str, program: Program) -> int:
    return 6 if name.endswith("_nrr") else program.minor


def _forced(step: Step, forced: Mapping[str, str]) -> Step:
    """Return a list of the stage with one rule that gives what people set."""
    field = {TIERS: TIER, STATES: STATE}.get(step.id) if isinstance(step, RuleList) else None
    if not isinstance(step, RuleList) or field not in forced:
        return step
    always = Const(value=True, type=Type.FLAG)
    rule = Rule(RULE, always, (Const(forced[str(field)], Type.CATEGORY),))
    return RuleList(step.id, Hit.FIRST, (rule,), step.binds)
