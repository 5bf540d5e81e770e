"""The rule program: rule lists and typed trees, all that lies between what people write and what engines run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from kam_rules.model.errors import Where
from kam_rules.model.ladder import Reconciliation
from kam_rules.model.tree import Node
from kam_rules.model.types import Field, Type
from kam_rules.model.watch import Watch

NOT_QUALIFIED = "not_qualified"
LAPSED = "lapsed"
PROSPECT = "prospect"
PARENT, HIGHER = "parent", "higher"
"""How a member of a group comes by its tier: always its head's, or its head's where that is higher."""
TIERS = "tiers"
"""The list that an account's tier comes from."""


class Hit(StrEnum):
    """How a list of rules comes to its outcome, in the DMN meaning."""

    FIRST = "first"
    UNIQUE = "unique"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition, what it gives, why, and where it stands.

    `gives` holds one tree for each name that the list binds. `text` is the condition as the policy writes it;
    `note` is what else a reader is told: a question, a label, the resources called on.
    """

    id: str
    when: Node
    gives: tuple[Node, ...] = ()
    text: str = ""
    because: str = ""
    note: tuple[tuple[str, str], ...] = ()
    where: Where | None = None
    built_in: bool = False


@dataclass(frozen=True, slots=True)
class RuleList:
    """Rules under one hit policy; a `first` or `unique` list binds names to what the deciding rule gives.

    With `if_unknown` "hold" an unknown rule above the first true one leaves the list undecided, with "flag" the
    outcome stands and is marked undetermined. A `collect` list binds nothing: its outcome is two masks.
    """

    id: str
    hit: Hit
    rules: tuple[Rule, ...]
    binds: tuple[tuple[str, Type], ...] = ()
    if_unknown: str = "hold"


@dataclass(frozen=True, slots=True)
class Derive:
    """A named figure; one with `places` is part of the outcome, kept exactly to so many decimals."""

    name: str
    type: Type
    node: Node
    places: int | None = None
    text: str = ""
    where: Where | None = None


Step = Derive | RuleList


@dataclass(frozen=True, slots=True)
class Stage:
    """What is decided for each account by itself: the facts it starts from, and its steps in order."""

    name: str
    fields: tuple[Field, ...]
    steps: tuple[Step, ...]

    @property
    def lists(self) -> tuple[RuleList, ...]:
        """The rule lists, in order."""
        return tuple(step for step in self.steps if isinstance(step, RuleList))

    @property
    def kept(self) -> tuple[Derive, ...]:
        """The derived figures that are part of the outcome, in order."""
        return tuple(step for step in self.steps if isinstance(step, Derive) and step.places is not None)

    def list(self, id_: str) -> RuleList:
        """Return the rule list of that id."""
        return next(found for found in self.lists if found.id == id_)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One weighted criterion: `score` names the figure it derives, 0 to 100 at two places.

    `lowest` and `highest` are the scores it can reach; `edges` are the lower edges of its bands with their scores, or
    `line` its ends (worst, best). `if_missing` is reject, zero, renormalise, or neutral with `neutral` the score.
    """

    id: str
    weight: Fraction
    measure: Node
    text: str
    if_missing: str
    neutral: Fraction
    lowest: Fraction
    highest: Fraction
    edges: tuple[tuple[Fraction | None, Fraction], ...] = ()
    line: tuple[Fraction, Fraction] | None = None
    tags: tuple[tuple[str, str], ...] = ()
    where: Where | None = None

    @property
    def score(self) -> str:
        """The name of the figure that holds its score."""
        return f"{self.id}.score"


@dataclass(frozen=True, slots=True)
class Seats:
    """How many accounts a tier can serve (None: any number), and by what they rank beside the score."""

    tier: str
    capacity: int | None = None
    tie_break: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """When an account that holds a tier leaves it.

    Attributes:
        keep_within: points by which its score may fall short of the tier's condition.
        demote_after: reviews in a row that must leave it without a seat of its own, by score or by capacity, before it moves down.
        wait_at_least: days that it stays in a tier, the last one counted.
        incumbents_first: whether who holds a tier and meets its condition is seated before newcomers.
    """

    keep_within: Fraction = Fraction(0)
    demote_after: int = 1
    wait_at_least: int = 0
    incumbents_first: bool = False
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Seating:
    """All tiers from the top, the tiers that are key, and the share of decided accounts they may hold together.

    With `changes` None each run decides afresh; with `inherit` a group shares the tier of its head.
    """

    tiers: tuple[Seats, ...]
    key_tiers: tuple[str, ...] = ()
    at_most: Fraction | None = None
    accounts_per_manager: int | None = None
    changes: Changes | None = None
    inherit: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """A policy made ready for one day: what engines run, and what seating and reports need beside them.

    Where seats are bounded there are two `stages`: accounts are ranked, then seated, then given state and target; else
    one stage decides it all. `state_inputs` pairs each question of the states section with the figure that answers it.
    `as_of` and `on`, the days of the data and of the decision, are there once the program is made ready for a day. `tables`
    are the columns of watched tables, `watches` what triggers ask of their rows.
    """

    currency: str
    minor: int
    base: str
    fields: tuple[Field, ...]
    stages: tuple[Stage, ...]
    criteria: tuple[Criterion, ...]
    seating: Seating
    min_coverage: Fraction
    round: int
    baselines: tuple[str, ...] = ()
    state_inputs: tuple[tuple[str, Node], ...] = ()
    reconciliation: Reconciliation | None = None
    as_of: dt.date | None = None
    on: dt.date | None = None
    tables: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)
    watches: tuple[Watch, ...] = ()

    @property
    def ranking(self) -> Stage:
        """The steps from the fields to the tier that an account is eligible for."""
        whole = self.stages[0]
        return whole if len(self.stages) > 1 else replace(whole, name="ranking", steps=whole.steps[: self._ranked()])

    @property
    def assigning(self) -> Stage:
        """The steps from the tier to state, target and triggers; they start from what the ranking has worked out."""
        whole = self.stages[-1]
        return whole if len(self.stages) > 1 else replace(whole, name="assigning", steps=whole.steps[self._ranked() :])

    def _ranked(self) -> int:
        return next(i for i, step in enumerate(self.stages[0].steps, 1) if isinstance(step, RuleList) and step.id == TIERS)

    @property
    def lists(self) -> Iterator[RuleList]:
        """All rule lists, in the order in which they are asked."""
        return (found for stage in self.stages for found in stage.lists)

    def list(self, id_: str) -> RuleList:
        """Return the rule list of that id."""
        return next(found for found in self.lists if found.id == id_)
