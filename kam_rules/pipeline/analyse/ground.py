"""What every question of the analysis stands on: the program of one day, its meaning, and how examples are found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from kam_rules.backends.reference import evaluate
from kam_rules.feel.printer import value as said
from kam_rules.findings import page
from kam_rules.model.errors import Finding, Where
from kam_rules.model.policy import Policy
from kam_rules.model.program import Program, Rule, RuleList
from kam_rules.model.tree import Const, Node, Read, Value, walk
from kam_rules.model.types import BUILT_IN, Type
from kam_rules.pipeline.analyse.account import Examples, Facts
from kam_rules.pipeline.analyse.formula import Formula
from kam_rules.pipeline.analyse.meaning import Meaning
from kam_rules.pipeline.analyse.scores import FULL, Reach, composites, reaches
from kam_rules.pipeline.analyse.solve import Model
from kam_rules.pipeline.analyse.world import World, world_of
from kam_rules.pipeline.assemble import INNER, STATES, TARGETS, TRIGGERS
from kam_rules.sections._draft import MOST_FAULTS

ASSIGNED = (STATES, TARGETS, TRIGGERS)
HANDED = ("score", "coverage", "tier", "state")
POOL = 40
"""Accounts met on the way that are kept."""


@dataclass(frozen=True)
class Insight:
    """A finding, and for which accounts of a book it matters: where `touches` is true, a condition of that stage."""

    finding: Finding
    touches: Node | None = None
    assigning: bool = False


class Reading(Mapping[str, Value]):
    """Facts with the figures that are worked out from them when they are read."""

    def __init__(self, facts: Mapping[str, Value], figures: Mapping[str, Node]) -> None:
        """Take facts that are not complete yet."""
        self.facts, self.figures = dict(facts), figures

    def get(self, name: str, default: Value = None) -> Value:  # type: ignore[override]
        """Return a fact, a figure worked out from facts, or the default."""
        facts = self.facts
        if name in facts:
            return facts[name]
        if name not in self.figures:
            return default
        facts[name] = found = evaluate(self.figures[name], self)
        return found

    def __getitem__(self, name: str) -> Value:
        """Return a fact, or a figure worked out from facts."""
        return self.get(name)

    def __iter__(self) -> Iterator[str]:
        """Walk what is known so far."""
        return iter(self.facts)

    def __len__(self) -> int:
        """Count what is known so far."""
        return len(self.facts)


@dataclass(frozen=True)
class Ground:
    """The program, what its assumptions are on one day, and what is known of the accounts that it can meet."""

    policy: Policy
    program: Program
    day: dt.date
    named: Mapping[str, Const]
    meaning: Meaning
    reach: tuple[Reach, ...]
    score: tuple[Fraction, Fraction] | None
    pool: list[Reading] = field(default_factory=list)
    """Accounts met on the way, decided names as they were given: what they show need not be asked again."""
    given: list[Shown] = field(default_factory=list)
    """Examples given so far."""
    met: set[str] = field(default_factory=set)
    """Rules that some account was found to meet, by the name of a waiver."""

    @property
    def world(self) -> World:
        """What accounts can be."""
        return self.meaning.world

    @cached_property
    def examples(self) -> Examples:
        """Makes examples."""
        return Examples(self.program, self.meaning, self.reach, self.named)

    @property
    def lists(self) -> Iterator[RuleList]:
        """The rule lists that people write, bands apart."""
        return (found for found in self.program.lists if found.id not in INNER and not found.id.startswith("criteria."))

    def example(
        self, formulas: Iterable[Formula], test: Callable[[Facts], bool], nodes: Sequence[Node], *, assigning: bool, proof: bool = False
    ) -> Shown:
        """Return what an example account is made of, as far as the trees read it; nothing where none was found.

        Of more than `MOST_FAULTS` findings only those whose `proof` it is have one: nobody reads so many.
        """
        if len(self.given) >= MOST_FAULTS and not proof:
            return ()
        read = {name for node in nodes for name in self.read(node)}
        plain = not read & {*HANDED, "qualified"}
        facts = self.examples.plain(formulas, test) if plain else self.examples.find(formulas, test, assigning=assigning)
        if facts is None:
            return ()
        self.given.append(self.shown(facts, nodes))
        return self.given[-1]

    def shown(self, facts: Facts, nodes: Iterable[Node]) -> Shown:
        """Return each value that the trees read, by field; what was decided stands last."""
        names = dict.fromkeys(name for node in nodes for name in self.read(node))
        ordered = sorted(names, key=lambda name: name in HANDED)
        return tuple((name, said(facts.get(name), self._type(name), minor=self.program.minor)) for name in ordered)

    def read(self, node: Node) -> Iterator[str]:
        """Walk the fields and decided names below a tree, figures read through."""
        for part in walk(node):
            if not isinstance(part, Read):
                continue
            if part.name == "score":
                for criterion in self.program.criteria:
                    yield from self.read(criterion.measure)
            if part.name in self.world.figures:
                yield from self.read(self.world.figures[part.name])
            else:
                yield part.name

    def _type(self, name: str) -> Type:
        number = self.world.numbers.get(name)
        return number.type if number is not None else Type.TEXT

    def holds(self, node: Node, facts: Facts) -> Value:
        """Return the truth of a condition for a decided account."""
        return evaluate(node, self.reading(facts))

    def fitting(self, model: Model, test: Callable[[Reading], bool]) -> Reading | None:
        """Return an account of a model that passes a test of the reference engine's; None where none was found."""
        for facts in self.examples.around(model):
            reading = self.reading(facts)
            if test(reading):
                if len(self.pool) < POOL:
                    self.pool.append(reading)
                return reading
        return None

    def reading(self, facts: Facts) -> Reading:
        """Return the facts with their figures."""
        return facts if isinstance(facts, Reading) else Reading(facts, self.world.figures)


Shown = tuple[tuple[str, str], ...]


def ground(policy: Policy, day: dt.date, named: Mapping[str, Const]) -> Ground:
    """Return the ground of one day; `named` are the values of the assumptions on it."""
    program = policy.program

    def meant(score: tuple[Fraction, Fraction]) -> Meaning:
        return Meaning(world_of(program, day, score, named))

    meaning = meant((Fraction(0), FULL))
    reach = reaches(program, meaning)
    score = composites(reach, program.min_coverage)
    if score is not None:
        meaning = meant(score)
        reach = reaches(program, meaning)
    return Ground(policy, program, day, named, meaning, reach, score)


def insight(
    code: str,
    message: str,
    where: Where | None,
    fix: str,
    *,
    subject: str,
    example: Shown = (),
    related: tuple[tuple[Where, str], ...] = (),
    touches: Node | None = None,
    assigning: bool = False,
) -> Insight:
    """Return a finding at the level that its page says."""
    level = page(code).LEVEL
    return Insight(Finding(code, message, where, fix, level, related=related, subject=subject, example=example), touches, assigning)


def name_of(found: RuleList, rule: Rule) -> str:
    """Return how a waiver names a rule."""
    return f"{found.id}.{rule.id}"


def seen(rule: Rule, what: str) -> tuple[tuple[Where, str], ...]:
    """Return a rule's place as a related one."""
    return ((rule.where, what),) if rule.where else ()


__all__ = ["ASSIGNED", "BUILT_IN", "POOL", "Ground", "Insight", "Reading", "Shown", "ground", "insight", "name_of", "seen"]
