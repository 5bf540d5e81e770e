"""What a trigger watches: rows of a table beside the accounts, how many of which must meet its condition."""

from __future__ import annotations

from dataclasses import dataclass

from kam_rules.model.errors import Where
from kam_rules.model.tree import Node

QUARTERS, EVENTS = "quarters", "events"
ZERO, FAULT = "zero", "fault"
"""What a quarter without a row stands for: zero in every number, or a fault of the data."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows are looked at, and how many of them must meet the condition.

    Attributes:
        periods: the latest so many periods of the table; None: all of them.
        days: rows of at most so many days before the day of the data; None: of any day.
        least: how many must meet the condition.
    """

    periods: int | None = None
    days: int | None = None
    least: int = 1


@dataclass(frozen=True, slots=True)
class Watch:
    """One watched condition: `fact` names the truth that it gives of each account, before the engines ask."""

    trigger: str
    fact: str
    table: str
    when: Node
    window: Window
    text: str
    where: Where | None = None
