"""Accounts that are likely the same customer twice: listed, never merged. Each is compared with its neighbours alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from kam_rules.model.book import Book
from kam_rules.pipeline.hierarchy import members, tree

LEAST = 92
"""Likeness of two names, of 100, from which they are nearly the same. Source: indel similarity, as rapidfuzz measures it."""
NEIGHBOURS = 5
"""How many names after it, in order, each name is compared with: the cost of a book is five comparisons a name, twice."""
MOST = 10_000
"""Pairs that are listed, the largest base first."""
DOMAINS = ("domain", "website", "email_domain")
"""Fields of a policy that hold where a customer is at home on the web."""
FORMS = "inc incorporated corp corporation co company llc llp ltd limited plc gmbh mbh ag kg se sa sas sarl srl spa bv nv ab oy as pty the"
"""Words of a name that say how a company is incorporated, not which."""
LEGAL = rf"\b({FORMS.replace(' ', '|')})\b"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows that are likely one customer, the one with the smaller row first, and why."""

    row: int
    account_id: str
    name: str
    other_row: int
    other_id: str
    other_name: str
    likeness: int
    domain: str
    base: int
    other_base: int


def likely(book: Book, base: str) -> tuple[Pair, ...]:
    """Return pairs of accounts with nearly the same name or the same domain, families left out, the largest base first.

    Args:
        book: the accounts.
        base: the field that is the base.
    """
    rows = _named(book, base)
    if rows.height <= 1:
        return ()
    found = [_neighbours(rows, "key"), _neighbours(rows, "back"), _same_domain(rows)]
    pairs = pl.concat(found).unique(["a", "b"], keep="first", maintain_order=True)
    left, right = (rows.select(pl.all().name.suffix(end)) for end in (".a", ".b"))
    told = pairs.join(left, left_on="a", right_on="row.a").join(right, left_on="b", right_on="row.b")
    apart = told.filter(pl.col("top.a") != pl.col("top.b"))
    at_stake = (pl.col("base.a").fill_null(0).cast(pl.Int128) + pl.col("base.b").fill_null(0)).alias("stake")
    first = apart.with_columns(at_stake).sort(["stake", "a", "b"], descending=[True, False, False]).head(MOST)
    return tuple(_pairs(first))


def _pairs(rows: pl.DataFrame) -> Iterator[Pair]:
    for r in rows.iter_rows(named=True):
        one, other = (r["a"], r["account_id.a"], r["account_name.a"] or ""), (r["b"], r["account_id.b"], r["account_name.b"] or "")
        yield Pair(*one, *other, round(r["likeness"]), r["domain"] or "", r["base.a"] or 0, r["base.b"] or 0)


def _named(book: Book, base: str) -> pl.DataFrame:
    """Return the accounts with what they are compared by: their name without legal form, its words in order, and their domain."""
    have = book.table.lazy().collect_schema()
    domain = next((name for name in DOMAINS if have.get(name) == pl.String), None)
    home = pl.col(domain).str.to_lowercase().str.replace(r"^(https?://)?(www\.)?", "").str.replace(r"/.*$", "") if domain else pl.lit(None)
    names = book.table.lazy().select("row", "account_id", "account_name", home.cast(pl.String).alias("domain")).collect()
    placed = members(book, base).join(tree(members(book, base)).select("account_id", "top"), on="account_id", how="left")
    plain = pl.col("account_name").str.to_lowercase().str.replace_all(r"[^\pL\pN]+", " ").str.replace_all(LEGAL, " ")
    words = plain.str.strip_chars().str.split(" ").list.eval(pl.element().filter(pl.element() != "")).list.sort().list.join(" ")
    rows = names.join(placed.select("row", "top", "base"), on="row", how="left", maintain_order="left").with_columns(key=words)
    return rows.with_columns(back=pl.col("key").str.reverse())


def _neighbours(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """Compare every name with the next few in order of `by`."""
    from rapidfuzz import fuzz, process

    ordered = rows.filter(pl.col("key").str.len_chars() > 1).sort(by, "row").select("row", "key")
    keys, found = ordered["key"].to_list(), [_none()]
    for step in range(1, min(NEIGHBOURS, len(keys) - 1) + 1):
        scores = process.cpdist(keys[:-step], keys[step:], scorer=fuzz.ratio, score_cutoff=LEAST)
        near = pl.DataFrame({"a": ordered["row"][:-step], "b": ordered["row"][step:], "likeness": pl.Series(scores, dtype=pl.Float64)})
        found.append(near.filter(pl.col("likeness") >= LEAST).with_columns(domain=pl.lit(None, pl.String)))
    return _rising(pl.concat(found))


def _same_domain(rows: pl.DataFrame) -> pl.DataFrame:
    """Pair each account with the next one of its domain: a chain of pairs holds them all together."""
    at_home = rows.filter(pl.col("domain").str.len_chars() > 0).sort("domain", "row")
    pairs = at_home.select(a="row", b=pl.col("row").shift(-1).over("domain"), likeness=pl.lit(0.0), domain="domain")
    return _rising(pl.concat([_none(), pairs.filter(pl.col("b").is_not_null())]))


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"a": pl.Int64, "b": pl.Int64, "likeness": pl.Float64, "domain": pl.String})


def _rising(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.with_columns(a=pl.min_horizontal("a", "b"), b=pl.max_horizontal("a", "b"))
