"""What the policy says of the year: the nouns that its words become, and `method`, which alone makes a baseline a target."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from kam_rules.model.policy import Source
from kam_rules.model.year import Club, Function, Periods, YearEnd, YearRules
from kam_rules.pipeline.check import check_text
from tests.conftest import ROOT
from tests.generators import run_case

MINIMAL = (ROOT / "tests" / "cases" / "minimal.yaml").read_text(encoding="utf-8")
ROWS: list[dict[str, object]] = [
    {"account_id": "A1", "base_revenue": "1200000", "health": "90", "points": "50"},
    {"account_id": "A3", "base_revenue": "500000", "health": "10", "points": "50"},
    {"account_id": "A9", "base_revenue": "100000", "health": None, "points": "50"},
    {"account_id": "P1", "base_revenue": "0", "health": "90", "points": "50"},
]
TARGETS = """
    base: {{field: base_revenue, basis: opening_arr}}
    plausible: [0%, 300%]
    {method}
    by_state: {{at_risk: {{target: 80%}}, mature: {{target: 110%}}}}
    zero_base: {{lapsed_when: known(since), prospect: none, lapsed: none}}
    baselines: {{uniform: 112%}}
    """


def test_a_policy_that_says_nothing_of_the_year_prorates_by_days_and_goes_account_by_account():
    """Everything that could go two ways has one meaning where nothing is written."""
    assert check_text(MINIMAL, Source("p", "")).year == YearRules()
    assert (YearRules().proration, YearRules().method) == ("days", "account_based")


def test_every_word_of_the_year_is_kept():
    text = f"""{MINIMAL}
proration: months
periods: {{into: months, split: renewal, date: last_order}}
year_end: {{escalators: counted, reactivation: excluded, club: {{by: uniform, at_least: 95%, top: 10%}}}}
stewardship: {{functions: {{service: {{contributes: Speed, people: 3, accounts_per_person: 12}}, finance: {{contributes: Terms}}}}}}
"""
    year = check_text(text, Source("p", "")).year
    assert year.proration == "months"
    assert year.periods == Periods("months", "renewal", "last_order")
    assert year.year_end == YearEnd(escalators=True, reactivation=False, club=Club("uniform", Fraction(95, 100), top=Fraction(1, 10)))
    functions = [(f.name, f.people, f.accounts_per_person) for f in year.functions if isinstance(f, Function)]
    assert functions == [("service", 3, 12), ("finance", None, None)]


@pytest.mark.parametrize(
    ("method", "targets"),
    [
        pytest.param("", [1320000_00, 400000_00, None, None], id="left out: account by account"),
        pytest.param("method: account_based", [1320000_00, 400000_00, None, None], id="said: account by account"),
        pytest.param("method: uniform", [1344000_00, 560000_00, None, None], id="uniform: 112% for each, but for the undecided"),
    ],
)
def test_req_0_5_a_baseline_is_the_target_only_where_the_policy_names_it_as_its_method(
    tmp_path: Path, method: str, targets: list[int | None]
):
    run = run_case(tmp_path, ROWS, targets=TARGETS.format(method=method))
    assert run.table.frame()["target_amount"].to_list() == targets
    assert run.table.frame()["uniform_amount"].to_list() == [1344000_00, 560000_00, 112000_00, None]
