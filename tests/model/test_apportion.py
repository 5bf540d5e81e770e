"""The parts of an amount add up to it, for any weights, caps, minimums, locked parts and unit (EX-6)."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_rules.model.apportion import Apportioned, ApportionError, Claim, apportion


def parts(total: int, *claims: tuple[str, int | Fraction], unit: int = 1) -> tuple[int, ...]:
    """Split a total by weights alone."""
    return apportion(total, [Claim(id_, weight) for id_, weight in claims], unit).parts


def test_ex_6_equal_weights_add_up_where_naive_rounding_loses_one():
    assert parts(100_000, ("x", 1), ("y", 1), ("z", 1)) == (33_334, 33_333, 33_333)
    assert sum(round(Fraction(100_000, 3)) for _ in range(3)) == 99_999


def test_ex_6_the_largest_remainder_comes_first_then_the_smaller_id():
    """428.571 / 428.571 / 142.857: one unit to c (.857), one to a (.571, before b by id)."""
    assert parts(1_000, ("a", 3), ("b", 3), ("c", 1)) == (429, 428, 143)
    assert parts(1_000, ("b", 3), ("c", 1), ("a", 3)) == (428, 143, 429)


@pytest.mark.parametrize(
    ("total", "found"),
    [
        pytest.param(235_000, Apportioned((122_000, 113_000)), id="a multiple of the unit"),
        pytest.param(235_450, Apportioned((122_000, 113_000), residual=450), id="what fills no unit is stated"),
        pytest.param(999, Apportioned((0, 0), residual=999), id="less than one unit"),
        pytest.param(0, Apportioned((0, 0)), id="nothing"),
    ],
)
def test_ex_6_in_units_of_a_thousand(total: int, found: Apportioned):
    assert apportion(total, [Claim("ana", 2_780_000), Claim("ben", 2_585_000)], unit=1_000) == found


@pytest.mark.parametrize(
    ("cap", "found"),
    [
        pytest.param("0.045", Apportioned((125_100, 109_900)), id="EX-5: what a cap keeps out flows to the other"),
        pytest.param("0.04", Apportioned((111_200, 103_400), rest=20_400), id="EX-5: what no cap has room for is the rest"),
        pytest.param("0", Apportioned((0, 0), rest=235_000), id="caps of nothing"),
    ],
)
def test_ex_5_caps_fill_up_and_flow_over(cap: str, found: Apportioned):
    claims = [
        Claim("ana", 1_900_000, most=Fraction(cap) * 2_780_000),
        Claim("ben", 1_100_000, most=Fraction(cap) * 2_585_000),
    ]
    assert apportion(235_000, claims) == found


@pytest.mark.parametrize(
    ("total", "claims", "found"),
    [
        pytest.param(10, [Claim("a", 0), Claim("b", 1)], (0, 10), id="no weight, nothing"),
        pytest.param(10, [Claim("a", 0, least=3), Claim("b", 1)], (3, 7), id="no weight, its minimum and no more"),
        pytest.param(100, [Claim("a", 1, least=30), Claim("b", 9)], (30, 70), id="a minimum lifts, the others carry less"),
        pytest.param(100, [Claim("a", 1, least=10), Claim("b", 9)], (10, 90), id="a minimum that is met anyway"),
        pytest.param(100, [Claim("a", 1, locked=70), Claim("b", 1), Claim("c", 2)], (70, 10, 20), id="a locked part stands"),
        pytest.param(100, [Claim("a", 1, locked=100), Claim("b", 1)], (100, 0), id="all of it is locked"),
        pytest.param(-7, [Claim("a", 1), Claim("b", 1)], (-4, -3), id="a negative total is split as its amount is"),
        pytest.param(7, [Claim("a", Fraction(1, 3)), Claim("b", Fraction(1, 6))], (5, 2), id="weights need not be whole"),
    ],
)
def test_parts_by_hand(total: int, claims: list[Claim], found: tuple[int, ...]):
    assert apportion(total, claims).parts == found


@pytest.mark.parametrize(
    ("total", "claims", "unit", "why"),
    [
        pytest.param(1, [Claim("a", 0), Claim("b", 0)], 1, "no weight is positive", id="all weights zero"),
        pytest.param(1, [], 1, "no weight is positive", id="nobody"),
        pytest.param(10, [Claim("a", 1, least=6), Claim("b", 1, least=5)], 1, "the minimums add up to 11", id="minimums"),
        pytest.param(10, [Claim("a", 1, locked=11)], 1, "the locked parts add up to 11", id="locked"),
        pytest.param(10, [Claim("a", -1)], 1, "the weight or the minimum of a is negative", id="a negative weight"),
        pytest.param(10, [Claim("a", 1, least=5, most=4)], 1, "the minimum of a lies above its cap", id="minimum above cap"),
        pytest.param(10, [Claim("a", 1)], 0, "the unit is not above 0", id="no unit"),
    ],
)
def test_what_cannot_be_spread_is_refused_with_figures(total: int, claims: list[Claim], unit: int, why: str):
    with pytest.raises(ApportionError, match=re.escape(why)):
        apportion(total, claims, unit)


@st.composite
def books(draw: st.DrawFn) -> tuple[int, list[Claim], int]:
    """Return a total, claims and a unit that can be spread."""
    unit = draw(st.sampled_from([1, 3, 100, 1_000]))
    claims = []
    for i in range(draw(st.integers(1, 12))):
        least = draw(st.sampled_from([0, 0, 0, 5, 700])) * unit
        room = draw(st.one_of(st.none(), st.fractions(0, 10**6, max_denominator=7)))
        most = None if room is None else least + room
        weight = draw(st.one_of(st.integers(0, 5), st.fractions(0, 10**9, max_denominator=97)))
        claims.append(Claim(f"r{i:02}", weight, least, most, draw(st.sampled_from([None, None, None, 0, 12_345]))))
    claims.append(Claim("z", 1))
    floor = sum(int(claim.least) if claim.locked is None else claim.locked for claim in claims)
    return floor + draw(st.integers(0, 10**9)), claims, unit


@given(books())
def test_every_unit_is_accounted_for_and_every_bound_is_kept(book: tuple[int, list[Claim], int]):
    total, claims, unit = book
    found = apportion(total, claims, unit)
    assert sum(found.parts) + found.rest + found.residual == total
    assert 0 <= found.residual < unit
    assert found.rest == 0  # z has no cap
    for part, claim in zip(found.parts, claims, strict=True):
        if claim.locked is not None:
            assert part == claim.locked
            continue
        assert part % unit == 0
        assert part >= claim.least
        assert claim.most is None or part <= claim.most
        assert claim.weight or part == claim.least


@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_the_claims_is_irrelevant(book: tuple[int, list[Claim], int], shuffler: random.Random):
    total, claims, unit = book
    shuffled = shuffler.sample(claims, len(claims))
    by_id = dict(zip((c.id for c in claims), apportion(total, claims, unit).parts, strict=True))
    assert by_id == dict(zip((c.id for c in shuffled), apportion(total, shuffled, unit).parts, strict=True))


@given(books(), st.integers(1, 1_000))
def test_scaling_the_weights_changes_nothing(book: tuple[int, list[Claim], int], factor: int):
    total, claims, unit = book
    scaled = [Claim(c.id, c.weight * Fraction(factor, 7), c.least, c.most, c.locked) for c in claims]
    assert apportion(total, scaled, unit) == apportion(total, claims, unit)


@given(books(), st.sampled_from([10, 1_000]))
def test_scaling_the_currency_scales_the_parts(book: tuple[int, list[Claim], int], factor: int):
    total, claims, unit = book

    def scaled(claim: Claim) -> Claim:
        most = None if claim.most is None else claim.most * factor
        return Claim(claim.id, claim.weight, claim.least * factor, most, None if claim.locked is None else claim.locked * factor)

    found = apportion(total, claims, unit)
    assert apportion(total * factor, [scaled(c) for c in claims], unit * factor) == Apportioned(
        tuple(part * factor for part in found.parts), found.rest * factor, found.residual * factor
    )


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any))
def test_without_bounds_no_part_is_a_unit_away_from_its_exact_share(total: int, weights: list[int]):
    found = apportion(total, [Claim(f"{i:02}", weight) for i, weight in enumerate(weights)])
    for part, weight in zip(found.parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
