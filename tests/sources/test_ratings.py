"""Ratings by several raters: one answer by a declared rule, exact, with everybody's disagreement in sight."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from statistics import mean, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules import engine, intake
from kam_rules.model.amounts import half_even
from kam_rules.model.errors import DataError
from kam_rules.model.run import Run
from kam_rules.pipeline.together import told_together
from tests.sources.test_intake import CHECKED, STARTER, data

RULE = "ratings: {combine: median, disagree_from: 2}"


def source(folder: Path, ratings: str, rule: str = RULE, accounts: str = "a,100,x,,ana\nb,200,y,,ben") -> Path:
    """Write accounts, and ratings of them as `account who question points` a line."""
    path = data(folder, accounts, rule)
    rows = "\n".join(line.strip().replace(" ", ",") for line in ratings.strip().splitlines())
    (folder / "ratings.csv").write_text(f"account_id,who,question,points\n{rows}\n", encoding="utf-8")
    columns = "{account: account_id, rater: who, field: question, rating: points}"
    path.write_text(f"{path.read_text()}ratings:\n  file: ratings.csv\n  columns: {columns}\n", encoding="utf-8")
    return path


def answers(folder: Path, ratings: str, rule: str = RULE, name: str = "alignment") -> list[int | None]:
    """Return the answers that accounts a and b are decided by."""
    run: Run = engine.run(CHECKED, source(folder, ratings, rule), witness=False)
    return run.book.table.frame()[name].to_list()


def codes(folder: Path, ratings: str, rule: str = RULE) -> list[str]:
    """Return the codes of what keeps ratings from being read."""
    with pytest.raises(DataError) as caught:
        engine.run(CHECKED, source(folder, ratings, rule), witness=False)
    return [finding.code for finding in caught.value.findings]


THREE = "a ana alignment 1\na ben alignment 5\na cy alignment 2\nb ana alignment 4"


@pytest.mark.parametrize(
    ("combine", "answer"),
    [
        pytest.param("median", 2, id="the middle one"),
        pytest.param("mean", 3, id="8/3 rounds to 3"),
        pytest.param("lowest", 1, id="the lowest"),
        pytest.param("highest", 5, id="the highest"),
    ],
)
def test_answers_combine_as_the_data_file_says(tmp_path: Path, combine: str, answer: int) -> None:
    assert answers(tmp_path, THREE, f"ratings: {{combine: {combine}}}") == [answer, 4]


def test_an_account_that_nobody_rated_has_no_answer(tmp_path: Path) -> None:
    assert answers(tmp_path, "b ana alignment 4") == [None, 4]


@settings(max_examples=30)
@given(points=st.lists(st.integers(1, 5), min_size=1, max_size=6), combine=st.sampled_from(["median", "mean"]))
def test_an_answer_is_exact_and_rounded_once(points: list[int], combine: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Half goes to the even one, as everywhere; who is asked first makes no difference."""
    folder, measure = tmp_path_factory.mktemp("rated"), {"median": median, "mean": mean}[combine]
    rows = "\n".join(f"a r{i} alignment {point}" for i, point in enumerate(points))
    found = answers(folder, rows, f"ratings: {{combine: {combine}}}")
    assert found[0] == half_even(measure([Fraction(p) for p in points]), 0)


def test_rounded_answers_are_counted_and_the_source_is_told(tmp_path: Path) -> None:
    run = engine.run(CHECKED, source(tmp_path, "a ana alignment 1\na ben alignment 2"), witness=False)
    assert dict(run.book.rounded)["alignment"] == 1
    told = next(item for item in engine.explain(run, "a")["values"] if item["name"] == "alignment")
    assert (told["raw"], told["column"]) == ("2", "ratings.csv: median")


def test_a_run_keeps_the_ratings_and_their_rule(tmp_path: Path) -> None:
    run = engine.run(CHECKED, source(tmp_path, THREE), witness=False)
    engine.write(run, tmp_path / "run")
    again = engine.read(tmp_path / "run")
    assert again.book.source.rated == run.book.source.rated
    assert again.book.tables["ratings"].height == 4


@pytest.mark.parametrize(("highest", "told"), [(3, ["KR468"]), (2, [])])
def test_raters_two_points_apart_disagree_one_point_apart_they_do_not(tmp_path: Path, highest: int, told: list[str]) -> None:
    found = intake.check_data(STARTER, source(tmp_path, f"a ana alignment 1\na ben alignment {highest}"))
    assert [f.code for f in found.together if f.code == "KR468"] == told


def test_ratings_of_an_account_that_is_not_there_are_told(tmp_path: Path) -> None:
    run = engine.run(CHECKED, source(tmp_path, "zz ana alignment 1\na ana alignment 3"), witness=False)
    (told,) = (f for f in told_together(run.book, run.ready.program) if f.code == "KR469")
    assert told.message == "1 rows of ratings name no account of accounts.csv: zz (row 2)"


@pytest.mark.parametrize(
    ("ratings", "rule", "code"),
    [
        pytest.param("a ana alignment 3", "", "KR905", id="no rule"),
        pytest.param("a ana aligment 3", RULE, "KR906", id="a field that is none"),
        pytest.param("a ana account_name 3", RULE, "KR906", id="a field that is no rating"),
        pytest.param("a ana alignment 3\na ana alignment 4", RULE, "KR907", id="one rater twice"),
        pytest.param("a ana alignment 6", RULE, "KR422", id="past the scale"),
        pytest.param("a ana alignment 0", RULE, "KR422", id="below the scale"),
        pytest.param("a ana alignment", RULE, "KR407", id="a row without its rating"),
    ],
)
def test_ratings_at_fault_decide_nothing(tmp_path: Path, ratings: str, rule: str, code: str) -> None:
    assert code in codes(tmp_path, ratings, rule)


def test_a_field_has_one_source_kr908(tmp_path: Path) -> None:
    path = source(tmp_path, "a ana alignment 3")
    path.write_text(path.read_text().replace("account_name: name", "alignment: name"), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        engine.run(CHECKED, path, witness=False)
    assert [finding.code for finding in caught.value.findings] == ["KR908"]


def test_exact_copies_of_a_rating_are_one(tmp_path: Path) -> None:
    assert answers(tmp_path, "a ana alignment 3\na ana alignment 3") == [3, None]
