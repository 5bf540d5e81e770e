"""What a stretch of values can come to is never less than what its values do come to (F: why not, "none exists" is proved)."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings

from kam_rules.backends.reference import facts_of, take
from kam_rules.feel.scope import Name, Scope
from kam_rules.feel.typing import read
from kam_rules.model.program import Stage
from kam_rules.model.tree import Value
from kam_rules.model.types import Field, Type
from kam_rules.pipeline import spans
from kam_rules.pipeline.line import Line
from kam_rules.pipeline.slopes import OPEN, Might, Span, Sure, count
from tests.generators import Case, cases, fits


def _inside(told: Might, values: list[Value]) -> None:
    if isinstance(told, Sure):
        assert set(values) == {told.value}
    elif isinstance(told, Span):
        counts = [count(value) for value in values]
        found = [number for number in counts if number is not None]
        assert len(found) == len(values), "a span is never missing"
        assert (found[0], found[-1]) == (told.first, told.last)
        assert all(told.low <= number <= told.high for number in found)
        for (i, one), (j, other) in combinations(enumerate(found), 2):
            assert told.slope[0] * (j - i) <= other - one <= told.slope[1] * (j - i)


@settings(max_examples=60)
@given(case=cases(rows=3))
def test_every_value_of_a_stretch_lies_in_what_is_told_of_the_stretch(case: Case):
    rng = Random(case.seed)  # noqa: S311 - tests need repeatable chance
    ordered = [field for field in case.stage.fields if field.type.numeric or field.type is Type.DATE]
    for row in case.table.iter_rows(named=True):
        facts = facts_of(case.stage, row)
        for moved in ordered:
            line = Line.of(moved)
            start = line.start(None) if facts[moved.name] is None else line.place(facts[moved.name])
            low = max(line.least, start - rng.randrange(5))
            places = list(range(low, min(low + rng.choice((1, 3, 8)), line.most) + 1))
            if len(places) > 1 and all(fits(line.value(place), moved) for place in places):
                _holds(case.stage, facts, moved, line, places)


def _holds(stage: Stage, facts: dict[str, Value], moved: Field, line: Line, places: list[int]) -> None:
    told: dict[str, Might] = {name: Sure(value) for name, value in facts.items()}
    told[moved.name] = spans.along(line, places[0], places[-1])
    verdicts = spans.take(stage, told)
    all_facts = [{**facts, moved.name: line.value(place)} for place in places]
    outcomes = [take(stage, one) for one in all_facts]
    for name, might in told.items():
        _inside(might, [one.get(name) for one in all_facts])
    for list_, verdict in verdicts.items():
        assert verdict is None or {outcome.verdicts[list_] for outcome in outcomes} == {verdict}


SCOPE = Scope("criteria", {name: Name(name, Type.NUMBER) for name in ("x", "y")})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("x - x + y >= 5", Sure(value=True), id="what cancels out leaves no doubt"),
        pytest.param("x * 3 - x * 2 >= x", Sure(value=True), id="nor do multiples"),
        pytest.param("y / (x + y - x) >= 100%", Sure(value=True), id="nor a divisor that stays as it is"),
        pytest.param("max(x, 2 * x) = 2 * x", Sure(value=True), id="nor the greater of two that rise together"),
        pytest.param("x / (y - 5) > 100%", Sure(None), id="nothing is divided by nought, whatever it is"),
        pytest.param("x * (x / y) / x >= x / y", OPEN, id="a product divided again is not seen through"),
        pytest.param("x >= 5", OPEN, id="true of some and not of others"),
    ],
)
def test_figures_that_rest_on_the_same_field_are_not_taken_for_strangers(text: str, told: Might):
    facts: dict[str, Might] = {"x": spans.along(Line(1, 10**12, 1, days=False), 1, 10**12), "y": Sure(Fraction(5))}
    assert spans.might(read(text, SCOPE), facts) == told
