"""Incentives: what a policy says of variable pay, and what it comes to for one person. Shares and attainments are exact ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kam_rules.model.errors import Where
from kam_rules.model.program import Rule, Stage
from kam_rules.model.tree import Node, Value

TEAM, INDIVIDUAL = "team", "individual"
HIGHER, LOWER = "higher", "lower"
FORMS = {"actual / target": HIGHER, "target / actual": LOWER, "2 - actual / target": LOWER}
"""The forms of attainment, each with the direction in which it rises."""
Points = tuple[tuple[Fraction, Fraction], ...]
"""Attainment and what is paid at it, in rising order of attainment."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A pay curve: the word of its form, and its points; the first is the threshold, the last the cap."""

    id: str
    word: str
    points: Points
    where: Where


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a part: its weight, how attainment is reckoned, and by which curve it pays.

    With `quota` its target is the quota of the run, else the one that the results give.
    """

    id: str
    weight: Fraction
    form: str
    curve: Curve
    quota: bool
    where: Where
    because: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A gate or a modifier over attainments: a gate pays at most `share` unless it is passed, a modifier times `share` where it holds."""

    id: str
    when: Node
    share: Fraction
    text: str
    where: Where
    because: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a plan, measured on the team or on the person: `share` of the plan's target incentive hangs on it."""

    of: str
    share: Fraction
    measures: tuple[Measure, ...]
    gates: tuple[Limit, ...] = ()
    modifiers: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan: its kind, and its parts, or where it is a blend the plans that it is made of with their shares."""

    id: str
    kind: str
    parts: tuple[Part, ...] = ()
    blend: tuple[tuple[str, Fraction], ...] = ()
    because: str = ""
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """Which states make a book one of growth or one of risk, from which share of its base on."""

    growth: tuple[str, ...]
    risk: tuple[str, ...]
    share: Fraction


@dataclass(frozen=True, slots=True)
class Incentives:
    """All that a policy says of variable pay.

    Attributes:
        pays_on: committed or total, the quota that measures with the run's quota divide by.
        clawback: whether what was paid and is no longer earned is asked back.
        plans: by id, in order.
        assign: one stage with one list, whose rules give a person's plan by the facts of its book.
    """

    pays_on: str
    clawback: bool
    plans: Mapping[str, Plan]
    assign: Stage
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class Assigned:
    """A person with its plan: the facts of its book, the rule that decided, and how far the plan misfits the book.

    `plan` is empty where no rule decides; then `why` says so.
    """

    person: str
    name: str
    role: str
    team: str
    facts: Mapping[str, Value]
    rule: Rule | None = None
    plan: str = ""
    why: str = ""
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Earned:
    """What one measure earns: actual and target with the cells that they come from, attainment, and what the curve pays.

    `note` says what was taken otherwise than it stands.
    """

    measure: Measure
    actual: Fraction
    target: Fraction
    actual_from: str
    target_from: str
    attainment: Fraction
    pays: Fraction
    note: str = ""


@dataclass(frozen=True, slots=True)
class PartPaid:
    """What a part pays: the measures' sum, what modifiers and gates made of it, and its amount of money in smallest units."""

    plan: str
    part: Part
    share: Fraction
    earned: tuple[Earned, ...]
    points: Fraction
    pays: Fraction
    changed: tuple[str, ...] = ()
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Payout:
    """What a person is paid, in smallest units; `exact` is the payout before its one rounding, half to even.

    `before` is what was paid already, None where the file does not say; `due` is still to pay, `clawback` is asked back.
    """

    assigned: Assigned
    incentive: int
    incentive_from: str
    parts: tuple[PartPaid, ...]
    exact: Fraction
    amount: int
    before: int | None = None
    due: int = 0
    clawback: int = 0


@dataclass(frozen=True, slots=True)
class Paid:
    """Everybody's pay, in order of person; `nobody` are plans that no person has, `basis` what the results count."""

    payouts: tuple[Payout, ...]
    basis: str
    nobody: tuple[str, ...] = field(default=())
