"""Overrides: what people put in the place of what was computed, each by name, with a reason and until a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from kam_rules.model.errors import Where
from kam_rules.model.policy import Source

TIER, STATE, TARGET = "tier", "state", "target"
ACCEPT, REJECT, HOLD = "accept", "reject", "hold"
FIGURES = ("tier", "state", "target_nrr", "target_amount", "floor_nrr", "floor_amount", "aspirational_nrr", "aspirational_amount")
"""What an override can change of an account, as the table of a run stores it."""

Figures = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Override:
    """One line of the file.

    Attributes:
        kind: override, or review: a verdict on an account of the initial list.
        account: the account's id.
        field: tier, state or target; empty for a review that changes nothing.
        to: what takes the place of what was computed, as it is written.
        verdict: of a review: accept, reject or hold.
        reason: the code by which equal cases are counted; of a review the verdict.
        because: why, in a sentence.
        author: who asks for it.
        approver: who is to approve it.
        expires: the last day on which it holds; None for a review.
        where: its place in the file.
    """

    kind: str
    account: str
    field: str
    to: str
    verdict: str
    reason: str
    because: str
    author: str
    approver: str
    expires: dt.date | None
    where: Where


@dataclass(frozen=True, slots=True)
class Overrides:
    """A file of overrides: for which policy and year, after how many of a reason a rule is called for, and its lines."""

    policy: str
    fiscal_year: str
    rule_after: int
    items: tuple[Override, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Approver:
    """Who approved a line, on which day, in which entry of the ledger."""

    by: str
    on: dt.date
    entry: int


@dataclass(frozen=True, slots=True)
class Idle:
    """A line that is not in force, the code of the finding that says why, and why."""

    item: Override
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What the lines in force make of an account: its figures as computed, and as they are now."""

    before: Figures
    after: Figures


@dataclass(frozen=True, slots=True)
class Overridden:
    """What became of a file of overrides in a run.

    Attributes:
        file: the file.
        held: the lines in force with those who approved them, in the order of the file.
        idle: the lines that are not.
        effects: by account, what the lines in force make of it.
        recurring: by field and reason, how many accounts were overridden so, this year and before, where a rule is called for.
    """

    file: Overrides
    held: tuple[tuple[Override, tuple[Approver, ...]], ...]
    idle: tuple[Idle, ...]
    effects: Mapping[str, Effect]
    recurring: Mapping[tuple[str, str], int]
