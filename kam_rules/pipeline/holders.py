"""The people and seats that hold accounts: read from the table of reps, in one order, with everybody's place above and below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from kam_rules.model.book import AccountsSource, Book
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.hierarchy import circles
from kam_rules.model.names import did_you_mean
from kam_rules.model.quota import TOTAL, Holder
from kam_rules.pipeline.tables import MOST, cell, columns_of

REPS, OWNERS = "reps", "owners"
VACANT = "vacant"
FULL = 10**6
"""All of an account's credit: shares are stored in millionths."""


@dataclass(frozen=True, slots=True)
class People:
    """Everybody by id, in order of id; whom each one leads; everybody again, those below before those above."""

    holders: Mapping[str, Holder]
    below: Mapping[str, tuple[str, ...]]
    upwards: tuple[str, ...]

    def chain(self, id_: str) -> Iterator[str]:
        """Walk from a holder up to the top, the holder first."""
        while id_:
            yield id_
            id_ = self.holders[id_].manager

    def team(self, id_: str, per: str) -> str:
        """Return the team that a holder's own book counts for."""
        found = self.holders[id_]
        return TOTAL if per == TOTAL else found.team or (id_ if self.below.get(id_) else found.manager or id_)

    def head(self, ids: Iterable[str]) -> str:
        """Return the lowest manager who is above all of these or one of them; nothing where no manager is."""
        common: list[str] | None = None
        for id_ in sorted(set(ids)):
            chain = list(self.chain(id_))
            above = chain if self.below.get(id_) else chain[1:]
            kept = set(above)
            common = above if common is None else [one for one in common if one in kept]
        return common[0] if common else ""

    @property
    def vacant(self) -> tuple[str, ...]:
        """The vacant seats."""
        return tuple(id_ for id_, holder in self.holders.items() if holder.status == VACANT)


def people(book: Book) -> People:
    """Return everybody in the book's table of reps, which has been checked."""
    table = book.tables[REPS].sort("rep_id")
    found = {
        row["rep_id"]: Holder(
            row["rep_id"],
            row["name"] or row["rep_id"],
            row["manager"] or "",
            row["team"] or "",
            row["status"] or "active",
            row["start"],
            row["end"],
            row["prior_quota"],
            row["row"],
        )
        for row in table.iter_rows(named=True)
    }
    below: dict[str, list[str]] = {}
    for id_, holder in found.items():
        below.setdefault(holder.manager, []).append(id_)
    downwards = list(below.get("", ()))
    for id_ in downwards:  # grows as it is walked
        downwards += below.get(id_, ())
    led = {id_: tuple(ids) for id_, ids in below.items() if id_}
    return People(found, led, tuple(reversed(downwards)))


def check_people(book: Book) -> None:
    """Hold reps, owners and accounts against each other.

    Raises:
        DataError: KR431 to KR437, each with row and column; nothing is decided.
    """
    if REPS not in book.tables:
        return
    found = [*_rep_faults(book), *_date_faults(book, REPS, "start", "end")]
    if OWNERS in book.tables:
        found += [*_date_faults(book, OWNERS, "from", "to"), *_share_faults(book)]
    found += _owner_faults(book)
    if found:
        raise DataError(found[:MOST])


def _told(source: AccountsSource, name: str) -> tuple[str, Mapping[str, str]]:
    shown = source.tables[name].shown if name in source.tables else name
    return shown, columns_of(source.tables, name)


def _rep_faults(book: Book) -> Iterator[Finding]:
    shown, columns = _told(book.source, REPS)
    rows = list(book.tables[REPS].iter_rows(named=True))
    count = Counter(row["rep_id"] for row in rows)
    above = {row["rep_id"]: row["manager"] for row in rows}
    circled = circles(above)
    for row in rows:
        id_, manager = row["rep_id"], row["manager"]
        if count[id_] > 1:
            where = cell(shown, row["row"], columns["rep_id"], id_)
            yield Finding("KR431", f"{where}: this rep stands {count[id_]} times", None, "keep the right row; a person has one seat")
        if manager and manager not in above:
            where = cell(shown, row["row"], columns["manager"], manager)
            yield Finding("KR432", f"{where}: the manager of {id_} is not among the reps", None, did_you_mean(manager, _few(above)))
        elif id_ in circled:
            where = cell(shown, row["row"], columns["manager"], manager)
            loop = " → ".join(circled[id_])
            yield Finding("KR433", f"{where}: managers run in a circle: {loop}", None, "leave the manager of the topmost one blank")


