"""Who belongs to whom: every account's ultimate parent, how far below it stands, and chains that cannot be followed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from kam_rules.feel.printer import value as said
from kam_rules.model.book import PARENT_HAS_ALL, Book, Why
from kam_rules.model.errors import Finding
from kam_rules.model.hierarchy import DEEPEST, circles
from kam_rules.model.types import Type
from kam_rules.pipeline.aside import brought
from kam_rules.pipeline.tables import cell

MISSING, SELF, LOOP, DEEP = "missing", "self", "loop", "deep"
SHOWN = 5
NEAR = Fraction(1, 200)
"""How near a parent's base and that of the accounts below it are where they are taken for the same money."""


def tree(accounts: pl.DataFrame) -> pl.DataFrame:
    """Return every account's place among its parents.

    Args:
        accounts: columns account_id and parent, each id once.

    Returns:
        The same rows with `top` (the ultimate parent, itself where nothing stands above), `depth` (parents above it) and
        `fault`: null, ``missing`` (its parent is no account here), ``self``, ``loop`` (it stands in a circle, or below
        one) or ``deep`` (more than ten parents). What has a fault other than ``deep`` is its own top.
    """
    joined = accounts.select("account_id", "parent").with_columns(known=pl.col("parent").is_in(accounts["account_id"].implode()))
    own = pl.col("parent") == pl.col("account_id")
    fault = pl.when(own).then(pl.lit(SELF)).when(~pl.col("known")).then(pl.lit(MISSING))
    rows = joined.with_columns(fault=pl.when(pl.col("parent").is_not_null()).then(fault))
    up = rows.with_columns(up=pl.when(pl.col("fault").is_null()).then(pl.col("parent"))).select("account_id", "up")
    places = _climbed(up)
    found = rows.drop("known").join(places, on="account_id", how="left", maintain_order="left")
    return found.with_columns(fault=pl.coalesce("fault", "lost")).drop("lost")


def _climbed(up: pl.DataFrame) -> pl.DataFrame:
    """Return top, depth and what went wrong on the way, climbing all chains one step at a time."""
    well = pl.lit(None, pl.String)
    done = [up.filter(pl.col("up").is_null()).select("account_id", top="account_id", depth=pl.lit(0, pl.Int64), lost=well)]
    links = up.filter(pl.col("up").is_not_null())
    going = links.select("account_id", at="up")
    for depth in range(1, DEEPEST + 1):
        step = going.join(links.rename({"account_id": "at"}), on="at", how="left", maintain_order="left")
        there = step.filter(pl.col("up").is_null())
        done.append(there.select("account_id", top="at", depth=pl.lit(depth, pl.Int64), lost=well))
        going = step.filter(pl.col("up").is_not_null()).select("account_id", at="up")
    return pl.concat([*done, _far(going["account_id"], links)])


def _far(ids: pl.Series, links: pl.DataFrame) -> pl.DataFrame:
    """Walk the chains that are longer than anybody means, or never end."""
    schema = {"account_id": pl.String, "top": pl.String, "depth": pl.Int64, "lost": pl.String}
    if not len(ids):
        return pl.DataFrame(schema=schema)
    above: dict[str, str | None] = dict(links.iter_rows())
    turning = circles(above)
    ends: dict[str, tuple[str, int]] = {}
    for start in ids:
        path, one = [], start
        while one in above and one not in turning and one not in ends:
            path.append(one)
            one = str(above[one])
        top, depth = ends.get(one, ("", 0) if one in turning else (one, 0))
        for number, name in enumerate(reversed(path), start=1):
            ends[name] = (top, depth + number)
    found = ((id_, *ends.get(id_, ("", 0))) for id_ in ids)
    rows = [(id_, top, depth, DEEP) if top else (id_, id_, 0, LOOP) for id_, top, depth in found]
    return pl.DataFrame(rows, schema=schema, orient="row")


def members(book: Book, base: str) -> pl.DataFrame:
    """Return every account that came in, decided or not, once: row, account_id, parent, owner, and the base that is its own."""
    kept = book.table.lazy().select("row", "account_id", "parent", "owner", base=pl.col(base)).collect()
    added = book.aside.frame().filter(pl.col("why") == Why.ADDED)
    below = added.group_by(row="of").agg(more=pl.col("base").sum())
    kept = kept.join(below, on="row", how="left", maintain_order="left").with_columns(pl.col("base") - pl.col("more").fill_null(0))
    away = book.aside.frame().filter(pl.col("why").is_in([Why.ADDED, Why.HELD]))
    names = ("row", "account_id", "parent", "owner", "base")
    told = away.with_columns(owner=pl.lit(None, pl.String))
    rows = pl.concat([frame.select(names) for frame in (kept, book.rejected.frame(), told)])
    return rows.filter(pl.col("account_id").is_not_null()).sort("row").unique("account_id", keep="first", maintain_order=True)


