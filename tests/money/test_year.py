"""Year end, changes of hands and periods: the worked examples to the last digit, and what must hold of any year."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_rules.model.amounts import percent
from kam_rules.model.fiscal import FiscalYear, add_months
from kam_rules.model.year import Club, YearEnd
from kam_rules.pipeline.attain import Movement, Year, club, ranks, retention
from kam_rules.pipeline.prorate import Change, divisible, moved, prorate
from kam_rules.pipeline.split import renewal, season, split

FY2027 = FiscalYear("FY2027", dt.date(2026, 2, 1), dt.date(2027, 1, 31))
LEAP = FiscalYear("FY2028", dt.date(2027, 7, 1), dt.date(2028, 6, 30))
YEARS = [
    Year("Ana", 2500000, 2800000, 2800000, 2780000, 2800000, 2901771),
    Year("Ben", 2500000, 2640000, 2640000, 2585000, 2800000, 2698229),
]
AMOUNTS = st.integers(0, 10**15)


# --- EX-3: retention ---------------------------------------------------------------------------------------------------

EX3 = Movement(1000000, 180000, 40000, 60000, escalators=30000)


@pytest.mark.parametrize(
    ("counts", "nrr"),
    [
        pytest.param(YearEnd(escalators=True), "108%", id="escalators counted"),
        pytest.param(YearEnd(), "105%", id="escalators excluded"),
    ],
)
def test_ex_3_net_and_gross_retention_of_a_closed_cohort(counts: YearEnd, nrr: str):
    """The new logo's 90,000 never enters: with it NRR would read 117%."""
    found = retention([EX3], counts)
    assert found.nrr is not None
    assert found.grr is not None
    assert (percent(found.nrr), percent(found.grr)) == (nrr, "90%")


def test_gross_retention_is_capped_account_by_account():
    """One account's growth does not hide another's loss: 100 kept of 200, not 130."""
    found = retention([Movement(100, 80), Movement(100, 0, 50)], YearEnd())
    assert (found.nrr, found.grr) == (Fraction(230, 200), Fraction(150, 200))


def test_who_came_back_counts_only_where_the_policy_says_so():
    back = Movement(100, 40, 0, 100, reactivation=40)
    assert [back.end(YearEnd(reactivation=counted)) for counted in (True, False)] == [40, 0]


@pytest.mark.parametrize(("start", "end", "kept"), [(100, 130, 100), (100, 100, 100), (100, 70, 70), (100, 0, 0)])
def test_of_an_account_with_only_an_end_gross_retention_is_what_is_left(start: int, end: int, kept: int):
    found = Movement.between(start, end)
    assert (found.end(YearEnd()), min(start, found.kept)) == (end, kept)


def test_a_cohort_without_a_start_has_no_retention():
    found = retention([], YearEnd())
    assert (found.nrr, found.grr) == (None, None)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=20))
def test_gross_retention_never_exceeds_net_or_1(pairs: list[tuple[int, int]]):
    found = retention([Movement.between(start, end) for start, end in pairs], YearEnd())
    if found.nrr is not None and found.grr is not None:
        assert 0 <= found.grr <= 1
        assert found.grr <= found.nrr


# --- EX-11: year end ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "against", "ana", "ben", "first"),
    [
        pytest.param("raw_nrr", "committed", "112%", "105.6%", "Ana", id="raw NRR"),
        pytest.param("uniform", "committed", "100%", "94.2857%", "Ana", id="uniform"),
        pytest.param("account_based", "committed", "100.7194%", "102.1277%", "Ben", id="account-based"),
        pytest.param("account_based", "total", "96.4928%", "97.842%", "Ben", id="total quota"),
    ],
)
def test_ex_11_who_is_first_depends_on_the_measure(by: str, against: str, ana: str, ben: str, first: str):
    """Req 0.20: the same year, four measures, two winners."""
    found = {year.id: year.measure(by, against) for year in YEARS}
    assert {id_: percent(value or Fraction(0)) for id_, value in found.items()} == {"Ana": ana, "Ben": ben}
    assert ranks(found)[first] == 1


@pytest.mark.parametrize(
    ("rule", "members"),
    [
        pytest.param(Club("account_based", Fraction(1)), ("Ben", "Ana"), id="all who reach 100%, the best first"),
        pytest.param(Club("account_based", Fraction(1), "total"), (), id="both miss the total quota"),
        pytest.param(Club("uniform", Fraction(1)), ("Ana",), id="exactly at the edge is in"),
        pytest.param(Club("account_based", Fraction(1), top=Fraction(1, 2)), ("Ben",), id="the top half of two"),
        pytest.param(Club("account_based", Fraction(1), top=Fraction(49, 100)), (), id="rounded down to nobody"),
    ],
)
def test_the_club_follows_the_method_that_the_policy_names(rule: Club, members: tuple[str, ...]):
    assert club(YEARS, rule) == members


def test_equals_at_the_last_place_are_all_out():
    twins = [Year(name, 100, 100, 110, 100) for name in "abc"]
    assert club(twins, Club("account_based", Fraction(1), top=Fraction(2, 3))) == ()
    assert club(twins, Club("account_based", Fraction(1), top=Fraction(1))) == ("a", "b", "c")


# --- EX-10: changes of hands -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "amounts"),
    [pytest.param("days", [181000, 184000], id="by days"), pytest.param("months", [182500, 182500], id="by months")],
)
def test_ex_10_a_move_on_the_first_of_august(by: str, amounts: list[int]):
    found = prorate(365000, "old", [Change("new", dt.date(2026, 8, 1))], FY2027, by)
    assert [held.amount for held in found] == amounts
    assert [(held.holder, held.start, held.end) for held in found] == [
        ("old", dt.date(2026, 2, 1), dt.date(2026, 7, 31)),
        ("new", dt.date(2026, 8, 1), dt.date(2027, 1, 31)),
    ]


