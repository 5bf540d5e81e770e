"""The accounts as they were read: typed values, the raw text beside them, and what was at fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from kam_rules.model.errors import Where
from kam_rules.model.parts import Parts
from kam_rules.model.policy import Source

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of a source feeds a field; `unit` says how bare numbers of a ratio are meant.

    `written` is the convention of all its numbers or days, such as ``1.234,50`` or ``day.month.year``; nothing where they
    are plain. `missing` and `zero` are the texts that mean nothing known, and nought.
    `known` tells that somebody has looked at what makes the column a trap.
    """

    column: str
    unit: str = ""
    where: Where | None = None
    written: str = ""
    missing: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How a source lies: what is named is taken as named, the rest is found.

    `header` is the row of the header, 0 where it is to be found; `key` the column of the ids; `fill` the columns whose
    blank cells mean the cell above; `database` and `query` say where rows come from that stand in no file.
    """

    encoding: str = ""
    separator: str = ""
    header: int = 0
    sheet: str = ""
    key: str = ""
    fill: tuple[str, ...] = ()
    database: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class TableSource:
    """Where a table beside the accounts comes from: the file as opened and as shown, and its columns.

    `absent` says what a quarter without a row stands for: zero, or a fault; nothing for other tables.
    """

    path: str
    shown: str
    columns: Mapping[str, ColumnMap]
    where: Where | None = None
    layout: Layout = Layout()
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Controls:
    """What the ledger of record says the accounts add up to: their number, and their base in whole currency.

    `tolerance` is the share of the base by which the two may differ; the number of accounts may not.
    """

    source: str
    accounts: int | None = None
    base: Fraction | None = None
    tolerance: Fraction = Fraction(0)
    where: Where | None = None


NONE, ADD, PARENT_HAS_ALL = "none", "add", "parent_has_all"


@dataclass(frozen=True, slots=True)
class RollUp:
    """How accounts below an ultimate parent count: each for itself, added to it in these fields, or held in it already."""

    method: str
    fields: tuple[str, ...] = ()
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Rated:
    """How the answers of several raters combine, and from how many points between them on they disagree."""

    combine: str
    disagree_from: Fraction | None = None


@dataclass(frozen=True, slots=True)
class AccountsSource:
    """Where accounts come from: the file as opened and as shown, its columns, and the days it speaks of.

    `tables` are those beside it, by their word in the data file; `extract` is the query or report that made the file.
    """

    path: str
    shown: str
    as_of: dt.date
    columns: Mapping[str, ColumnMap]
    known_at: dt.date | None = None
    where: Where | None = None
    tables: Mapping[str, TableSource] = field(default_factory=dict)
    controls: Controls | None = None
    extract: str = ""
    roll_up: RollUp | None = None
    rated: Rated | None = None
    layout: Layout = Layout()


class Why(StrEnum):
    """Why a row is set aside: it is no account of its own, and its reason says what it is."""

    BLANK = "blank"
    COPY = "copy"
    TOTAL = "total"
    FOOTER = "footer"
    ADDED = "added"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Raw:
    """Part of a source as it stands there: column `row` counts as a spreadsheet does (the header is row 1).

    `faults` are rows whose cells do not fit the header, `aside` the rows that are no accounts (`row`, `why`, `text`, and of
    totals the columns wanted), `names` all columns of the source, `left` about how many rows are still to come; 0 in the
    last part. `told` is what the reader found of how the source lies, said once, in the first part.
    """

    table: pl.DataFrame
    faults: tuple[tuple[int, str], ...] = ()
    aside: pl.DataFrame | None = None
    names: tuple[str, ...] = ()
    left: int = 0
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """The accounts of one run.

    Attributes:
        table: one row an accepted account: `row`, the built-in columns, each field as the program stores it.
        raw: the same rows as the source has them, under the names of the fields.
        faults: one row a fault: row, account_id, field, column, raw, code, refused (the account is not decided).
        aside: one row a row set aside: row, why, account_id, parent, base, of (the row that stands for it), text,
            total (what a total says in the column of the base).
        rejected: one row a refused row: row, account_id, parent, owner, base, codes (with a space between).
        rows: all rows under the header, and what they bring in base, in smallest units.
        unfed: optional fields that no column feeds; unread: columns mapped that the policy does not read.
        rounded: fields whose source kept more decimals than the field does, each with how many cells were rounded.
        tables: the tables beside the accounts, by their word: `row` and a column for each field of its contract.
    """

    table: Parts
    raw: Parts
    faults: Parts
    aside: Parts
    rejected: Parts
    source: AccountsSource
    files: tuple[Source, ...]
    rows: int
    base: int
    unfed: tuple[str, ...]
    unread: tuple[str, ...]
    rounded: tuple[tuple[str, int], ...] = ()
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """How many rows are refused."""
        return self.rejected.height
