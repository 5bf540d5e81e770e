"""Look at a file before anything is decided by it: how it lies, what its columns hold, and what is wrong in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from kam_rules.model.book import ColumnMap, Layout
from kam_rules.model.errors import Finding
from kam_rules.model.progress import Progress
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.conventions import Found, of_texts
from kam_rules.sources import reader
from kam_rules.sources._contract import FALSE, TRUE, texts
from kam_rules.sources._conventions import MISFIT, PLACEHOLDERS, POINT, plain
from kam_rules.sources._names import plain_name, trap

MOST_SAMPLES, MOST_WORDS, MOST_IDS = 3, 30, 5
LONG_ID, SHORT_ID = 18, 15
PLAIN = {Type.NUMBER: r"(?i)^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?%?$", Type.DATE: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
"""What the contract reads."""
SAME = 0.9
"""The share of a column's different texts that have to fit what it is said to hold."""
ID_NAMES = (
    "accountid",
    "accountnumber",
    "acct",
    "acctno",
    "accountno",
    "id",
    "recordid",
    "customerid",
    "customerno",
    "kundennr",
    "kundennummer",
)
"""What the column of the ids is called, the best first; letters and digits alone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One column: what it holds, how it is written, and between what; `different` counts its different texts.

    `missing` counts blank cells and placeholders, `holders` are the placeholders that stand in it, `words` all
    its texts where they are few.
    """

    name: str
    kind: str
    written: Found
    filled: int
    missing: int
    different: int
    least: str = ""
    most: str = ""
    samples: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file: how it lies, how many rows it has, those set aside by why, its columns, and what is wrong."""

    shown: str
    key: str
    told: tuple[tuple[str, str], ...]
    rows: int
    aside: tuple[tuple[int, str, str], ...]
    columns: tuple[Seen, ...]
    faults: tuple[Finding, ...]


@dataclass
class _Whole:
    """A file on its way: every column's different texts with how often each stands there."""

    counts: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    aside: list[tuple[int, str, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    told: tuple[tuple[str, str], ...] = ()
    rows: int = 0


def inspect(path: Path, layout: Layout, progress: Progress, expect: Progress) -> Inspected:
    """Return what stands in a file.

    Args:
        path: the file.
        layout: what is known of how it lies.
        progress: called with the number of rows read.
        expect: called with the number of further rows there are thought to be.

    Raises:
        DataError: KR401 to KR410 it cannot be read.
    """
    shown = path.name
    first = next(iter(reader(path, shown, None).read(path, shown, (), layout)))
    key = key_of(first.names)
    found, thought = _Whole(), 0
    for raw in reader(path, shown, None).read(
        path, shown, first.names, Layout(layout.encoding, layout.separator, layout.header, layout.sheet, key)
    ):
        for name in raw.names:
            found.counts.setdefault(name, []).append(texts(raw.table[name]).alias("t").to_frame().group_by("t", maintain_order=True).len())
        if raw.aside is not None:
            found.aside += raw.aside.select("row", "why", pl.col("text").fill_null("")).rows()
        found.faults += raw.faults
        found.told = found.told or raw.told
        found.rows += raw.table.height
        expect(found.rows + raw.left - thought)
        progress(raw.table.height)
        thought = found.rows + raw.left
    columns = {name: _counted(parts) for name, parts in found.counts.items()}
    seen = _settled(tuple(look(name, counts) for name, counts in columns.items()))
    faults = [Finding("KR407", f"{shown} row {row}: the row does not fit the header ({why})") for row, why in found.faults]
    faults += [fault for one in seen for fault in _faults(shown, one, columns[one.name], one.name == key)]
    return Inspected(shown, key, found.told, found.rows, tuple(found.aside), seen, tuple(faults))


def _settled(columns: tuple[Seen, ...]) -> tuple[Seen, ...]:
    """Let columns of numbers that could be read in two ways take the one way of those that can be read in one alone."""
    sure = {one.written.written for one in columns if one.kind in {"number", "percent"} and one.written.sample and not one.written.other}
    if len(sure) != 1:
        return columns
    way = next(iter(sure))
    return tuple(
        replace(one, written=replace(one.written, written=way, other="")) if one.kind == "number" and one.written.other else one
        for one in columns
    )


def _counted(parts: list[pl.DataFrame]) -> pl.DataFrame:
    counted = pl.concat(parts).with_columns(pl.col("t").str.strip_chars().fill_null(""))
    return counted.group_by("t", maintain_order=True).agg(pl.col("len").cast(pl.Int64).sum())


def key_of(names: Collection[str]) -> str:
    """Return the column of the ids by its name; nothing where none is called so."""
    plain_names = {plain_name(name): name for name in reversed(list(names))}
    return next((plain_names[word] for word in ID_NAMES if word in plain_names), "")


def look(name: str, counts: pl.DataFrame) -> Seen:
    """Return what a column holds, by its different texts and how often each stands there."""
    held = pl.col("t").str.to_lowercase().is_in(PLACEHOLDERS)
    known = counts.filter((pl.col("t") != "") & ~held)
    filled, missing = int(known["len"].sum()), int(counts["len"].sum()) - int(known["len"].sum())
    kind, written = _kind(known["t"], filled)
    low, high = _range(known["t"], kind, written)
    samples = tuple(known["t"].head(MOST_SAMPLES))
    words = tuple(known["t"]) if known.height <= MOST_WORDS else ()
    return Seen(name, kind, written, filled, missing, known.height, low, high, samples, tuple(counts.filter(held)["t"]), words)


def _kind(known: pl.Series, filled: int) -> tuple[str, Found]:
    if not len(known):
        return "blank", Found("")
    if known.str.to_lowercase().is_in([*TRUE, *FALSE]).all():
        return "yes or no", Found("")
    figures = of_texts(known, Type.NUMBER)
    if _fits(known, figures.written or POINT, Type.NUMBER):
        return "percent" if known.str.ends_with("%").all() else "number", figures
    days = of_texts(known, Type.DATE)
    if days.written and _fits(known, days.written, Type.DATE):
        return "day", days
    return "words" if len(known) <= MOST_WORDS and len(known) * 2 <= filled else "text", Found("")


def _read(known: pl.Series, kind: Type, written: str) -> pl.Series:
    return plain(known, Field("x", kind), ColumnMap("x", written=written))


def _fits(known: pl.Series, written: str, kind: Type) -> bool:
    read = _read(known, kind, written)
    return int((read.str.contains(PLAIN[kind]) & (read != MISFIT)).sum()) >= SAME * len(known)


def _range(known: pl.Series, kind: str, written: Found) -> tuple[str, str]:
    if kind == "day":
        found = _read(known, Type.DATE, written.written).str.to_date("%Y-%m-%d", strict=False).drop_nulls()
        return (str(found.min()), str(found.max())) if len(found) else ("", "")
    if kind in {"number", "percent"}:
        read = _read(known, Type.NUMBER, written.written or POINT)
        order = read.str.strip_suffix("%").cast(pl.Float64, strict=False)
        frame = pl.DataFrame({"t": known, "o": order}).drop_nulls()
        return (frame.sort("o")["t"][0], frame.sort("o")["t"][-1]) if frame.height else ("", "")
    return "", ""


def _faults(shown: str, one: Seen, counts: pl.DataFrame, key: bool) -> Iterator[Finding]:  # noqa: FBT001 - one column is the key
    at, known = f"{shown}, column '{one.name}'", counts.filter(pl.col("t") != "")
    if one.written.other:
        message = f"{at}: '{one.written.sample}' can be read as {one.written.written} or as {one.written.other}"
        yield Finding("KR427", message, None, "say which with written: in the data file")
    if one.kind in {"number", "percent", "day"}:
        yield from _misfits(at, one, known)
    if one.kind in {"words", "text"} and not key:
        yield from _alike(at, known["t"])
    if key:
        yield from _ids(at, known)
    reason = trap(one.name)
    if reason and one.kind in {"number", "text", "percent"}:
        yield Finding("KR680", f"{at}: {reason}", None, "map another column; i_know: true beside the column overrules this", "warning")


def _misfits(at: str, one: Seen, known: pl.DataFrame) -> Iterator[Finding]:
    shares = known.filter(pl.col("t").str.contains("%$"))
    bare = known.filter(~pl.col("t").str.contains("%$") & pl.col("t").str.contains("[0-9]"))
    if one.kind != "day" and shares.height and bare.height:
        message = f"{at}: {int(shares['len'].sum()):,} cells have a % and {int(bare['len'].sum()):,} have none, such as {bare['t'][0]}"
        yield Finding("KR681", message, None, "write all of them with the sign", "warning")
    kind = Type.DATE if one.kind == "day" else Type.NUMBER
    if not one.written.written:
        return
    read = _read(known["t"], kind, one.written.written)
    odd = known.filter((read.is_not_null() & ~read.str.contains(PLAIN[kind])).fill_null(value=False))
    if odd.height:
        message = f"{at}: {int(odd['len'].sum()):,} cells do not fit {one.written.written}, such as '{odd['t'][0]}'"
        yield Finding("KR429", message, None, "write them as the others are written", "warning")


def _alike(at: str, known: pl.Series) -> Iterator[Finding]:
    """Tell texts that differ in case, blanks and signs alone."""
    frame = known.alias("t").to_frame().with_columns(pl.col("t").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "").alias("p"))
    same = frame.filter(pl.col("p") != "").group_by("p", maintain_order=True).agg("t").filter(pl.col("t").list.len() > 1)
    if same.height:
        pairs = "; ".join(" / ".join(map(repr, found)) for found in same["t"].head(MOST_SAMPLES).to_list())
        yield Finding("KR683", f"{at}: {same.height:,} texts are spelled in several ways: {pairs}", None, "keep one spelling", "warning")


def _ids(at: str, known: pl.DataFrame) -> Iterator[Finding]:
    twice = known.filter(pl.col("len") > 1)
    if twice.height:
        message = f"{at}: {twice.height:,} ids stand in several rows, such as '{twice['t'][0]}'"
        yield Finding("KR412", message, None, "exact copies merge; of rows that differ keep the right one", "warning")
    ids = known["t"].to_list()
    force = [one for one in ids if re.fullmatch(r"[a-zA-Z0-9]{15}|[a-zA-Z0-9]{18}", one)]
    if {len(one) for one in force} == {SHORT_ID, LONG_ID}:
        yield Finding("KR684", f"{at}: ids of 15 and of 18 letters are mixed", None, "export the 18-letter ids for all rows", "warning")
    shapes: dict[str, list[str]] = {}
    for one in ids:
        shapes.setdefault(re.sub(r"\d+", lambda found: f"9{{{len(found[0])}}}", one), []).append(one)
    usual = max(shapes.values(), key=len, default=[])
    eaten = [one for one in ids if one not in set(usual) and re.fullmatch(r"\d+|\d\.\d+E\+\d+", one)]
    if eaten and len(usual) * 2 > len(ids):
        few = ", ".join(map(repr, eaten[:MOST_IDS]))
        message = f"{at}: {len(eaten):,} ids look as if a spreadsheet read them as numbers: {few}; the others read like '{usual[0]}'"
        yield Finding("KR682", message, None, "format the column as text before the ids go in, and export again", "warning")
