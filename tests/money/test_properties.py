"""What holds of every book, every ladder and every figure from above."""

from __future__ import annotations

import time
from fractions import Fraction
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules.model.ladder import Verdict
from kam_rules.model.quota import Kind, Reconciled
from kam_rules.pipeline.reconcile import Gathered, reconcile
from kam_rules.pipeline.top_down import Asked
from tests.money.book import only, policy, reconciled, run

RUNGS = (
    "{id: rep, up_to: 5%, then: rep_supplement, spread: target}",
    "{id: rep, up_to: 5%, then: rep_supplement, spread: equal, leave_out: [at_risk]}",
    "{id: rep, up_to: 5%, then: rep_supplement, spread: headroom, cap: 3% of target, rest: manager}",
    "{id: rep, up_to: 5%, then: split, reps: 37.5%, manager: 62.5%, spread: target, cap: 12345.67, rest: manager}",
    "{id: rep, up_to: 5%, then: rep_supplement, spread: target, to_accounts: {spread: target, leave_out: [at_risk]}}",
)


@st.composite
def books(draw: st.DrawFn) -> tuple[list[dict[str, object]], list[dict[str, object]], str, str]:
    """Return accounts, reps in a tree of any depth, a figure from above and a rung."""
    random = Random(draw(st.integers(0, 2**32)))  # noqa: S311 - no secret
    teams = ["east", "west", None]
    below = range(1, draw(st.integers(1, 9)))
    reps: list[dict[str, object]] = [{"rep_id": "r0"}]
    reps += [{"rep_id": f"r{i}", "manager": f"r{random.randrange(i)}", "team": random.choice(teams)} for i in below]
    accounts = [
        {
            "account_id": f"a{i}",
            "owner": random.choice(reps)["rep_id"],
            "base_revenue": f"{random.choice([0, 1, 999, 250_000, 1_500_000])}.{random.randrange(100):02}",
            "grade": random.choice(["high", "solid", "risk", None]),
            "headroom": random.choice([None, 5_000_000, 9_000_000]),
            "since": random.choice([None, "2020-01-01"]),
        }
        for i in range(draw(st.integers(1, 25)))
    ]
    accounts.append({"account_id": "z", "owner": "r0", "base_revenue": 700_000, "grade": "solid", "headroom": 9_000_000})
    ratio = draw(st.sampled_from(["80%", "109%", "111.3%", "112%", "114%", "116%", "130%"]))
    return accounts, reps, f"{{per: {draw(st.sampled_from(['team', 'total']))}, nrr: {ratio}}}", draw(st.sampled_from(RUNGS))


def figures(found: Reconciled) -> dict[tuple[str, str], tuple[object, ...]]:
    """Return every line's amounts."""
    return {(q.holder.id, q.role): (q.committed, q.supplement, q.hold_back, q.total, q.base, q.accounts) for q in found.quotas}


@settings(max_examples=60)
@given(books(), st.integers(0, 2**32))
def test_of_every_book(book: tuple[list[dict[str, object]], list[dict[str, object]], str, str], seed: int):
    """The gap identity holds, every sum adds up, and the order of the rows is irrelevant."""
    accounts, reps, top_down, rung = book
    found = reconciled(policy(top_down, rung), accounts, reps)
    for team in (*found.teams, found.total):
        assert team.gap == team.supplement + team.hold_back + team.open - team.cushion
        assert team.gap == team.top_down - team.bottom_up
        if team is not found.total and team.assigned:
            assert sum(share.part for share in team.shares) == team.supplement
    _sums_hold(found, accounts)
    shuffle = Random(seed)  # noqa: S311 - no secret
    again = reconciled(policy(top_down, rung), shuffle.sample(accounts, len(accounts)), shuffle.sample(reps, len(reps)))
    assert figures(again) == figures(found)
    assert [(t.team, t.verdict, t.gap, t.shares) for t in again.teams] == [(t.team, t.verdict, t.gap, t.shares) for t in found.teams]


