"""Who is called on: how many accounts and how much revenue each supporting function is asked to support, by state."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from kam_rules.model.run import Run
from kam_rules.model.year import Function
from kam_rules.pipeline.assemble import STATES
from kam_rules.pipeline.tabulate import decisions


@dataclass(frozen=True, slots=True)
class Call:
    """One function's accounts in one state."""

    function: str
    state: str
    accounts: int
    base: int


@dataclass(frozen=True, slots=True)
class Demand:
    """All calls on one function, and its people; `needed` is None where the policy does not say how many accounts one supports."""

    function: str
    calls: tuple[Call, ...]
    declared: Function | None

    @property
    def accounts(self) -> int:
        """How many accounts call on it."""
        return sum(call.accounts for call in self.calls)

    @property
    def base(self) -> int:
        """Their base revenue."""
        return sum(call.base for call in self.calls)

    @property
    def people(self) -> int | None:
        """How many people it has, where that is declared."""
        return None if self.declared is None or self.declared.people is None else int(self.declared.people)

    @property
    def needed(self) -> int | None:
        """How many people its accounts need: whole people, rounded up."""
        each = self.declared.accounts_per_person if self.declared else None
        return None if each is None else math.ceil(self.accounts / each)


def called(run: Run) -> tuple[Demand, ...]:
    """Return every function that a state rule calls on or the policy declares, the most revenue first, ties by name.

    An account calls on the functions of the rule that decided its state, each once.
    """
    rules = {rule.id: rule for rule in run.ready.program.list(STATES).rules}
    resources = {id_: [name for name in dict(rule.note).get("resources", "").split(", ") if name] for id_, rule in rules.items()}
    calls: dict[str, dict[str, Call]] = {function.name: {} for function in run.policy.year.functions}
    for rule, state, accounts, base in _by_rule(run):
        for name in dict.fromkeys(resources.get(rule, ())):
            before = calls.setdefault(name, {}).get(state, Call(name, state, 0, 0))
            calls[name][state] = Call(name, state, before.accounts + accounts, before.base + base)
    declared = {function.name: function for function in run.policy.year.functions}
    found = [
        Demand(name, tuple(sorted(states.values(), key=lambda call: (-call.base, call.state))), declared.get(name))
        for name, states in calls.items()
    ]
    return tuple(sorted(found, key=lambda demand: (-demand.base, demand.function)))


def _by_rule(run: Run) -> list[tuple[str, str, int, int]]:
    """Return rule, state, accounts and base in smallest units of every state rule that decided an account."""
    rows = pl.concat(decisions(run, part).select("state_rule", "state", "base_revenue") for part in run.table).drop_nulls("state_rule")
    sums = rows.group_by("state_rule", "state").agg(pl.len(), pl.col("base_revenue").sum()).sort("state_rule", "state")
    unit = 10**run.ready.program.minor
    return [(str(rule), str(state), int(n), int(base * unit)) for rule, state, n, base in sums.iter_rows()]