@pytest.mark.parametrize(
    ("on", "shares"),
    [
        pytest.param(dt.date(2026, 2, 1), [("new", 365)], id="on the first day the new holder has it all"),
        pytest.param(dt.date(2026, 2, 2), [("old", 1), ("new", 364)], id="on the second day"),
        pytest.param(dt.date(2027, 1, 31), [("old", 364), ("new", 1)], id="on the last day"),
    ],
)
def test_the_day_of_a_change_is_the_new_holders_first(on: dt.date, shares: list[tuple[str, int]]):
    assert [(held.holder, held.share) for held in prorate(1000, "old", [Change("new", on)], FY2027)] == shares


def test_a_leap_year_has_366_days():
    found = prorate(366000, "old", [Change("new", dt.date(2028, 3, 1))], LEAP)
    assert [held.amount for held in found] == [244000, 122000]


@pytest.mark.parametrize(
    ("on", "right"),
    [
        pytest.param(dt.date(2026, 8, 1), True, id="the first of a month"),
        pytest.param(dt.date(2026, 8, 2), False, id="within a month"),
    ],
)
def test_whole_months_change_hands_on_the_first(on: dt.date, right: bool):  # noqa: FBT001
    assert divisible(FY2027, on, "months") is right
    assert divisible(FY2027, on, "days")


def test_a_year_of_52_weeks_has_no_whole_months():
    weeks = FiscalYear("FY2027", dt.date(2026, 2, 1), dt.date(2027, 1, 30))
    assert not divisible(weeks, dt.date(2026, 8, 1), "months")


@given(AMOUNTS, st.sets(st.integers(0, 364), max_size=6), st.sampled_from(["days", "months"]))
def test_what_one_holder_gives_others_take(quota: int, days: set[int], by: str):
    """The sum before and after a change is the same, whatever changes."""
    changes = [Change(f"r{day}", FY2027.start + dt.timedelta(days=day)) for day in days]
    if by == "months":
        changes = [Change(f"r{day}", add_months(FY2027.start, day % 12)) for day in days if day < 12]
    found = prorate(quota, "old", changes, FY2027, by)
    assert sum(held.amount for held in found) == quota
    assert sum(held.share for held in found) == found[0].of
    assert sum(moved([("old", quota, found)]).values()) == 0


# --- Periods -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "label"),
    [
        pytest.param(dt.date(2026, 1, 1), "FY2026-Q1: 2026-01-01 to 2026-03-31", id="January"),
        pytest.param(dt.date(2025, 7, 1), "FY2026-Q1: 2025-07-01 to 2025-09-30", id="July"),
        pytest.param(dt.date(2025, 12, 1), "FY2026-Q1: 2025-12-01 to 2026-02-28", id="December, a quarter with February in it"),
    ],
)
def test_a_fiscal_year_may_start_in_any_month(start: dt.date, label: str):
    year = FiscalYear("FY2026", start, add_months(start, 12) - dt.timedelta(days=1))
    first = year.periods("quarters")[0]
    assert f"{first.label}: {first.start} to {first.end}" == label
    assert year.periods("months")[-1].end == year.periods("quarters")[-1].end == year.end


@pytest.mark.parametrize(
    ("weights", "parts"),
    [
        pytest.param([1, 1, 1, 1], (251, 250, 250, 250), id="even, ties to the earlier period"),
        pytest.param([10, 20, 30, 40], (100, 200, 300, 401), id="by season"),
        pytest.param([0, 0, 1, 0], (0, 0, 1001, 0), id="by renewal: all in one quarter"),
        pytest.param([0, 0, 0, 0], (251, 250, 250, 250), id="no weight: even"),
    ],
)
def test_a_quota_falls_into_periods_that_add_up_to_it(weights: list[int], parts: tuple[int, ...]):
    assert split(1001, weights) == parts


@given(AMOUNTS, st.lists(st.integers(0, 10**9), min_size=1, max_size=12), st.sampled_from([1, 100, 100000]))
def test_periods_add_up_for_any_quota_weights_and_unit(quota: int, weights: list[int], unit: int):
    found = split(quota, weights, unit)
    assert sum(found) == quota
    assert all(part % unit == 0 for part in found[:-1])


def test_last_years_season_is_read_by_fiscal_quarter():
    sales = [(dt.date(2025, 2, 1), 10), (dt.date(2025, 4, 30), 5), (dt.date(2026, 1, 31), 7), (dt.date(2026, 2, 1), 99)]
    assert season(sales, FY2027, "quarters") == ([15, 0, 0, 7], 1)
    assert season(sales[:1], FY2027, "months") == ([10] + [0] * 11, 0)


@pytest.mark.parametrize(
    ("day", "weights"),
    [
        pytest.param(dt.date(2026, 4, 30), [1, 0, 0, 0], id="the last day of a quarter"),
        pytest.param(dt.date(2026, 5, 1), [0, 1, 0, 0], id="the first of the next"),
        pytest.param(dt.date(2027, 2, 1), [0, 0, 0, 0], id="after the year"),
        pytest.param(None, [0, 0, 0, 0], id="no renewal date"),
    ],
)
def test_an_account_renews_in_one_period_or_in_none(day: dt.date | None, weights: list[int]):
    assert renewal(day, FY2027.periods("quarters")) == weights