def _sums_hold(found: Reconciled, accounts: list[dict[str, object]]) -> None:
    reps = [q for q in found.quotas if q.role == "rep"]
    managers = [q for q in found.quotas if q.role == "manager"]
    assert sum(q.committed for q in reps) == found.total.bottom_up
    assert sum(part.accounts for part in found.total.parts) == len(accounts)
    if all(team.assigned for team in found.teams):
        assert sum(q.supplement for q in reps) == found.total.supplement
        top = next((q for q in managers if not q.holder.manager and q.holder.id), None)
        held = sum(q.hold_back for q in managers if not q.holder.id)
        if top is not None:
            assert top.committed == found.total.bottom_up
            assert (top.total or 0) + held == found.total.bottom_up + found.total.supplement + found.total.hold_back
    for rep in reps:
        mine = found.credits.filter((pl.col("holder") == rep.holder.id) & (pl.col("kind") == Kind.DECIDED.value))
        assert (mine["target_amount"].sum() or 0) == rep.committed
        assert mine["supplement"].sum() <= rep.supplement
    for team in found.teams:
        if team.verdict is Verdict.ESCALATED:
            assert all(q.total is None for q in reps if q.team == team.team)


@settings(max_examples=25)
@given(books(), st.sampled_from([10, 1_000]))
def test_scaling_the_currency_scales_the_results(book: tuple[list[dict[str, object]], list[dict[str, object]], str, str], factor: int):
    """Of bases in whole thousands, whose targets no cent is rounded in."""
    accounts, reps, top_down, rung = book
    rung = rung.replace("cap: 12345.67", "cap: 2% of target").replace("37.5%", "60%").replace("62.5%", "40%")
    accounts = [{**row, "base_revenue": int(float(str(row["base_revenue"]))) * 1_000} for row in accounts]
    larger = [{**row, **{name: _scaled(row[name], factor) for name in ("base_revenue", "headroom")}} for row in accounts]
    small = reconciled(policy(top_down, rung), accounts, reps)
    large = reconciled(policy(top_down, rung, more=f"unit: {factor}"), larger, reps)
    for before, after in zip(small.teams, large.teams, strict=True):
        assert (before.verdict, before.ratio) == (after.verdict, after.ratio)
        amounts = (before.gap, before.supplement, before.hold_back, before.open, before.rest)
        assert tuple(factor * n for n in amounts) == (after.gap, after.supplement, after.hold_back, after.open, after.rest)
    lines = {(q.holder.id, q.role): (q.committed, q.supplement, q.hold_back) for q in large.quotas}
    assert {(q.holder.id, q.role): (factor * q.committed, factor * q.supplement, factor * q.hold_back) for q in small.quotas} == lines


def _scaled(cell: object, factor: int) -> int | None:
    return None if cell is None else int(str(cell)) * factor


def _many(accounts: int) -> Gathered:
    """Return a book of so many accounts over a hundred reps, as it is gathered from a run."""
    from dataclasses import replace

    from kam_rules.pipeline.reconcile import gather

    reps = [{"rep_id": "m"}, *({"rep_id": f"r{i:02}", "manager": "m"} for i in range(100))]
    rows = [
        {"account_id": f"a{i}", "owner": f"r{i:02}", "base_revenue": 1_000 + i, "grade": "solid", "headroom": 10**9} for i in range(100)
    ]
    found = run(policy("{per: total, nrr: 112%}"), rows, reps)
    program = found.ready.program.reconciliation
    assert program is not None
    book = gather(found, program)
    grown = pl.concat([book.credits] * (accounts // 100)).with_row_index("n")
    ids = pl.format("{}-{}", pl.col("account_id"), pl.col("n"))
    return replace(book, credits=grown.with_columns(account_id=ids).drop("n"))


def test_a_hundred_times_the_accounts_take_no_more_than_their_share_of_the_time():
    """Linear: a million accounts in less than 100 × the time of ten thousand, with room for noise; the sums stay exact."""
    found = run(policy("{per: total, nrr: 112%}"))
    program = found.ready.program.reconciliation
    assert program is not None
    taken = {}
    for size in (10_000, 1_000_000):
        book = _many(size)
        started = time.perf_counter()
        done = reconcile(book, Asked(program))
        taken[size] = time.perf_counter() - started
        assert only(done).parts[0].accounts == size
        assert only(done).supplement == only(done).gap == Fraction(2, 100) * only(done).base
    assert taken[1_000_000] < 100 * max(taken[10_000], 0.05)
