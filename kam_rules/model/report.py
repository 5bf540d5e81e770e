"""The format-free report: what is said, before anyone chooses how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kam_rules.model.errors import Finding, Where

Cell = str | int | bool | Fraction | None


class Unit(StrEnum):
    """How a figure is written: an amount with its decimals, a ratio as a percent, a count with thousands commas."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    RATIO = "ratio"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: `key` for machines, `label` for people."""

    key: str
    label: str
    unit: Unit = Unit.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; `note` stands below, `empty` is said where there is no row.

    `drawn` names the picture that a page draws of it.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    empty: str = "none"
    drawn: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a name and what is the case."""

    key: str
    title: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences under a title; two spaces in front of a line set it one step in."""

    key: str
    title: str
    lines: tuple[str, ...]


Block = Table | Facts | Lines


@dataclass(frozen=True, slots=True)
class Case:
    """Something that was tried and passed, or did not: then `findings` say what was otherwise."""

    name: str
    where: Where
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A titled sequence of blocks. `data` is what machines get where that is more than the blocks say.

    `findings` and `cases` are for the formats that pipelines read; the blocks say them to people. `status` is that of the policy
    where it decided what is told, draft or active; to people the title says it, and `data` carries it itself.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    data: object = None
    minor: int = 2
    findings: tuple[Finding, ...] = ()
    cases: tuple[Case, ...] = ()
    status: str = ""
