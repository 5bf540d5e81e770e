"""Find how the cells of a column are written, over the whole column; what can be meant in two ways is asked, not guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from kam_rules.model.book import ColumnMap
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.types import Field, Type
from kam_rules.sources._conventions import COMMA, DATES, MISFIT, NUMBERS, PLACEHOLDERS, POINT, SERIAL, SIGN, days, pattern

CURRENCIES = {"€": ("EUR",), "£": ("GBP", "EGP"), "¥": ("JPY", "CNY"), "US$": ("USD",), "CA$": ("CAD",), "A$": ("AUD",)}
CURRENCIES |= {"$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"), "kr": ("SEK", "NOK", "DKK"), "Fr": ("CHF",), "Fr.": ("CHF",)}
DOUBTS = ("KR421", "KR423")
"""Faults of cells that a convention may explain."""


@dataclass(frozen=True, slots=True)
class Found:
    """How a column is written: the convention, how many different texts do not fit it, and others that fit as well."""

    written: str
    misfits: int = 0
    other: str = ""
    sample: str = ""
    signs: tuple[str, ...] = ()


def examine(
    cells: Mapping[str, pl.Series], fields: Mapping[str, Field], columns: Mapping[str, ColumnMap], currency: str = ""
) -> dict[str, ColumnMap]:
    """Return the columns with the convention of each that had none.

    Args:
        cells: each field's different texts, trimmed.
        fields: their contracts.
        columns: what the data file says of them.
        currency: the policy's, where amounts are in it alone.

    Raises:
        DataError: KR427 a column can be meant in two ways, KR428 its amounts are in another currency.
    """
    found = {name: of_texts(texts, fields[name].type) for name, texts in cells.items() if not columns[name].written}
    settled = {
        told.written for name, told in found.items() if fields[name].type.numeric and told.written and not told.other and told.sample
    }
    faults: list[Finding] = []
    kept = dict(columns)
    for name, told in found.items():
        written = told.written
        if told.other:
            if not fields[name].type.numeric or len(settled) != 1:
                faults.append(_ask(name, columns[name], told))
                continue
            written = next(iter(settled))
        kept[name] = replace(columns[name], written=written)
        faults += _foreign(name, columns[name], told.signs, currency) if fields[name].type is Type.MONEY and currency else []
    if faults:
        raise DataError(faults)
    return kept


def of_texts(texts: pl.Series, kind: Type) -> Found:
    """Return how the different texts of a column are written, as numbers or as days."""
    known = texts.drop_nulls().filter(~texts.drop_nulls().str.to_lowercase().is_in(PLACEHOLDERS))
    if not kind.numeric:
        return _days(known)
    found = _numbers(known)
    held = len(known) < len(texts) - texts.null_count()
    return replace(found, written=POINT) if held and not found.written else found


def _numbers(texts: pl.Series) -> Found:
    t = pl.col("t")
    shapes = texts.alias("t").to_frame().group_by(t.str.replace_all("[1-9]", "9").alias("s"), maintain_order=True).agg(t.first()).rows()
    figures = [(shape, text) for shape, text in shapes if re.search(r"\d", shape)]
    fits = {written: [bool(re.match(pattern(written), shape)) for shape, _ in figures] for written in NUMBERS}
    signs = tuple(sorted({sign for shape, _ in figures for sign in re.findall(SIGN, shape)}))
    counts = {written: sum(found) for written, found in fits.items()}
    marked = [text for shape, text in figures if re.search(r"[.,]", shape)]
    if not marked or max(counts.values()) == 0:
        odd = any(not re.fullmatch(r"-?\d+", shape) for shape, _ in figures)
        return Found(POINT if odd and max(counts.values()) else "", signs=signs)
    best = max(NUMBERS, key=lambda written: counts[written])
    rival = COMMA if best == POINT else POINT
    if counts[best] == counts[rival]:
        return Found(best, len(figures) - counts[best], rival, marked[0], signs)
    return Found(best, len(figures) - counts[best], sample=marked[0], signs=signs)


def _days(texts: pl.Series) -> Found:
    read = {written: days(texts, written) for written in (*DATES, SERIAL)}
    counts = {written: int((found != MISFIT).sum()) - int(texts.str.contains(r"\d").not_().sum()) for written, found in read.items()}
    best = max(counts, key=lambda written: counts[written])
    if counts[best] <= 0:
        return Found("")
    rivals = [written for written, count in counts.items() if written != best and count == counts[best]]
    for rival in rivals:
        differ = (read[best] != read[rival]).fill_null(value=False).arg_true()
        if len(differ):
            return Found(best, len(texts) - counts[best], rival, str(texts[differ[0]]))
    return Found(best, len(texts) - counts[best], sample=str(texts[0]))


def _ask(name: str, column: ColumnMap, told: Found) -> Finding:
    message = (
        f"'{name}', column '{column.column}': '{told.sample}' can be read as {told.written} or as {told.other}, and so can all its cells"
    )
    fix = f"say which: {name}: {{column: {column.column}, written: '{told.written}'}} or written: '{told.other}'"
    return Finding("KR427", message, column.where, fix)


def _foreign(name: str, column: ColumnMap, signs: Sequence[str], currency: str) -> Iterator[Finding]:
    strange = [sign for sign in signs if currency not in CURRENCIES.get(sign, (sign,))]
    if strange:
        message = f"'{name}', column '{column.column}': amounts in {' and '.join(strange)} under a policy in {currency}"
        fix = "map currency: to the column that names the currency of each row, and give plan_rates; or take the rows out"
        yield Finding("KR428", message, column.where, fix)


def doubtful(codes: Iterable[str], rounded: int, field: Field, columns: Mapping[str, ColumnMap]) -> bool:
    """Tell whether a column that was read as plain may be written otherwise."""
    if columns[field.name].written:
        return False
    return any(code in DOUBTS for code in codes) or (rounded > 0 and field.type is Type.MONEY)
