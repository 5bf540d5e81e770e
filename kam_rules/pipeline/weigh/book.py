"""The decided book as the weighing sees it: all that reads a run's table stands here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import polars as pl

from kam_rules.backends import decide_any
from kam_rules.backends.reference import facts_of
from kam_rules.model.outcome import Layout
from kam_rules.model.program import Derive, Hit, RuleList, Stage
from kam_rules.model.run import Run
from kam_rules.model.tree import Node, Value, bind, surely
from kam_rules.model.types import Type
from kam_rules.model.weight import Weight
from kam_rules.pipeline import codes
from kam_rules.pipeline.decide import HANDED, inputs


@dataclass(frozen=True)
class Decided:
    """A run, asked for counts and sums."""

    run: Run

    @cached_property
    def table(self) -> pl.DataFrame:
        """What was decided, in memory."""
        return self.run.table.frame()

    @cached_property
    def accounts(self) -> pl.DataFrame:
        """The values decided on, in memory."""
        return self.run.book.table.frame()

    @property
    def size(self) -> int:
        """How many accounts were decided."""
        return self.run.table.height

    def base(self, i: int) -> Fraction:
        """Return the base revenue of an account."""
        return Fraction(int(self.table["base"][i]), 10**self.run.ready.program.minor)

    def names(self, rows: Sequence[int]) -> list[str]:
        """Return the ids of some accounts, the largest base first."""
        ids = self.table["account_id"]
        return [str(ids[i]) for i in sorted(rows, key=lambda i: (-self.base(i), str(ids[i])))]

    def weight(self, rows: Sequence[int]) -> Weight:
        """Return how many accounts these are, and their base revenue."""
        return Weight(len(rows), sum((self.base(i) for i in rows), Fraction(0)))

    def tiers(self) -> list[str | None]:
        """Return the tier that each account holds."""
        return [None if tier is None else str(tier) for tier in self.table["tier"].to_list()]

    def fired(self, found: RuleList, i: int) -> int:
        """Return for how many accounts a rule was true, or decided."""
        layout = Layout(*self.run.ready.program.stages)
        hit = codes.bit(layout, found.id, "true", i) if found.hit is Hit.COLLECT else codes.rule(layout, found.id) == i
        return int(self.table.select(hit.sum()).item())

    def rows(self, conditions: Sequence[Node], *, assigning: bool) -> list[list[int]]:
        """Return, for each condition that a stage can read, the accounts for which it is true."""
        stage = self.run.ready.program.stages[-1] if assigning else self.run.ready.program.ranking
        bound = [bind(node, self.run.ready.assumed) for node in conditions]
        asked = tuple(Derive(f"asked.{i}", Type.FLAG, surely(node), places=0) for i, node in enumerate(bound))
        table = self.decided(replace(stage, steps=(*stage.steps, *asked)), assigning=assigning)
        return [table[step.name].arg_true().to_list() for step in asked]

    def decided(self, stage: Stage, *, assigning: bool) -> pl.DataFrame:
        """Decide a changed stage for every account."""
        handed = self.table.select(HANDED) if assigning else None
        return decide_any(stage, inputs(stage, self.accounts, handed))

    def facts(self, i: int, *, assigning: bool) -> dict[str, Value]:
        """Return what a stage starts from for one account."""
        stage = self.run.ready.program.stages[-1] if assigning else self.run.ready.program.ranking
        account: Mapping[str, object] = self.accounts.row(i, named=True)
        handed = self.table.select(HANDED).row(i, named=True) if assigning else {}
        return facts_of(stage, {**account, **handed})

    def column(self, name: str) -> Iterator[int | None]:
        """Walk the values of a field, in its smallest unit."""
        return iter(self.accounts[name].to_list())
