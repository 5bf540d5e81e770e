"""Seats are decided again without the program that gave them: capacity, the tier held before, and groups (F: run pack)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.evidence import rederive
from kam_rules.model.policy import Policy
from kam_rules.model.run import Run
from kam_rules.pipeline.check import check
from tests.generators import policy_text

DAY = dt.date(2026, 12, 1)
CONDITIONS = ("score >= 80", "score >= 60", "headroom >= 3", "score >= 40 and health >= 50", "health < 40")
ACTIONS = ("promote", "demote", "review")


@cache
def policy(shape: tuple[Any, ...]) -> Policy:
    """Return a policy of three tiers, of which the upper two are bounded or not."""
    hit, unknown, inherit, first, second, caps, limit, changes, triggers = shape
    bounds = ["" if cap is None else f", capacity: {cap}, tie_break: [headroom desc]" for cap in caps]
    heads = [f"hit: {hit}", f"if_unknown: {unknown}", *([f"inherit: {inherit}"] if inherit else [])]
    rules = [f"  - {{id: t{i}, when: {when}{bounds[i]}}}" for i, when in enumerate((first, second))]
    tiers = "\n".join([*heads, "rules:", *rules, "  - {id: t2, otherwise: true}"])
    told = "" if changes is None else "{{keep_within: {} points, demote_after: {} reviews, wait_at_least: {} days, incumbents_first: {}}}"
    path = Path(mkdtemp()) / "policy.yaml"
    text = policy_text(
        tiers=tiers,
        gates="- {id: willing, ask: Do they want to partner?, when: willing, because: b}",
        tier_changes=told.format(*(changes or ())),
        limits="" if limit is None else f"{{key_tiers: [t0, t1], at_most: {limit}% of accounts}}",
        triggers="\n".join(
            f"- {{id: now_{i}, when: health < {edge}, then: {action}, timing: immediate, because: b}}"
            for i, (edge, action) in enumerate(triggers)
        ),
        effective="{from: 2026-02-01, to: 2027-12-31}",
    )
    path.write_text(text, encoding="utf-8")
    return check(path)


def few(least: int, most: int) -> st.SearchStrategy[str]:
    """Draw a number as text, at times a missing one."""
    return st.one_of(st.just(""), st.integers(least, most).map(str), st.integers(least, most).map(str))


CHANGES = st.tuples(st.integers(1, 20), st.integers(1, 3), st.sampled_from([1, 90, 180]), st.sampled_from(["true", "false"]))
CAP = st.one_of(st.none(), st.integers(0, 3))
SHAPES = st.tuples(
    st.sampled_from(["first", "first", "unique"]),
    st.sampled_from(["hold", "flag"]),
    st.sampled_from(["", "", "parent", "higher"]),
    st.sampled_from(CONDITIONS),
    st.sampled_from(CONDITIONS),
    st.tuples(CAP, CAP),
    st.one_of(st.none(), st.sampled_from([10, 30, 50])),
    st.one_of(st.none(), CHANGES, CHANGES),
    st.lists(st.tuples(st.integers(10, 60), st.sampled_from(ACTIONS)), max_size=2).map(tuple),
)
PAST = st.tuples(st.sampled_from(["", "t0", "t1", "t2", "not_qualified"]), st.integers(1, 250), st.sampled_from(["", "true", "false"]))
ACCOUNT = st.tuples(few(0, 100), few(0, 5), st.sampled_from(["true", "true", "true", "false", ""]), few(0, 100), st.integers(0, 12), PAST)
BOOKS = st.lists(ACCOUNT, min_size=4, max_size=12)


def run(book: Sequence[tuple[Any, ...]], by: Policy) -> Run:
    """Decide a book after what history says of it."""
    rows, past = [], []
    for i, (points, headroom, willing, health, parent, (tier, days, below)) in enumerate(book):
        same = {"account_id": f"a{i}", "parent": f"a{parent}" if parent < len(book) else ""}
        rows.append(same | {"base_revenue": "100", "points": points, "headroom": headroom, "willing": willing, "health": health})
        if tier:
            since = str(DAY - dt.timedelta(days=days))
            past.append({"account_id": f"a{i}", "review": since, "tier": tier, "since": since, "below": below, "score": ""})
    tables = {"history": pl.DataFrame(past)} if past and by.document.map("tier_changes") else {}
    return engine.run(by, pl.DataFrame(rows), as_of=DAY, tables=tables, engine="reference", witness=False)


PATIENT = st.tuples(
    *(st.just(word) for word in ("first", "hold", "", "headroom >= 3")),
    st.sampled_from(["score >= 80", "score >= 60"]),
    st.tuples(st.integers(0, 1), CAP),
    st.none(),
    st.tuples(st.just(3), st.integers(1, 3), st.sampled_from([90, 180]), st.sampled_from(["true", "false"])),
    st.lists(st.tuples(st.integers(30, 90), st.sampled_from(ACTIONS)), max_size=1).map(tuple),
)
"""Policies whose upper tier asks for something else than the one below, and has few seats."""


@settings(max_examples=50)
@given(BOOKS, st.one_of(SHAPES, SHAPES, PATIENT))
def test_every_seat_of_every_book_is_decided_alike(book: list[tuple[Any, ...]], shape: tuple[Any, ...]) -> None:
    """Written from the meaning of the words, not from the program, the verifier comes to the same seats."""
    with TemporaryDirectory() as place:
        folder = engine.write(run(book, policy(shape)), Path(place) / "run")
        assert rederive.main(folder, folder / rederive.VALUES) == 0


@settings(max_examples=50)
@given(BOOKS, PATIENT)
def test_nobody_falls_before_its_count_and_its_days_unless_a_trigger_takes_the_tier(
    book: list[tuple[Any, ...]], shape: tuple[Any, ...]
) -> None:
    """Not even who asked for a higher tier, found no seat there, and no longer meets the condition of its own."""
    decided = run(book, policy(shape))
    _, after, wait, _ = shape[7]
    order = ["t0", "t1", "t2", "not_qualified"]
    for before, now in zip(decided.book.table.frame().to_dicts(), decided.table.frame().to_dicts(), strict=True):
        held = before["tier_before"]
        if held in order[:3] and (now["tier"] is None or order.index(now["tier"]) > order.index(held)):
            long = (DAY - before["tier_since"]).days >= wait and (before["reviews_below"] or 0) + 1 >= after
            assert now["seat"] == "immediate" or long


def test_a_long_chain_of_parents_has_one_head_and_a_circle_none(tmp_path: Path) -> None:
    """Members take the tier of the last account above them, however far; who stands in a circle stands for itself."""
    shape = ("first", "hold", "parent", "score >= 80", "score >= 60", (3, None), None, None, ())
    line = [("10", "1", "true", "60", i + 1, ("", 1, "")) for i in range(14)]
    top = [("90", "1", "true", "60", 99, ("", 1, ""))]
    circle = [("90", "1", "true", "60", parent, ("", 1, "")) for parent in (16, 15, 16)]
    decided = run([*line, *top, *circle], policy(shape))
    folder = engine.write(decided, tmp_path / "run")
    assert rederive.main(folder, folder / rederive.VALUES) == 0
    assert decided.table.frame()["seat"].to_list() == ["inherited"] * 14 + ["seated"] + ["seated"] * 2 + ["capacity"]