def _few(names: Iterable[str]) -> list[str]:
    return sorted(names)[:MOST]


def _date_faults(book: Book, name: str, first: str, last: str) -> Iterator[Finding]:
    shown, columns = _told(book.source, name)
    for row in book.tables[name].filter(pl.col(last) < pl.col(first)).head(MOST).iter_rows(named=True):
        where = cell(shown, row["row"], columns[last], str(row[last]))
        yield Finding("KR437", f"{where}: the last day lies before the first, {row[first]}", None, "correct one of the two days")


def _share_faults(book: Book) -> Iterator[Finding]:
    """Find days on which the shares of an account do not sum to 100%: they can only change where one begins or has ended."""
    shown, columns = _told(book.source, OWNERS)
    rows = book.tables[OWNERS].filter(~pl.col("overlay").fill_null(value=False))
    begins = rows.select("account", day=pl.col("from").fill_null(pl.date(1, 1, 1)))
    ended = rows.filter(pl.col("to").is_not_null()).select("account", day=pl.col("to").dt.offset_by("1d"))
    days = pl.concat([begins, ended]).unique()
    sums = (
        in_force(days.join(rows, on="account"), pl.col("day")).group_by("account", "day").agg(pl.col("share").sum(), pl.col("row").sort())
    )
    wrong = sums.filter(pl.col("share") != FULL).sort("account", "day").unique("account", keep="first", maintain_order=True)
    for account, day, share, numbers in wrong.head(MOST).iter_rows():
        since = f"from {day} on " if day.year > 1 else ""
        where = cell(shown, numbers[0], columns["share"])
        message = f"{where}: {since}the shares of {account} sum to {share / 10**4:g}%, in rows {', '.join(map(str, numbers))}"
        yield Finding("KR436", message, None, "on each day the shares of an account sum to 100%; mark overlay credit as overlay")


def in_force(rows: pl.DataFrame, day: pl.Expr) -> pl.DataFrame:
    """Return the shares that hold on a day, both ends inclusive."""
    return rows.filter((pl.col("from").is_null() | (pl.col("from") <= day)) & (pl.col("to").is_null() | (pl.col("to") >= day)))


def _owner_faults(book: Book) -> Iterator[Finding]:
    known = book.tables[REPS]["rep_id"].unique()
    column = book.source.columns.get("owner")
    accounts = book.table.lazy().select("row", "account_id", "owner").collect()
    if OWNERS in book.tables:
        shown, columns = _told(book.source, OWNERS)
        rows = book.tables[OWNERS].filter(~pl.col("owner").is_in(known.implode()))
        for row, owner in rows.select("row", "owner").head(MOST).iter_rows():
            yield _stranger(cell(shown, row, columns["owner"], owner), owner, known)
    named = column.column if column else "owner"
    strangers = accounts.filter(pl.col("owner").is_not_null() & ~pl.col("owner").is_in(known.implode()))
    for row, _, owner in strangers.head(MOST).iter_rows():
        yield _stranger(cell(book.source.shown, row, named, owner), owner, known)
    seats = book.tables[REPS].filter(pl.col("status") == VACANT)["rep_id"].unique().sort().to_list()
    if len(seats) != 1:
        why = f"there are {len(seats)} vacant seats, {', '.join(seats)}" if seats else "there is no vacant seat to hold it"
        free = accounts.filter(pl.col("owner").is_null())
        if OWNERS in book.tables:
            free = free.join(
                book.tables[OWNERS].filter(~pl.col("overlay").fill_null(value=False)), left_on="account_id", right_on="account", how="anti"
            )
        for row, account, _ in free.head(MOST).iter_rows():
            message = f"{cell(book.source.shown, row, named)}: {account} has no owner, and {why}"
            yield Finding("KR435", message, None, "name its owner, or mark one seat among the reps as vacant")


def _stranger(where: str, owner: str, known: pl.Series) -> Finding:
    return Finding("KR434", f"{where}: the owner is not among the reps", None, did_you_mean(owner, _few(known.to_list())))
