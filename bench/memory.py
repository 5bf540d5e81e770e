"""Series in one process, book in memory: our engines beside their peers, in alternating pairs, decisions held equal first.

`python memory.py kam_ref|second ROWS` prints a line of JSON a figure; `run.py` gathers them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import book
import ours
import polars as pl
import second.book
from measure import paired
from peers import Peer, peer, plain
from results import Figure, rate
from second import hand
from second import plain as second_plain

PAIRS = 5
SIZES = (10_000, 100_000)
"""Accounts beside plain Python alone; all peers are measured on the largest book."""
AGREE = 20_000
"""Accounts whose decisions, trail included, are held against plain Python's before anything is timed."""
ROW_PEERS = {"plain": 100_000, "datalogic": 20_000, "zen": 500, "zen_trace": 500, "durable": 500}
"""Peers that take one account at a time, and on how many accounts each is timed at most."""
COLUMN_PEERS = ("duck", "polars_fused", "polars_exact", "polars_when")
NAMES = {
    "plain": "plain Python",
    "datalogic": "datalogic-py",
    "zen": "zen-engine decision tables, trace off",
    "zen_trace": "zen-engine decision tables, trace on",
    "durable": "durable-rules alone",
    "duck": "DuckDB by hand, score and trail in one integer",
    "polars_fused": "Polars by hand, score and trail in one integer, doubles",
    "polars_exact": "Polars by hand, score and trail in one integer, exact",
    "polars_when": "Polars by hand, when and then",
}


def tell(figure: Figure) -> None:
    """Hand a figure on."""
    print(figure.json(), flush=True)


def same(found: Sequence[tuple[Any, ...]], wanted: Sequence[tuple[Any, ...]], who: str) -> None:
    """Hold decisions against each other."""
    for one, other in zip(found, wanted, strict=True):
        assert one == other, (who, one, other)


def beside(
    key: str, name: str, mine: tuple[Callable[[], object], int], theirs: tuple[Callable[[], object], int], table: str = "memory"
) -> None:
    """Time ours beside another, each on its own number of accounts, and tell both rates and how many times theirs ours is."""
    found = paired(mine[0], theirs[0], PAIRS)
    value = found.ratio * mine[1] / theirs[1]
    tell(Figure(table, key, name, rate(mine[1], found.one), rate(theirs[1], found.other), value))


def cost(key: str, name: str, mine: Callable[[], object], theirs: Callable[[], object]) -> None:
    """Time two ways to the same end, and tell how many times as long the first takes."""
    found = paired(theirs, mine, PAIRS)
    tell(Figure("costs", key, name, f"{found.other:.3f}", f"{found.one:.3f}", found.ratio))


def trail(policy: str, label: str, mine: ours.Book) -> None:
    """Measure what the trail costs the engine."""
    count, decided = mine.accounts.height, ours.decide(mine)
    assert ours.figures(ours.decide_untold(mine)).equals(ours.figures(decided)), "without its trail the engine decides the same"
    cost(
        f"trail/{policy}/{count}",
        f"{label}, {count:,} accounts: trail on / off",
        lambda: ours.decide(mine),
        lambda: ours.decide_untold(mine),
    )


def kam_ref(rows: int) -> None:
    """Measure kam-ref beside every peer."""
    raw = book.book(rows)
    wanted = plain.decide(plain.ready(raw.head(AGREE)))
    for count in (*(size for size in SIZES if size < rows), rows):
        mine = ours.ready("kam_ref", raw.head(count), book.AS_OF)
        same(ours.told_by("kam_ref", mine, ours.decide(mine), AGREE), wanted[:count], "kam-rules")
        names = (*ROW_PEERS, *COLUMN_PEERS) if count == rows else ("plain",)
        for name in names:
            _peer(name, raw.head(count), mine, wanted)
    trail("kam_ref", "kam-ref", mine)
    _arithmetic(raw, mine)
    _single(raw.head(1000))


