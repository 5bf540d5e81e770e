"""Conventions of a column: from how people write numbers and days to the plain text that the contract reads.

One convention holds for a whole column. A cell that does not fit it is at fault; it is never read by another.
"""

from __future__ import annotations

import polars as pl

from kam_rules.model.book import ColumnMap
from kam_rules.model.types import Field, Type

POINT, COMMA = "1,234.50", "1.234,50"
NUMBERS = {POINT: (".", ","), COMMA: (",", r"\.")}
"""Each with its decimal mark and the mark of its thousands; blanks and apostrophes mark thousands in either."""
SIGN = r"(?:US\$|CA\$|A\$|[$€£¥]|[A-Z]{3}|kr|Fr\.?)"
MINUS = "[-\u2212\u2013]"
BLANK = "[ \u00a0\u2009\u202f]"
DAY, MONTH, YEAR = r"(?P<d>[0-9]{1,2})", r"(?P<m>[0-9]{1,2})", r"(?P<y>[0-9]{4})"
MIDNIGHT = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
DATES = {
    "year-month-day": rf"^{YEAR}-{MONTH}-{DAY}{MIDNIGHT}$",
    "day.month.year": rf"^{DAY}\.{MONTH}\.{YEAR}{MIDNIGHT}$",
    "day/month/year": rf"^{DAY}/{MONTH}/{YEAR}{MIDNIGHT}$",
    "month/day/year": rf"^{MONTH}/{DAY}/{YEAR}{MIDNIGHT}$",
    "day-month-year": rf"^{DAY}-{MONTH}-{YEAR}{MIDNIGHT}$",
    "month-day-year": rf"^{MONTH}-{DAY}-{YEAR}{MIDNIGHT}$",
    "year/month/day": rf"^{YEAR}/{MONTH}/{DAY}{MIDNIGHT}$",
    "yearmonthday": r"^(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})$",
}
SERIAL = "excel"
"""Days as Excel counts them: 46000 is 2025-12-09."""
FIRST, LAST = 10_000, 100_000
"""Serial numbers that are read: 1927 to 2173."""
MISFIT = "\0"
"""What stands for a cell that could be read by another convention than its column's: no contract takes it."""
_ERRORS = ("#n/a", "#div/0!", "#ref!", "#value!", "#name?", "#num!", "#null!", "#error!")
PLACEHOLDERS = ("-", "\u2013", "\u2014", "n/a", "na", "n.a.", "k.a.", "k. a.", "null", "none", "nil", *_ERRORS)
"""Texts that mean nothing known where a number, a day or a flag is expected; in lower case."""


def pattern(written: str) -> str:
    """Return the expression that a number of this convention matches; Polars and Python read it alike."""
    decimal, thousands = NUMBERS[written]
    whole = rf"[1-9][0-9]{{0,2}}(?:(?:{thousands}|['\u2019]|{BLANK})[0-9]{{3}})+"
    body = rf"(?:{whole}|[0-9]+)(?:[{decimal}][0-9]*)?|[{decimal}][0-9]+"
    power = r"|[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+" if decimal == "." else ""
    signs = rf"({MINUS}|\+)?{BLANK}*"
    return rf"^(\()?{signs}(?:{SIGN})?{BLANK}*{signs}({body}{power}){BLANK}*(%)?{BLANK}*(?:{SIGN})?{BLANK}*({MINUS})?(\))?$"


def plain(column: pl.Series, field: Field, how: ColumnMap) -> pl.Series:
    """Return a column of trimmed texts as its contract reads it; typed columns, and texts of plain columns, as they are."""
    if column.dtype != pl.String:
        return column
    if how.zero:
        column = pl.select(pl.when(column.is_in(how.zero)).then(pl.lit("0")).otherwise(column).alias(column.name)).to_series()
    if how.missing:
        column = pl.select(pl.when(column.is_in(how.missing)).then(None).otherwise(column).alias(column.name)).to_series()
    if not how.written:
        return column
    if field.type.numeric:
        return numbers(_known(column), how.written)
    return days(_known(column), how.written) if field.type is Type.DATE else column


def numbers(column: pl.Series, written: str) -> pl.Series:
    """Return numbers as plain decimals; a cell that only the other convention reads is `MISFIT`, any other stays as it is."""
    decimal, _ = NUMBERS[written]
    t = pl.col("t")
    groups = t.str.extract_groups(pattern(written)).struct
    opened, first, second, body, percent, last, closed = (groups.field(str(i)) for i in range(1, 8))
    signs = sum((sign.is_not_null() & (sign != "+") for sign in (opened, first, second, last)), pl.lit(0))
    body = body.str.replace_all(rf"[^0-9{decimal}eE+-]" if decimal == "." else r"[^0-9,]", "").str.replace(",", ".", literal=True)
    text = pl.concat_str(pl.when(signs == 1).then(pl.lit("-")).otherwise(pl.lit("")), body, percent.fill_null(""))
    fits = body.is_not_null() & (signs <= 1) & (opened.is_null() == closed.is_null())
    bad = pl.when(body.is_null() & t.str.contains(pattern(COMMA if written == POINT else POINT))).then(pl.lit(MISFIT)).otherwise(t)
    return column.alias("t").to_frame().select(pl.when(fits).then(text).otherwise(bad)).to_series()


def days(column: pl.Series, written: str) -> pl.Series:
    """Return days as year-month-day; a cell with digits that does not fit is `MISFIT`, one without stays as it is."""
    t = pl.col("t")
    day: pl.Expr
    if written == SERIAL:
        number = t.str.extract(r"^([0-9]{5})(?:\.0+)?$").cast(pl.Int32, strict=False)
        start = pl.lit("1899-12-30").str.to_date()
        day = pl.when(number.is_between(FIRST, LAST)).then(start + pl.duration(days=number))
    else:
        parts = t.str.extract_groups(DATES[written]).struct
        iso = pl.concat_str(parts.field("y"), *(parts.field(part).str.zfill(2) for part in ("m", "d")), separator="-")
        day = iso.str.to_date("%Y-%m-%d", strict=False)
    bad = pl.when(t.str.contains(r"[0-9]")).then(pl.lit(MISFIT)).otherwise(t)
    return column.alias("t").to_frame().select(pl.when(day.is_not_null()).then(day.dt.to_string("iso")).otherwise(bad)).to_series()


def _known(column: pl.Series) -> pl.Series:
    """Leave out the texts that mean nothing known."""
    known = column.str.to_lowercase().is_in(PLACEHOLDERS).fill_null(value=False)
    return column.zip_with(~known, pl.Series([None], dtype=pl.String)) if known.any() else column


def told(how: ColumnMap) -> str:
    """Say how the texts of a column were read; nothing where they are plain."""
    parts = [f"written {how.written}" if how.written else ""]
    parts += [f"{', '.join(map(repr, how.zero))} is 0"] if how.zero else []
    parts += [f"{', '.join(map(repr, how.missing))} is missing"] if how.missing else []
    return "; ".join(part for part in parts if part)
