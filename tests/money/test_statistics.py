"""Fairness and stress: the worked examples to the last digit, and what must hold of any book."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_rules.model.amounts import half_even, percent
from kam_rules.model.year import Stress
from kam_rules.pipeline.cushion import stress
from kam_rules.pipeline.fairness import NO_BOOK, NO_VARIANCE, NOT_POSITIVE, TOO_FEW, attainability, correlation, evenness, root

POTENTIAL = [Fraction(n) / 100 for n in ("118", "111.2", "103.4", "98")]
UNIFORM = [potential / Fraction("1.12") for potential in POTENTIAL]
FIGURES = st.lists(st.fractions(min_value=0, max_value=10**6), min_size=1, max_size=30)


# --- EX-12: fairness ---------------------------------------------------------------------------------------------------


def test_ex_12_attainability_under_a_uniform_quota():
    """Each book supports its potential and is asked 112%."""
    assert [percent(value) for value in UNIFORM] == ["105.3571%", "99.2857%", "92.3214%", "87.5%"]
    assert attainability(118, 112) == UNIFORM[0]


def test_ex_12_gini_and_variation_of_a_uniform_quota():
    found = evenness(UNIFORM)
    assert isinstance(found.gini, Fraction)
    assert half_even(found.gini, 6) == Fraction("0.039364")
    assert found.variation == Fraction("0.070579")
    assert found.ratio == half_even(UNIFORM[0], 9) / half_even(UNIFORM[3], 9)
    assert found.note == TOO_FEW


def test_ex_12_a_uniform_quota_follows_the_potential_of_the_book():
    assert correlation(UNIFORM, POTENTIAL) == 1


def test_ex_12_account_based_at_potential_is_even_and_has_no_correlation():
    """Req 0.21: who owns an attractive book gains nothing by it."""
    even = [Fraction(1)] * 4
    found = evenness(even)
    assert [found.gini, found.variation, found.ratio] == [Fraction(0), Fraction(0), Fraction(1)]
    assert correlation(even, POTENTIAL) == NO_VARIANCE == "n/a (no variance)"


@pytest.mark.parametrize(("n", "note"), [pytest.param(4, TOO_FEW, id="four"), pytest.param(5, "", id="five")])
def test_below_five_books_nothing_is_inferred(n: int, note: str):
    assert evenness([Fraction(1)] * n).note == note


@pytest.mark.parametrize(
    ("values", "reason"), [pytest.param([], NO_BOOK, id="no book"), pytest.param([0, 0], NOT_POSITIVE, id="nothing supported")]
)
def test_a_figure_that_does_not_exist_says_why(values: list[int], reason: str):
    found = evenness([Fraction(value) for value in values])
    assert found.gini == found.variation == found.ratio == reason


def test_a_book_that_is_asked_nothing_has_no_attainability():
    assert attainability(100, 0) is None
    assert attainability(0, 100) == 0


@given(FIGURES)
def test_evenness_is_the_same_in_any_order_and_gini_lies_between_0_and_1(values: list[Fraction]):
    found = evenness(values)
    assert found == evenness(values[::-1])
    if isinstance(found.gini, Fraction):
        assert 0 <= found.gini < 1


@given(FIGURES)
def test_gini_is_the_mean_difference_over_twice_the_mean(values: list[Fraction]):
    """The ranked sum that is used is the definition over all pairs."""
    kept = [half_even(value, 9) for value in values]
    found = evenness(values).gini
    if isinstance(found, Fraction):
        assert found == sum(abs(a - b) for a in kept for b in kept) / (2 * len(kept) * sum(kept))


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=2, max_size=20))
def test_correlation_is_symmetric_and_within_one(pairs: list[tuple[int, int]]):
    left, right = ([Fraction(pair[i]) for pair in pairs] for i in (0, 1))
    found = correlation(left, right)
    assert found == correlation(right, left)
    if isinstance(found, Fraction):
        assert -1 <= found <= 1
        assert correlation([-x for x in left], right) == -found


@given(st.fractions(min_value=0, max_value=10**9), st.integers(0, 9))
def test_a_root_is_the_nearest_at_its_places(value: Fraction, places: int):
    found, half = root(value, places), Fraction(1, 2 * 10**places)
    assert max(Fraction(0), found - half) ** 2 <= value <= (found + half) ** 2
    assert root(found * found, places) == found
    assert root(Fraction(isqrt(10**40), 1), 0) == 10**10


# --- EX-5: stress ------------------------------------------------------------------------------------------------------


def test_ex_5_a_cushion_of_115000_covers_a_downturn_of_2_percent_and_not_the_loss_of_b1():
    """Req 0.16: B1 is the safe account; 2% of the bottom-up is 107,300, 3% is 160,950."""
    asked = Stress(("mature",), (Fraction(2, 100), Fraction(3, 100)))
    found = stress(5365000, 115000, [("A2", 880000), ("B1", 1650000)], asked)
    assert found.cushion == 115000
    assert [(loss.account_id, loss.target, loss.covered) for loss in found.losses] == [("B1", 1650000, False), ("A2", 880000, False)]
    assert [(down.loss, down.covered) for down in found.downturns] == [(Fraction(107300), True), (Fraction(160950), False)]
    assert percent(found.breaks_at or Fraction(0)) == "2.1435%"


@pytest.mark.parametrize(
    ("target", "covered"),
    [
        pytest.param(115000, True, id="as large as the cushion"),
        pytest.param(115001, False, id="one more"),
        pytest.param(114999, True, id="one less"),
    ],
)
def test_a_loss_as_large_as_the_cushion_is_covered(target: int, covered: bool):  # noqa: FBT001
    assert stress(5365000, 115000, [("X", target)], Stress(("mature",))).losses[0].covered is covered


def test_without_a_surplus_nothing_is_covered():
    found = stress(5365000, 0, [("X", 1)], Stress((), (Fraction(1, 100),)))
    assert (found.cushion, found.covered, found.downturns[0].covered) == (0, 0, False)
    assert found.breaks_at == 0