def hierarchy_findings(book: Book, base: str, minor: int) -> Iterator[Finding]:
    """Return what is odd about the parents of a book: faults of chains, and money that may be counted twice.

    Args:
        book: the accounts.
        base: the field that is the base.
        minor: its decimals.
    """
    if "parent" not in book.source.columns:
        return
    rows = members(book, base)
    placed = rows.join(tree(rows).select("account_id", "top", "depth", "fault"), on="account_id", how="left", maintain_order="left")
    yield from _faults(book, placed)
    yield from _twice(book, placed, minor)


def _faults(book: Book, placed: pl.DataFrame) -> Iterator[Finding]:
    stands = "each stands for itself"
    texts = {
        MISSING: ("KR444", f"the parent is no account of this file; {stands}", "deliver the parents, or leave the column blank at the top"),
        SELF: ("KR445", f"the account is its own parent; {stands}", "leave the column blank at the top"),
        LOOP: ("KR445", f"parents run in a circle; {stands}", "leave the column blank for the topmost one"),
        DEEP: ("KR446", f"more than {DEEPEST} parents stand above it", "is it the right column? no company is so deep"),
    }
    column = book.source.columns["parent"].column
    for fault, (code, sentence, fix) in texts.items():
        rows = placed.filter(pl.col("fault") == fault)
        if rows.height:
            first = rows.row(0, named=True)
            where = cell(book.source.shown, first["row"], column, first["parent"])
            others = rows["row"].slice(1, SHOWN).to_list()
            more = f"; so is it in row{'s' if len(others) > 1 else ''} {', '.join(map(str, others))}" if others else ""
            rest = f" and {rows.height - 1 - SHOWN:,} more" if rows.height - 1 > SHOWN else ""
            loop = f" ({' → '.join(_circle(placed, first['account_id']))})" if fault == LOOP else ""
            yield Finding(code, f"{where}: {sentence}{loop}{more}{rest}", None, fix, "warning")


def _circle(placed: pl.DataFrame, start: str) -> list[str]:
    """Return the circle that an account stands in, or that it leads into."""
    above: dict[str, str | None] = dict(placed.filter(pl.col("fault") == LOOP).select("account_id", "parent").iter_rows())
    turning, one = circles(above), start
    while one not in turning:
        one = str(above[one])
    return turning[one]


def _twice(book: Book, placed: pl.DataFrame, minor: int) -> Iterator[Finding]:
    """Find families of which the parent and accounts below it both bring a base."""
    below = placed.filter((pl.col("top") != pl.col("account_id")) & (pl.col("base") != 0))
    sums = below.group_by(account_id="top").agg(below=pl.col("base").cast(pl.Int128).sum(), n=pl.len())
    both = placed.filter(pl.col("base") != 0).join(sums, on="account_id", how="inner", maintain_order="left")
    gap = (pl.col("base").cast(pl.Int128) - pl.col("below")).abs()
    same = both.filter(gap * NEAR.denominator <= pl.col("base").cast(pl.Int128).abs() * NEAR.numerator)
    declared = book.source.roll_up.method if book.source.roll_up else ""
    if both.height and not declared:
        parents, under = (said(Fraction(brought(both[name]), 10**minor), Type.MONEY, minor=minor) for name in ("base", "below"))
        message = f"{both.height:,} parents bring a base of {parents}, and the {int(both['n'].sum()):,} accounts below them {under}"
        fix = "say in the data file whether that is the same money: roll_up: {method: none | add | parent_has_all}"
        yield Finding("KR447", f"{message}: nobody said whether it is the same money", None, fix, "note")
    if same.height and declared != PARENT_HAS_ALL:
        names = ", ".join(same["account_id"].head(SHOWN).to_list())
        more = f" and {same.height - SHOWN:,} more" if same.height > SHOWN else ""
        message = f"the base of {names}{more} is what the accounts below bring: it looks counted twice"
        yield Finding("KR447", message, None, "roll_up: {method: parent_has_all} counts it once; or correct the parents", "warning")
