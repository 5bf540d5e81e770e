"""Hold the accounts against the ledger of record: their number and their base, before anything is decided."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from kam_rules.feel.printer import value as said
from kam_rules.model.amounts import percent
from kam_rules.model.book import Book, Why
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.types import Type
from kam_rules.pipeline.aside import brought

FIX = "deliver the extract that the ledger was closed on, or correct control_totals; nothing was decided"


def hold_controls(book: Book, minor: int) -> None:
    """Hold what came in, refused rows among it and copies not, against the control totals of the data file.

    Args:
        book: the accounts as read.
        minor: decimals of the policy's currency.

    Raises:
        DataError: KR440 the number differs, or the base differs by more than the tolerance.
    """
    found = list(differences(book, minor))
    if found:
        raise DataError(found)


def came_in(book: Book) -> tuple[int, int]:
    """Return the number of accounts that came in, and their base in smallest units."""
    away = book.aside.frame().filter(~pl.col("why").is_in([Why.ADDED, Why.HELD]))
    return book.rows - away.height, book.base - brought(away["base"])


def differences(book: Book, minor: int) -> Iterator[Finding]:
    """Return where the accounts differ from the control totals; see `hold_controls`."""
    controls = book.source.controls
    if controls is None:
        return
    rows, units = came_in(book)
    base = Fraction(units, 10**minor)
    if controls.accounts is not None and rows != controls.accounts:
        by = f"{abs(rows - controls.accounts):,} {'more' if rows > controls.accounts else 'fewer'}"
        message = f"{book.source.shown} holds {rows:,} accounts; {controls.source} says {controls.accounts:,}: {by}; {_of_it(book, minor)}"
        yield Finding("KR440", message, controls.where, FIX)
    if controls.base is None:
        return
    gap, allowed = base - controls.base, abs(controls.base) * controls.tolerance
    if abs(gap) > allowed:
        by = f"{_money(abs(gap), minor)} {'more' if gap > 0 else 'less'}, past the tolerance of {percent(controls.tolerance)}"
        message = f"{book.source.shown} brings a base of {_money(base, minor)}; {controls.source} says {_money(controls.base, minor)}: {by}"
        yield Finding("KR440", f"{message}; {_of_it(book, minor)}", controls.where, FIX)


def _of_it(book: Book, minor: int) -> str:
    """Say what may explain a difference: rows that the contract refuses, rows that name no base, copies set aside."""
    out, away = book.rejected.frame(), book.aside.frame()
    copied = away.filter(pl.col("why") == Why.COPY)
    without = out["base"].null_count()
    parts = [
        f"refused rows with {_money(Fraction(brought(out['base']), 10**minor), minor)} are counted: {out.height:,}" if out.height else "",
        f"their base cannot be read: {without:,}" if without else "",
        f"copies with {_money(Fraction(brought(copied['base']), 10**minor), minor)} are not: {copied.height:,}" if copied.height else "",
    ]
    return ", ".join(part for part in parts if part) or "no row was refused, and none is a copy"


def _money(amount: Fraction, minor: int) -> str:
    return said(amount, Type.MONEY, minor=minor)
