"""One list, and what its questions share: the formulas of its rules, their cells, and who keeps an account from whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kam_rules.model.program import Hit, Rule, RuleList
from kam_rules.model.tree import Value
from kam_rules.pipeline.analyse.account import Facts
from kam_rules.pipeline.analyse.boxes import Box
from kam_rules.pipeline.analyse.cells import Grid, bits
from kam_rules.pipeline.analyse.formula import Formula
from kam_rules.pipeline.analyse.ground import ASSIGNED, Ground, Insight, Reading, insight, name_of
from kam_rules.pipeline.analyse.meaning import Want
from kam_rules.pipeline.analyse.quick import Quick
from kam_rules.pipeline.analyse.solve import GivenUp, Model, solve

MOST = 30
"""Rules of a proof that are tried without, so that it names no more than it needs."""


@dataclass
class Asked:
    """One list, with the formulas and the accounts that its questions share."""

    ground: Ground
    found: RuleList
    formulas: dict[tuple[int, Want], Formula] = field(default_factory=dict)
    impossible: set[int] = field(default_factory=set)
    """Rules that no account meets."""

    def __post_init__(self) -> None:
        """Make a function of every condition."""
        self.quick = Quick([rule.when for rule in self.found.rules], self.ground.world, self.ground.meaning.loose)

    @property
    def assigning(self) -> bool:
        """Tell whether the list stands in the second stage."""
        return self.found.id in ASSIGNED

    def formula(self, i: int, want: Want) -> Formula:
        """Return when a rule is as wanted."""
        if (i, want) not in self.formulas:
            self.formulas[i, want] = self.ground.meaning.truth(self.found.rules[i].when, want)
        return self.formulas[i, want]

    def truth(self, i: int, facts: Facts) -> Value:
        """Return the truth of a rule for an account."""
        return self.quick.truth(i, self.ground.reading(facts))

    def unsure(self, rule: Rule, what: str) -> Insight:
        """Say that something was not settled."""
        fix = "the accounts of a book tell it: kam-rules check --data; simpler conditions can be proved"
        return insight("KR712", what, rule.where, fix, subject=name_of(self.found, rule))

    @cached_property
    def grid(self) -> Grid:
        """The boxes of all rules; a rule that is too complex for a formula has none, and is asked by itself."""
        rules = self.found.rules
        formulas = [False if self.rest(rule) else self.formula(i, Want.TRUE) for i, rule in enumerate(rules)]
        return Grid(formulas, self.ground.world)

    @cached_property
    def asking(self) -> tuple[int, ...]:
        """The rules that do not only take what the others leave."""
        return tuple(j for j, rule in enumerate(self.found.rules) if not self.rest(rule))

    def rest(self, rule: Rule) -> bool:
        """Tell whether a rule takes, by its making, what all the others of a `unique` list leave."""
        return self.found.hit is Hit.UNIQUE and rule.text == "otherwise"

    def masking(self, i: int) -> tuple[int, ...] | None:
        """Return the rules that leave rule i no account; None where some account is left for it, () where it has none."""
        unique = self.found.hit is Hit.UNIQUE
        hold = self.found.if_unknown == "hold" and not unique
        wanted = Want.FALSE if hold else Want.NOT_TRUE
        others = [j for j in self.asking if j != i] if unique else list(range(i))
        core: set[int] = set()
        if self.grid.whole >> i & 1:
            parts: list[tuple[Formula, Box | None]] = [(self.formula(i, Want.TRUE), None)]
        else:
            parts = [(self.grid.items[b].formula(), self.grid.items[b]) for b in bits(self.grid.rules[i])]
        for formula, box in parts:
            found = self.masking_part(i, formula, box, others, wanted)
            if found is None:
                return None
            core |= set(found)
        return self.smallest(i, sorted(core), wanted)

    def masking_part(self, i: int, formula: Formula, box: Box | None, others: list[int], wanted: Want) -> tuple[int, ...] | None:
        """Return the rules that leave one box, or one formula, no account; None where one is left."""
        if box is not None:
            above = self.grid.items_of(others)
            around = self.grid.around(box, above)
            if around:
                return self.grid.conditions(around)[:1] if solve(self.ground.world, (formula,)) is not None else ()
            way = self.grid.escape(box, self.grid.across(box, above))
            model = solve(self.ground.world, (formula, way)) if way is not None else None
            facts = self.facts(model, i) if model is not None else None
            if facts is not None and self.blocking(facts, others, wanted, ()) is None:
                return None
        core: list[int] = []
        while True:
            model = solve(self.ground.world, [formula, *(self.formula(j, wanted) for j in core)])
            if model is None:
                return tuple(core)
            facts = self.facts(model, i)
            if facts is None:
                raise GivenUp
            blocking = self.blocking(facts, others, wanted, core)
            if blocking is None:
                return None
            if blocking < 0:
                raise GivenUp
            core.append(blocking)

    def facts(self, model: Model, i: int) -> Reading | None:
        """Return an account of a model that meets rule i; None where none was found."""
        return self.ground.fitting(model, lambda facts: self.quick.truth(i, facts) is True)

    def blocking(self, facts: Reading, others: Sequence[int], wanted: Want, core: Sequence[int]) -> int | None:
        """Return the first rule that keeps the account from another; -1 where only rules that were asked do."""
        holding = self.grid.holding(
            lambda name: self.quick.units(facts, name), lambda name: self.quick.present(facts, name), self.grid.items_of(others)
        )
        hindering = [j for j in self.grid.conditions(holding) if self.quick.truth(j, facts) is True]
        hindering += [j for j in others if self.grid.whole >> j & 1 and self.quick.truth(j, facts) is True] if self.grid.whole else []
        if not hindering and wanted is Want.FALSE and not self.quick.sure(facts):
            hindering = [j for j in others if self.quick.truth(j, facts) is not False]
        fresh = [j for j in hindering if j not in core]
        return fresh[0] if fresh else -1 if hindering else None

    def smallest(self, i: int, core: Sequence[int], wanted: Want) -> tuple[int, ...]:
        """Leave out rules that the proof does not need."""
        kept = list(core)
        for j in core if 1 < len(core) <= MOST else ():
            rest = [k for k in kept if k != j]
            try:
                if solve(self.ground.world, [self.formula(i, Want.TRUE), *(self.formula(k, wanted) for k in rest)]) is None:
                    kept = rest
            except GivenUp:
                continue
        return tuple(sorted(kept))

    def crossing(self, j: int) -> list[int]:
        """Return the rules above one that share a cell of every quantity with it."""
        above = self.grid.items_of(range(j))
        own = [self.grid.items[b] for b in bits(self.grid.rules[j])]
        crossed = {i for box in own for i in self.grid.conditions(self.grid.across(box, above))}
        if self.grid.whole >> j & 1:
            return list(range(j))
        return sorted(crossed | {i for i in range(j) if self.grid.whole >> i & 1})

    def first(self, model: Model) -> Reading:
        """Return the account of a model, whatever it meets."""
        return self.ground.reading(self.ground.examples.given_facts(model))

    def nobody(self) -> Model | None:
        """Return an account for which every rule is false."""
        way = self.grid.escape(Box(), self.grid.every)
        model = solve(self.ground.world, (way,)) if way is not None else None
        every_one = range(len(self.found.rules))
        if model is not None and self.blocking(self.first(model), every_one, Want.FALSE, ()) is None:
            return model
        core: list[int] = []
        while True:
            model = solve(self.ground.world, [self.formula(j, Want.FALSE) for j in core])
            if model is None:
                return None
            blocking = self.blocking(self.first(model), every_one, Want.FALSE, core)
            if blocking is None or blocking < 0:
                return model
            core.append(blocking)