def _peer(name: str, raw: pl.DataFrame, mine: ours.Book, wanted: list[tuple[Any, ...]]) -> None:
    """Hold a peer against plain Python, and time it beside ours; one that is not installed is told of."""
    count = raw.height
    key, label = f"kam_ref/{name}/{count}", f"kam-ref, {count:,} accounts, beside {NAMES[name]}"
    try:
        other: Peer = peer(name)
    except ImportError as error:
        tell(Figure("memory", key, label, "-", "-", None, f"not installed: {error}"))
        return
    some = min(count, ROW_PEERS.get(name, count))
    check = min(some, AGREE)
    same(other.told(other.decide(other.ready(raw.head(check)))), wanted[:check], name)
    theirs = other.ready(raw.head(some))
    beside(key, label, (lambda: ours.decide(mine), count), (lambda: other.decide(theirs), some))


def _arithmetic(raw: pl.DataFrame, mine: ours.Book) -> None:
    """Measure what exact arithmetic costs: our engine, and the same Polars by hand, each beside Polars by hand in doubles."""
    count, double, exact = raw.height, peer("polars_fused"), peer("polars_exact")
    doubles, wholes = double.ready(raw), exact.ready(raw)
    in_binary = lambda: double.decide(doubles)  # noqa: E731
    where = f"kam-ref, {count:,} accounts"
    cost(f"exact/kam_ref/{count}", f"{where}: our engine, exact / Polars by hand, doubles", lambda: ours.decide(mine), in_binary)
    cost(f"exact by hand/kam_ref/{count}", f"{where}: Polars by hand, exact in 64 bits / doubles", lambda: exact.decide(wholes), in_binary)


def _single(raw: pl.DataFrame) -> None:
    """Measure the engines that take one account at a time."""
    mine, count = ours.ready("kam_ref", raw, book.AS_OF), raw.height
    rows, wanted = plain.ready(raw), plain.decide(plain.ready(raw))
    for engine in ("durable", "reference"):
        same(ours.told_by("kam_ref", mine, ours.decide(mine, engine), count), wanted, engine)
    other = peer("durable")
    facts = other.ready(raw)
    name = f"our durable engine, {count:,} accounts, beside durable-rules alone"
    beside(f"durable/{count}", name, (lambda: ours.decide(mine, "durable"), count), (lambda: other.decide(facts), count), "single")
    name = f"our reference engine, {count:,} accounts, beside plain Python"
    beside(f"reference/{count}", name, (lambda: ours.decide(mine, "reference"), count), (lambda: plain.decide(rows), count), "single")


def the_second(rows: int) -> None:
    """Measure the second policy beside plain Python, and beside Polars by hand, exact and in doubles."""
    raw = second.book.book(rows)
    mine = ours.ready("second", raw, second.book.AS_OF)
    wanted = second_plain.decide(second_plain.ready(raw.head(AGREE)))
    same(ours.told_by("second", mine, ours.decide(mine), AGREE), wanted, "kam-rules")
    same(hand.told(hand.decide(hand.ready(raw.head(AGREE)))), wanted, "Polars by hand")
    some = min(rows, ROW_PEERS["plain"])
    dicts, wholes, where = second_plain.ready(raw.head(some)), hand.ready(raw), f"second policy, {rows:,} accounts"
    engine = lambda: ours.decide(mine)  # noqa: E731
    beside(f"second/plain/{rows}", f"{where}, beside plain Python", (engine, rows), (lambda: second_plain.decide(dicts), some))
    beside(f"second/hand/{rows}", f"{where}, beside Polars by hand, exact", (engine, rows), (lambda: hand.decide(wholes), rows))
    trail("second", "second policy", mine)
    doubles = hand.ready_in_doubles(raw)
    in_binary = lambda: hand.decide_in_doubles(doubles)  # noqa: E731
    cost(f"exact/second/{rows}", f"{where}: our engine, exact / Polars by hand, doubles", engine, in_binary)
    cost(f"exact by hand/second/{rows}", f"{where}: Polars by hand, exact in 128 bits / doubles", lambda: hand.decide(wholes), in_binary)
    told = zip(hand.told(hand.decide_in_doubles(doubles.head(some))), hand.told(hand.decide(wholes.head(some))), strict=True)
    wrong = sum(one != other for one, other in told)
    tell(Figure("costs", "wrong", f"second policy, {some:,} accounts: decided otherwise in doubles", "0", f"{wrong:,}", None))


if __name__ == "__main__":
    {"kam_ref": kam_ref, "second": the_second}[sys.argv[1]](int(sys.argv[2]))
