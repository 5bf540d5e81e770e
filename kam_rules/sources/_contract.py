"""The data contract: from text to exact values, each cell that breaks it named."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction

import polars as pl

from kam_rules.model.amounts import half_even
from kam_rules.model.text import tidy
from kam_rules.model.types import BUILT_IN, Field, Type

PLACEHOLDERS = ("", "N/A", "n/a", "#N/A")
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$"
SCIENTIFIC = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+$"
NO_NUMBER = r"^[+-]?([nN][aA][nN]|[iI][nN][fF]([iI][nN][iI][tT][yY])?)$"
TRUE = ("true", "yes", "1", "y", "✓", "✔", "ja", "wahr", "oui", "sí")
FALSE = ("false", "no", "0", "n", "✗", "✘", "nein", "falsch", "non")
UNSEEN = "[\u200b-\u200d\u2060\ufeff\u00ad]"
"""Signs of no width, which tell apart what looks alike."""
LIMIT = 2**63
LONGEST = 18
"""Digits that always fit 63 bits."""
SURE = 15
"""Digits of a decimal that survive the way through a double."""
FURTHEST = 400
"""Signs of the longest number that is read; past it, and past twice as many tens, only the sign of zero matters."""


def comparable(table: pl.DataFrame, columns: Mapping[str, str]) -> list[pl.Expr]:
    """Return the columns of a source under the names of fields, each as values are compared.

    Texts are in NFC, trimmed, without signs of no width, and null where one is blank or a placeholder; what every account
    has is text; numbers, truths and days of a typed source stay as they are.
    """
    kinds = table.schema
    letters = [pl.col(name) for name in {*columns.values()} if kinds[name] == pl.String]
    ascii_ = table.select(letter.str.len_bytes().sum() == letter.str.len_chars().sum() for letter in letters).to_dicts() or [{}]
    return [_comparable(name, column, kinds[column], ascii_[0].get(column, True)).alias(name) for name, column in columns.items()]


def _comparable(name: str, column: str, kind: pl.DataType, ascii_: bool) -> pl.Expr:  # noqa: FBT001 - NFC changes nothing then
    if name not in BUILT_IN and (kind.is_numeric() or kind in {pl.Boolean, pl.Date}):
        return pl.col(column)
    text = as_text(column, kind)
    trimmed = (text if ascii_ and kind == pl.String else text.str.normalize("NFC").str.replace_all(UNSEEN, "")).str.strip_chars()
    return pl.when(trimmed.is_in(PLACEHOLDERS)).then(None).otherwise(trimmed)


def as_text(name: str, kind: pl.DataType) -> pl.Expr:
    """Return a column as text; a whole float is written without a point, as the count or flag that it is."""
    if kind.is_temporal():
        return pl.col(name).dt.to_string("iso")
    text = pl.col(name).cast(pl.String)
    return text.str.strip_suffix(".0") if kind.is_float() else text


def texts(column: pl.Series) -> pl.Series:
    """Return a column as the texts that its cells hold."""
    return column if column.dtype == pl.String else column.to_frame().select(as_text(column.name, column.dtype)).to_series()


def typed(column: pl.Series, field: Field, unit: str) -> tuple[pl.Series, pl.Series, int]:
    """Return a column's values as the program stores them, the code of each cell's fault, and how many were rounded.

    Args:
        column: trimmed texts, or what a typed source holds; null where missing.
        field: the contract.
        unit: how bare numbers of a ratio are meant: percent or fraction, or nothing where each cell has a sign.
    """
    if field.type.numeric:
        values, codes, rounded = _numbers(column, field, unit)
        codes = _limits(values, codes, field)
        kept = values if codes.null_count() == len(codes) else values.zip_with(codes.is_null(), pl.Series([None], dtype=pl.Int64))
        return kept, codes, rounded
    if column.dtype == {Type.DATE: pl.Date, Type.FLAG: pl.Boolean}.get(field.type):
        return _as_it_is(column)
    text = texts(column)
    if field.type is Type.DATE:
        values = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        shape = text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]00:00(:00(\.0+)?)?)?$") & (values.dt.year() > 0)
        values = values.zip_with(shape.fill_null(value=False), pl.Series([None], dtype=pl.Date))
        return values, _fault(text.is_not_null() & values.is_null(), "KR423"), 0
    if field.type is Type.FLAG:
        lower = text.str.to_lowercase()
        values = pl.select(pl.when(lower.is_in(TRUE)).then(True).when(lower.is_in(FALSE)).then(False).otherwise(None)).to_series()  # noqa: FBT003
        return values, _fault(text.is_not_null() & values.is_null(), "KR425"), 0
    values = text
    if field.type is Type.CATEGORY:
        known = values.is_in(list(field.values))
        values = values.zip_with(known.fill_null(value=False), pl.Series([None], dtype=pl.String))
        return values, _fault(text.is_not_null() & values.is_null(), "KR424"), 0
    return values, _fault(text.is_null() & text.is_not_null(), ""), 0


def _fault(where: pl.Series, code: str) -> pl.Series:
    return pl.select(pl.when(where.fill_null(value=False)).then(pl.lit(code)).otherwise(None)).to_series()


def _as_it_is(column: pl.Series) -> tuple[pl.Series, pl.Series, int]:
    """Take days and truths as a typed source holds them; a day before the first year is none."""
    if column.dtype == pl.Date:
        kept = pl.select(pl.when(column.dt.year() > 0).then(column)).to_series()
        return kept, _fault(column.is_not_null() & kept.is_null(), "KR423"), 0
    return column, pl.Series([None], dtype=pl.String).new_from_index(0, len(column)), 0


def _numbers(column: pl.Series, field: Field, unit: str) -> tuple[pl.Series, pl.Series, int]:
    """Read whole columns of plain numbers at once; what is out of the ordinary is read cell by cell."""
    places = field.decimals - (2 if field.type is Type.RATIO and unit == "percent" else 0)
    bare = field.type is not Type.RATIO or unit != ""
    none = pl.Series([None], dtype=pl.Int64).new_from_index(0, len(column))
    values = none if places < 0 or not bare else _plain(column, places)
    odd = (values.is_null() & column.is_not_null()).arg_true()
    codes = pl.Series([None], dtype=pl.String).new_from_index(0, len(column))
    found = [_cell(cell, field, unit) for cell in texts(column.gather(odd))]
    if found:
        values = values.scatter(odd, pl.Series([item[0] for item in found], dtype=pl.Int64))
        codes = codes.scatter(odd, pl.Series([item[1] for item in found], dtype=pl.String))
    return values, codes, sum(item[2] for item in found)


def _plain(column: pl.Series, places: int) -> pl.Series:
    """Return the numbers that can be read without a second look, in units of the last place; null for all others."""
    t, frame = pl.col("t"), column.alias("t").to_frame()
    if column.dtype.is_integer():
        most = (LIMIT - 1) // 10**places
        whole = t.cast(pl.Int64, strict=False)
        return frame.select(pl.when(whole.is_between(-most, most)).then(whole * 10**places)).to_series()
    if column.dtype == pl.Float64:
        return _doubles(column, places)
    return _digits(texts(column).alias("t").to_frame(), places)


def _doubles(column: pl.Series, places: int) -> pl.Series:
    """Read doubles by their shortest decimal.

    A whole number of at most 15 digits over a power of ten that rounds to the double is that decimal: two decimals of
    so few digits never round to the same double. The division is NumPy's: Polars multiplies by the reciprocal.
    """
    import numpy as np

    values = column.to_numpy()
    with np.errstate(all="ignore"):
        scaled = np.rint(values * 10.0**places)
        exact = (np.abs(scaled) < 10**SURE) & (scaled / 10.0**places == values)
    whole = pl.Series(np.where(exact, scaled, 0).astype(np.int64))
    return whole.zip_with(pl.Series(exact), pl.Series([None], dtype=pl.Int64))


def _digits(frame: pl.DataFrame, places: int) -> pl.Series:
    """Read plain decimals: the digits without their point, brought to the last place."""
    t, texts_ = pl.col("t"), frame["t"]
    whole = texts_.cast(pl.Int64, strict=False)
    if whole.null_count() == texts_.null_count():
        return pl.select(pl.when(texts_.str.len_bytes() + places <= LONGEST).then(whole * 10**places)).to_series()
    point = t.str.find(".", literal=True).cast(pl.Int64)
    tail = pl.when(point.is_null()).then(0).otherwise(t.str.len_bytes().cast(pl.Int64) - point - 1)
    digits = t.str.replace(".", "", literal=True).cast(pl.Int64, strict=False)
    tens = pl.lit(pl.Series([10**i for i in range(places + 1)], dtype=pl.Int64))
    plain = (
        (tail <= places)
        & (t.str.len_bytes() + places - tail <= LONGEST)
        & ~t.str.contains(".-", literal=True)
        & ~t.str.contains(".+", literal=True)
    )
    scaled = digits * tens.gather(pl.when(tail <= places).then(places - tail).otherwise(0).cast(pl.UInt32))
    return frame.select(pl.when(plain).then(scaled)).to_series()


def _cell(text: str, field: Field, unit: str) -> tuple[int | None, str | None, bool]:
    """Return (value, fault, rounded) of one cell."""
    body, shift = text, field.type is Type.RATIO and unit == "percent"
    if field.type is Type.RATIO and text.endswith("%"):
        body, shift = text[:-1].strip(), True
    elif field.type is Type.RATIO and unit == "" and (re.match(NUMBER, text) or re.match(SCIENTIFIC, text)):
        return None, "KR426", False
    if re.match(NO_NUMBER, body):
        return None, "KR414", False
    if not (re.match(NUMBER, body) or re.match(SCIENTIFIC, body)):
        return None, "KR421", False
    if len(body) > FURTHEST:
        return None, "KR414", False
    digits, _, power = body.lower().partition("e")
    tens = min(max(int(power or 0), -2 * FURTHEST), 2 * FURTHEST)
    exact = Fraction(digits) * Fraction(10) ** tens / (100 if shift else 1)
    kept = half_even(exact, field.decimals)
    stored = int(kept * 10**field.decimals)
    if not -LIMIT < stored < LIMIT:
        return None, "KR414", False
    return stored, None, kept != exact


def _limits(values: pl.Series, codes: pl.Series, field: Field) -> pl.Series:
    """Add the faults of values outside the contract or outside what is plausible."""
    if field.least is None and field.most is None and field.plausible is None:
        return codes
    c, v = pl.col("c"), pl.col("v")
    broken = outside(v, field.least, field.most, field.decimals)
    low, high = field.plausible or (None, None)
    implausible = outside(v, low, high, field.decimals)
    code = pl.when(c.is_not_null()).then(c).when(implausible).then(pl.lit("KR415")).when(broken).then(pl.lit("KR422")).otherwise(None)
    return pl.DataFrame({"v": values, "c": codes}).select(code.alias("c")).to_series()


def outside(v: pl.Expr, least: Fraction | None, most: Fraction | None, places: int) -> pl.Expr:
    """Tell which stored values lie outside; a limit past 63 bits is held by every value or by none."""
    found = pl.lit(value=False)
    if least is not None and (low := math.ceil(least * 10**places)) > -LIMIT:
        found |= v < low if low < LIMIT else v.is_not_null()
    if most is not None and (high := math.floor(most * 10**places)) < LIMIT:
        found |= v > high if high > -LIMIT else v.is_not_null()
    return found


def reason(code: str, raw: str, field: Field, unit: str = "", written: str = "") -> tuple[str, str]:
    """Return the sentence and the fix for one cell's fault."""
    from kam_rules.feel.printer import value as said
    from kam_rules.model.names import nearest

    near = nearest(tidy(raw), field.values) if field.values else None
    low, high = (None if end is None else said(end, field.type) for end in (field.least, field.most))
    limits = " to ".join(end for end in (low, high) if end) if low and high else f"{low} or more" if low else f"{high} or less"
    plausible = " to ".join(said(end, field.type) for end in field.plausible or ())
    fraction = unit == "fraction" and field.type is Type.RATIO
    percent_hint = " (12 read as a fraction is 1200%: does the data file want unit: percent?)" if fraction else ""
    return {
        "KR413": ("a required value is missing", "fill it in; without it the account cannot be decided"),
        "KR414": ("this is not a number that can be kept", "correct the cell"),
        "KR415": (f"an agreed target outside what is plausible ({plausible})", "correct it: is a digit doubled?"),
        "KR421": ("this is not a number", "write digits and a decimal point: 1234.50"),
        "KR422": (f"out of contract: {limits}{percent_hint}", "correct the cell, or the contract under fields"),
        "KR423": ("this is not a day", "write year-month-day: 2026-01-31"),
        "KR424": (f"not one of: {', '.join(field.values)}", f"did you mean '{near}'?" if near else "write one of them"),
        "KR425": ("this is neither yes nor no", "write true or false"),
        "KR429": (_misfit(written), "write it as the others are written, or say how under written:"),
        "KR426": ("a bare number: is it a percent or a fraction?", "say unit: percent or unit: fraction in the data file"),
    }[code]


def _misfit(written: str) -> str:
    return f"it cannot be read as the rest of its column is written: {written}"
