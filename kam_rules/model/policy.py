"""A checked policy: its header, its dated assumptions, and its program before a day is chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.model.document import Mapping as Document
from kam_rules.model.errors import Where
from kam_rules.model.fiscal import FiscalYear
from kam_rules.model.pay import Incentives
from kam_rules.model.program import Program
from kam_rules.model.tree import Const
from kam_rules.model.types import Type
from kam_rules.model.waiver import Waiver
from kam_rules.model.year import YearRules


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of an assumption, from `since` until the next date."""

    since: dt.date
    value: Fraction
    source: str
    approved_by: str
    where: Where


@dataclass(frozen=True, slots=True)
class Assumption:
    """A figure that the policy takes from outside, with its values by date, earliest first."""

    name: str
    type: Type
    values: tuple[Dated, ...]

    def on(self, day: dt.date) -> Dated | None:
        """Return the value that holds on `day`; None before the first."""
        return next((value for value in reversed(self.values) if value.since <= day), None)


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read: the path as its user wrote it, the SHA-256 of its bytes, and its text where it is kept."""

    path: str
    sha256: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """One fiscal year's policy; `program` still reads the assumptions and `as_of` by name.

    `sources` are its file, then the files that it extends, the nearest first and `extended` in number, then its waivers.
    `copies` tells whether a run keeps the data that it was decided from, or their hashes alone.
    """

    id: str
    fiscal_year: str
    start: dt.date
    end: dt.date
    owner: str
    definition: tuple[tuple[str, str], ...]
    assumptions: tuple[Assumption, ...]
    program: Program
    document: Document
    sources: tuple[Source, ...]
    waivers: tuple[Waiver, ...] = ()
    year: YearRules = YearRules()  # noqa: RUF009 - frozen, and what a policy that says nothing means
    incentives: Incentives | None = None
    copies: bool = True
    extended: int = 0

    @property
    def chain(self) -> tuple[Source, ...]:
        """Its file and all that it extends: what it means rests on these, and on nothing else."""
        return self.sources[: self.extended + 1]

    @property
    def calendar(self) -> FiscalYear:
        """The fiscal year that it governs."""
        return FiscalYear(self.fiscal_year, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Ready:
    """A program for one day, with what was assumed: each name's constant and where it comes from.

    `sets` are the assumptions that were replaced for one run, as they were written.
    """

    program: Program
    as_of: dt.date
    effective_on: dt.date
    assumed: Mapping[str, Const]
    sources: Mapping[str, str]
    sets: Mapping[str, str]
