"""Baselines beside the targets, fairness of a run, and who is called on: EX-4 to the last digit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.formats import format_, formats
from kam_rules.model.report import Report, Table
from kam_rules.model.run import Run
from kam_rules.pipeline.books import books, lines, whole
from kam_rules.pipeline.called import called
from kam_rules.pipeline.fair import methods
from kam_rules.pipeline.pairs import categories
from kam_rules.reports.baselines import baselines
from kam_rules.reports.fairness import fairness
from kam_rules.reports.resources import resources
from tests.money.book import ACCOUNTS, STATES, TARGETS, frame, policy, run

NAMES = ("uniform", "industry")
METHOD = TARGETS.replace("by_state:", "method: uniform\n    by_state:")
CALLS = STATES.replace("because: Serious work to retain}", "because: Serious work to retain, resources: [service, product]}").replace(
    "because: Under-penetrated}", "because: Under-penetrated, resources: [service]}"
)


@pytest.fixture(scope="module")
def ex4() -> Run:
    """Return the run of EX-4."""
    return run(policy())


def table(report: Report, key: str) -> Table:
    """Return one table of a report."""
    return next(block for block in report.blocks if isinstance(block, Table) and block.key == key)


# --- EX-4: baselines ---------------------------------------------------------------------------------------------------


def test_ex_4_every_account_beside_its_baselines(ex4: Run):
    """Req 0.2 and 0.4: industry gives the saturated bank B1 120%."""
    rows = lines(ex4).select("account_id", "target_amount", "uniform_amount", "industry_amount")
    assert [(id_, *(amount // 100 for amount in amounts)) for id_, *amounts in rows.iter_rows()] == [
        ("A1", 1500000, 1344000, 1440000),
        ("A2", 880000, 896000, 864000),
        ("A3", 400000, 560000, 540000),
        ("B1", 1650000, 1680000, 1800000),
        ("B2", 560000, 784000, 756000),
        ("B3", 375000, 336000, 324000),
    ]


def test_ex_4_what_each_baseline_asks_more_than_the_book_supports(ex4: Run):
    """Uniform asks Ben for 215,000 more than his book supports, Ana for 20,000."""
    ana, ben = books(lines(ex4), "holder", NAMES)
    assert [(one.id, one.supports // 100, one.par) for one in (ana, ben)] == [
        ("ana", 2780000, Fraction("1.112")),
        ("ben", 2585000, Fraction("1.034")),
    ]
    assert [one.baselines["uniform"].more // 100 for one in (ana, ben)] == [20000, 215000]


def test_ex_4_the_team_under_every_method(ex4: Run):
    team = whole(lines(ex4), NAMES)
    assert [team.committed // 100, team.baselines["uniform"].amount // 100, team.baselines["industry"].amount // 100] == [
        5365000,
        5600000,
        5724000,
    ]
    assert team.par == Fraction("1.073")
    assert Fraction(team.baselines["industry"].amount, team.base) == Fraction("1.1448")


def test_req_0_4_the_investment_manager_and_the_bank_are_told_as_a_pair(ex4: Run):
    """One industry, one figure of 120%, states that ask 125% and 110%."""
    (pair,) = table(baselines(ex4), "industry_pairs").rows[:1]
    assert pair == ("FS", "A1", "high_potential", 1200000, Fraction(5, 4), "B1", "mature", 1500000, Fraction(11, 10), Fraction(6, 5))
    (spread,) = table(baselines(ex4), "industry_spread").rows[:1]
    assert spread[:3] == ("FS", 2, 2700000)
    assert spread[5:] == (Fraction(11, 10), Fraction(5, 4), 1, 1)


def test_an_account_without_a_category_is_compared_where_it_can_be():
    rows = [{**row, "industry": None} if row["account_id"] == "A3" else row for row in ACCOUNTS]
    ana, _ = books(lines(run(policy(), rows)), "holder", NAMES)
    asked = ana.baselines["industry"]
    assert (asked.amount // 100, asked.supports // 100, asked.without) == (2304000, 2380000, 1)
    assert ana.baselines["uniform"].without == 0


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.integers(1, 1000), st.integers(0, 2000), st.integers(0, 2000)), max_size=20))
def test_a_pair_stands_on_both_sides_of_the_figure_in_two_states_and_no_nearer_one_exists(found: list[tuple[str, int, int, int]]):
    rows = [(f"a{i}", state, base, target, baseline, "c") for i, (state, base, target, baseline) in enumerate(found)]
    names = ["account_id", "state", "base", "target_amount", "baseline", "kind"]
    table_ = pl.DataFrame(
        rows, schema=dict.fromkeys(names, pl.Int64) | dict.fromkeys(["account_id", "state", "kind"], pl.String), orient="row"
    )
    asked = {row[0]: row for row in rows}
    for category in categories(table_, "kind", 100):
        assert category.accounts == len(rows)
        for up, down in category.pairs:
            assert up.state != down.state
            assert up.target > asked[up.account_id][4]
            assert down.target < asked[down.account_id][4]
            others = [row for row in rows if row[3] < row[4] and row[1] != up.state]
            assert abs(up.base - down.base) == min(abs(up.base - row[2]) for row in others)


# --- Fairness of a run -------------------------------------------------------------------------------------------------


def test_a_uniform_quota_makes_bens_book_the_harder_one(ex4: Run):
    """Req 0.21: attainability is what the book supports of what is asked."""
    told = {one.name: one for one in methods(books(lines(ex4), "holder", NAMES), NAMES, {})}
    assert told["uniform"].attained == (Fraction(2780000, 2800000), Fraction(2585000, 2800000))
    assert told["uniform"].with_potential == 1
    assert list(told["committed"].attained) == [Fraction(1), Fraction(1)]
    assert told["committed"].with_potential == "n/a (no variance)"


def test_a_supplement_has_a_line_of_its_own(ex4: Run):
    """EX-5, rep level by target: 2,780,000 of 2,901,771."""
    report = fairness(ex4)
    assert [row[0] for row in table(report, "methods").rows] == [
        "the policy's targets",
        "uniform, to compare",
        "industry, to compare",
        "with the supplement",
    ]
    assert table(report, "books").rows[0][-1] == Fraction(2780000, 2901771)
    assert table(report, "methods").note == "n < 5: no inference"


def test_req_0_5_under_the_method_uniform_the_books_support_what_their_states_say():
    """The quota is uniform then, and fairness still measures it against the accounts."""
    found = run(policy(targets=METHOD))
    rows = lines(found)
    assert rows["target_amount"].to_list() == rows["uniform_amount"].to_list()
    assert [one.supports // 100 for one in books(rows, "holder", NAMES)] == [2780000, 2585000]
    assert "the policy asks by uniform" in baselines(found).title


def test_without_reps_the_owner_holds_the_book():
    rows = frame([{**row, "owner": None} if row["account_id"] == "B3" else row for row in ACCOUNTS])
    plain = engine.run(policy(), rows, as_of=dt.date(2026, 2, 1), engine="reference", witness=False)
    assert plain.reconciled is None
    assert [one.id for one in books(lines(plain), "holder", ())] == ["(no owner)", "ana", "ben"]


# --- Who is called on --------------------------------------------------------------------------------------------------


def test_req_0_10_a_state_calls_on_functions_with_its_accounts_and_their_revenue():
    """Two At Risk accounts of 1,200,000 and two High Potential of 1,500,000 call on service."""
    functions = (
        "{functions: {service: {contributes: Speed, people: 1, accounts_per_person: 3}, product: {contributes: Roadmap, people: 2}}}"
    )
    found = called(run(policy(states=CALLS, stewardship=functions)))
    assert [(one.function, one.accounts, one.base // 100, one.people, one.needed) for one in found] == [
        ("service", 4, 2700000, 1, 2),
        ("product", 2, 1200000, 2, None),
    ]
    assert [(call.state, call.accounts, call.base // 100) for call in found[0].calls] == [
        ("high_potential", 2, 1500000),
        ("at_risk", 2, 1200000),
    ]


def test_who_is_not_declared_is_listed_all_the_same():
    report = resources(run(policy(states=CALLS)))
    assert [row[1] for row in table(report, "functions").rows] == ["not declared", "not declared"]
    assert "nobody can say how many are needed" in table(report, "functions").note


@pytest.mark.parametrize("form", formats())
@pytest.mark.parametrize("report", [fairness, baselines, resources])
def test_every_report_is_written_in_every_format(ex4: Run, form: str, report: Callable[[Run], Report]):
    assert format_(form).render(report(ex4), width=120, color=False).endswith("\n")
