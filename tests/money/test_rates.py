"""Plan rates: amounts of other currencies are planned and judged at the rate that is locked for the year."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.model.amounts import half_even
from kam_rules.model.errors import DataError
from kam_rules.model.rates import PlanRates
from kam_rules.model.run import Run
from kam_rules.sources._rates import converted, plan_rates, told
from tests.generators import data_text, policy_text

RATES = PlanRates("USD", {"EUR": Fraction("1.10"), "JPY": Fraction("0.0067"), "KWD": Fraction("3.25")})


def run_with(folder: Path, accounts: str, rates: str | None, columns: str = "currency: currency, to_policy: rate") -> Run:
    """Decide accounts of several currencies by the small policy."""
    policy = policy_text()
    (folder / "policy.yaml").write_text(policy)
    (folder / "accounts.csv").write_text(f"account_id,currency,base_revenue,health,points\n{accounts}")
    text = data_text(["account_id", "currency", "base_revenue", "health", "points"], policy)
    if rates is not None:
        (folder / "rates.csv").write_text(rates)
        text += f"plan_rates:\n  file: rates.csv\n  columns: {{{columns}}}\n"
    (folder / "data.yaml").write_text(text)
    return engine.run(folder / "policy.yaml", folder / "data.yaml")


# --- EX-9: constant currency -------------------------------------------------------------------------------------------


def test_ex_9_base_and_actual_at_the_same_plan_rate():
    """At the plan rate 105%; with the actual at spot it would be 95.4545%, which nobody earned."""
    base, actual = RATES.convert(Fraction(1000000), "EUR"), RATES.convert(Fraction(1050000), "EUR")
    assert (base, actual) == (1100000_00, 1155000_00)
    assert Fraction(actual or 0, base or 1) == Fraction(105, 100)


def test_ex_9_the_base_of_a_run_is_converted_at_the_plan_rate(tmp_path: Path):
    run = run_with(tmp_path, "E1,EUR,1000000,90,50\nU1,USD,500,90,50\n", "currency,rate\nEUR,1.10\n")
    assert run.table.frame()["base"].to_list() == [1100000_00, 500_00]
    trail = engine.explain(run, "E1")
    value = next(v for v in trail["values"] if v["name"] == "base_revenue")
    assert (value["value"], value["raw"], value["unit"]) == ("1,100,000.00", "1000000", "EUR at the plan rate 1.1")


# --- Units and rounding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "currency", "written"),
    [
        pytest.param("1000000", "EUR", "1100000.00", id="two decimals"),
        pytest.param("1500000", "JPY", "10050.00", id="yen have none"),
        pytest.param("1.234", "KWD", "4.01", id="dinars have three: 4.0105 is 4.01"),
        pytest.param("-1.234", "KWD", "-4.01", id="a negative amount as its amount is"),
        pytest.param("0.05", "EUR", "0.06", id="0.055 to the even cent"),
        pytest.param("0.15", "EUR", "0.16", id="0.165 to the even cent"),
        pytest.param("250", "USD", "250", id="the policy's own stays as it is"),
        pytest.param("250", None, "250", id="no currency named: the policy's own"),
        pytest.param("250", "CHF", "250", id="without a rate it stays, and its row is refused"),
        pytest.param("n.a.", "EUR", "n.a.", id="what is no number is left to the contract"),
        pytest.param(None, "EUR", None, id="missing stays missing"),
    ],
)
def test_an_amount_is_converted_exactly_and_rounded_once(text: str | None, currency: str | None, written: str | None):
    texts, codes = pl.Series([text], dtype=pl.String), pl.Series([currency], dtype=pl.String)
    assert converted(texts, codes, RATES, 2).to_list() == [written]


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3), st.fractions(min_value=Fraction(1, 10**6), max_value=10**4))
def test_columns_convert_as_the_noun_does(amount: Fraction, rate: Fraction):
    """The fast path over texts and the exact definition agree to the last unit."""
    rates = PlanRates("USD", {"EUR": rate})
    text = converted(pl.Series([f"{amount:f}"]), pl.Series(["EUR"]), rates, 2)[0]
    assert Fraction(text) == half_even(Fraction(amount) * rate, 2)
    assert rates.convert(Fraction(amount), "EUR") == Fraction(text) * 100


@pytest.mark.parametrize(
    ("row", "rate"),
    [
        pytest.param({"to_policy": 1_100000000, "from_policy": None}, Fraction("1.1"), id="1 EUR is 1.10 USD"),
        pytest.param({"to_policy": None, "from_policy": 800000000}, Fraction("1.25"), id="1 USD is 0.80 EUR"),
    ],
)
def test_the_mapped_column_states_the_direction_of_the_rate(row: dict[str, int | None], rate: Fraction):
    table = pl.DataFrame([{"row": 2, "currency": "EUR", **row}], schema_overrides={"to_policy": pl.Int64, "from_policy": pl.Int64})
    assert plan_rates(table, "USD").rates == {"EUR": rate}


# --- Bad input ---------------------------------------------------------------------------------------------------------


def test_a_currency_without_a_rate_refuses_its_accounts_by_name_and_decides_the_others(tmp_path: Path):
    run = run_with(tmp_path, "E1,EUR,100,90,50\nC1,CHF,100,90,50\nC2,CHF,100,90,50\n", "currency,rate\nEUR,1.10\n")
    refused = run.book.faults.frame().filter("refused")
    assert refused.select("account_id", "field", "code").rows() == [("C1", "currency", "KR417"), ("C2", "currency", "KR417")]
    assert run.table.frame()["account_id"].to_list() == ["E1"]


def test_without_plan_rates_every_other_currency_is_refused(tmp_path: Path):
    run = run_with(tmp_path, "E1,EUR,100,90,50\nU1,USD,100,90,50\n", None)
    assert run.book.faults.frame()["account_id"].to_list() == ["E1"]


@pytest.mark.parametrize(
    ("rates", "columns", "messages"),
    [
        pytest.param(
            "currency,rate\nEuro,1.10\n",
            "currency: currency, to_policy: rate",
            ["KR450 rates.csv row 2, 'currency': 'Euro' is no currency code"],
            id="no code",
        ),
        pytest.param(
            "currency,rate\nEUR,\nJPY,0\nKWD,-1\n",
            "currency: currency, to_policy: rate",
            [
                "KR451 rates.csv row 2, 'to_policy': EUR has no rate",
                "KR451 rates.csv row 3, 'to_policy': JPY has the rate 0, which is not above 0",
                "KR451 rates.csv row 4, 'to_policy': KWD has the rate -1, which is not above 0",
            ],
            id="no rate, zero, negative: all at once",
        ),
        pytest.param(
            "currency,rate,back\nEUR,1.10,0.91\n",
            "currency: currency, to_policy: rate, from_policy: back",
            ["KR451 rates.csv row 2, 'to_policy': EUR has a rate in each direction"],
            id="both directions",
        ),
        pytest.param(
            "currency,rate\nEUR,1.10\nEUR,1.08\n",
            "currency: currency, to_policy: rate",
            ["KR452 rates.csv row 3, 'currency': EUR has a rate in a row above"],
            id="twice",
        ),
        pytest.param(
            "currency,rate\nUSD,1.10\n",
            "currency: currency, to_policy: rate",
            ["KR451 rates.csv row 2: USD is the policy's own currency"],
            id="the policy's own",
        ),
    ],
)
def test_a_rate_that_cannot_be_used_names_its_row_and_decides_nothing(tmp_path: Path, rates: str, columns: str, messages: list[str]):
    with pytest.raises(DataError) as error:
        run_with(tmp_path, "E1,EUR,100,90,50\n", rates, columns)
    assert [f"{f.code} {f.message}" for f in error.value.findings] == messages


def test_the_policys_own_currency_at_1_is_harmless(tmp_path: Path):
    run = run_with(tmp_path, "U1,USD,100,90,50\n", "currency,rate\nUSD,1\n")
    assert run.table.frame()["base"].to_list() == [100_00]
    assert told(PlanRates("USD", {"USD": Fraction(1)}), "USD") == ""
