"""What a policy says of the year beyond the decisions: its periods, its changes of hands, how it is judged at its end."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kam_rules.model.care import Calibration, Reassess, Service
from kam_rules.model.errors import Where

ACCOUNT_BASED, UNIFORM, RAW_NRR = "account_based", "uniform", "raw_nrr"
COMMITTED, TOTAL = "committed", "total"


@dataclass(frozen=True, slots=True)
class Stress:
    """What the cushion is held against: the loss of one account in these states, and these shares of all targets."""

    lose_one_of: tuple[str, ...] = ()
    downturn: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Club:
    """Who is honoured at year end.

    Attributes:
        by: the measure: account_based, uniform or raw_nrr.
        against: committed or total, the quota that `account_based` divides by.
        at_least: the least attainment, or raw NRR, inclusive.
        top: the largest share of people, rounded down; None: as many as reach `at_least`.
    """

    by: str
    at_least: Fraction
    against: str = COMMITTED
    top: Fraction | None = None


@dataclass(frozen=True, slots=True)
class YearEnd:
    """What counts at year end: contract escalators and customers who came back, and the club."""

    escalators: bool = False
    reactivation: bool = False
    club: Club | None = None


@dataclass(frozen=True, slots=True)
class Periods:
    """How a year's quota falls into quarters or months: `split` is even, season or renewal; `date` the renewal's field."""

    into: str = "quarters"
    split: str = "even"
    date: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A supporting function: what it contributes, its people, how many accounts one can support, and who signs for it."""

    name: str
    contributes: str
    people: Fraction | None = None
    accounts_per_person: Fraction | None = None
    where: Where | None = None
    signers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class YearRules:
    """All of it; what a policy leaves out has the value that stands here."""

    year_end: YearEnd | None = None
    proration: str = "days"
    periods: Periods | None = None
    functions: tuple[Function, ...] = ()
    method: str = ACCOUNT_BASED
    service: Service | None = None
    calibration: Calibration | None = None
    reassess: Reassess | None = None
