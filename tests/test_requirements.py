"""Every question of articles 001 to 004 has a command that answers it; each line names the requirement, the command, the sentence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kam_rules.cli.main import main
from tests.conftest import RESELLERS, RESELLERS_2020, ROOT, SAAS

ACTUALS = "examples/adventureworks/actuals_fy2020.yaml"
DEFINE = ("report", "define", "saas", "--nominations", "examples/saas/nominations.yaml")
EARLIER = ("report", "define", "fy2021", "--earlier", "fy2020")
BACKTEST = ("backtest", *RESELLERS_2020, ACTUALS)
HANDBOOK = ("handbook", SAAS[0])
PLANS = ("report", "incentives", "saas")
PAY = ("pay", "saas", "examples/saas/pay_fy2027.yaml")
GOVERNANCE = ("report", "governance", "saas")
BRIEF = ("brief", "saas", "--format", "text")

CARE = "policies/key-accounts/care.yaml"
CARED = """
policy: key-accounts
fiscal_year: FY2027
effective: {from: 2026-02-01, to: 2027-01-31}
extends: fy2027.yaml
fields:
  our_view: {type: rating, scale: [1, 5]}
  their_view: {type: rating, scale: [1, 5]}
  talked_on: {type: date}
tiers: {inherit: parent}
calibration: {ours: our_view, theirs: their_view, on: talked_on, valid_for: 12 months, needed_for: [strategic]}
service:
  contribution: gross_margin
  over: 200%
  entitlements:
    early_access: {is: First access to new functions, by: product_management}
    fast_service: {is: Expedited service, by: customer_success}
  tiers:
    strategic: {entitlements: [early_access, fast_service], people: 0.25, hours: 200, money: 20000}
    key: {entitlements: [fast_service], people: 0.1, hours: 80, money: 8000}
"""
"""What the shipped policy leaves to each company: entitlements, both sides' view, a tier for the whole group."""
REVIEW = ("review", CARE, "examples/saas/data.yaml", "--top", "40")

ANSWERS = [
    ("1.1 revenue from key accounts, beside one third", DEFINE, "28.35% of 30,841,300.01; one third is usual (article 001)"),
    ("1.2 each criterion names its purpose", HANDBOOK, "long term growth"),
    ("1.3 the functions, with what each contributes", ("report", "resources", "saas"), "Health, adoption and the renewal"),
    ("1.3 people, budget, and whether each has agreed", GOVERNANCE, "620,000.00  in_place    yes"),
    ("1.4 what a tier entitles to, and who delivers it", ("handbook", CARE), "First access to new functions (product management)"),
    ("1.5 exactly one owner", GOVERNANCE, "key accounts with exactly one owner  12 of 12"),
    ("1.5 who stands opposite", GOVERNANCE, "buying, counterpart, engaged; name the field"),
    ("2.1 what the articles say of others, with source", DEFINE, "58%        miss the quota of their key accounts        article 002"),
    ("2.2 attainment of key accounts, hit or missed, beside 58%", BACKTEST, "missed: 79.44% of 9,688,200.30"),
    ("2.3 key by size alone", DEFINE, "key by size alone"),
    ("2.3 not large, and with potential", DEFINE, "6 of 12 key accounts are outside the largest fifth"),
    ("2.4 the value that both bring", DEFINE, "they bring"),
    ("2.5 what is invested in each account of a tier", ("handbook", CARE), "| 0.25 | 200 | 20,000.00 |"),
    ("2.5 held against what the account brings", REVIEW, "12.5% of the money, 4.23%"),
    ("2.6 criteria, then resources, then the selection", GOVERNANCE, "selection: 2026-01-14, 18 days before the year begins"),
    ("2.7 functions engaged in key accounts", DEFINE, "0 of 12, 0% key accounts are in states"),
    ("2.8 both views, for how long, and which tier needs them", ("handbook", CARE), "holds for 12 months from talked on"),
    ("2.8 key accounts without both views", REVIEW, "strategic needs one"),
    ("2.9 health watched, tiers proposed up and down, citing profit", ("report", "rules", "saas"), "profit_erosion"),
    ("2.10 investment in accounts that earn little", DEFINE, "Large accounts that earn little, and what they cost"),
    ("2.11 what came of one version of the policy", BACKTEST, "states in the right order"),
    ("2.11 and of the next, in the same year", ("backtest", RESELLERS[0], RESELLERS_2020[1], ACTUALS), "240.43%"),
    ("2.11 rebuilds in seven years, beside 46%", GOVERNANCE, "1 since 2020-01-31"),
    ("3.1 when to use a plan, for it and against it", PLANS, "use when           Accounts are divided by vertical or end market"),
    ("3.1 whose words these are", PLANS, "are our own words"),
    ("3.2 shares of team and individual", PLANS, "60% team: team_quota 80% (actual / target, steady)"),
    ("3.3 goals of a team and of its people", PLANS, "gross margin"),
    ("3.4 portfolio goals", PLANS, "revenue growth, profit improvement, growth of share of wallet, cross-sell and up-sell"),
    ("3.5 renewal goals", PLANS, "contract renewals, repeat orders"),
    ("3.6 churn against the average has a direction", PLANS, "churn better than average"),
    ("3.7 does the plan fit the book", PLANS, "Plans that do not fit their book"),
    ("3.8 payout of each person", PAY, "13 people are paid 523,924.01 USD"),
    ("3.8 down to the cell", (*PAY, "--person", "R-02"), "target_pay_fy2027.csv row 7, column 'target_incentive'"),
    ("4.1 one definition, published", HANDBOOK, "A key account is"),
    ("4.2 a development plan for each", DEFINE, "10 of 12, 83.33% of key accounts, by plan_agreed"),
    ("4.2 does it match the ideal customer", DEFINE, "ideal_customer: {type: flag}"),
    ("4.3 people's lists beside the policy's", DEFINE, "executives       6                       3      20%"),
    ("4.4 producers of 80%, computed", DEFINE, "revenue                34           75   45.33%"),
    ("4.5 noisy accounts", DEFINE, "tenure, noise, local"),
    ("4.6 if everything is a priority", DEFINE, "12 of 84, 14.29% of accounts decided; at most 15% may be"),
    ("4.7 did those with potential become large", EARLIER, "After 12 months 15 of 52 stand in the largest fifth"),
    ("4.8 90% against 25% of a wallet", DEFINE, "Alike in sales, and asked for different plans"),
    ("4.9 market leaders by market", DEFINE, "Leaders that are key"),
    ("4.10 a small office of a large group", ("report", "rules", "saas"), "branch_left_behind"),
    ("4.10 it has the tier of its head office", ("explain", "care", "ACC-1025"), "ACC-1023 stands at the head"),
    ("4.11 key new markets, customers and prospects", DEFINE, "a couple of leaders opens a market"),
    ("4.12 profit in dollars and as a share", DEFINE, "24.77% of profit"),
    ("4.12 diamonds", DEFINE, "Diamonds: small in sales, large in profit"),
    ("4.12 what drives the cost", DEFINE, "cost_packaging"),
    ("4.13 the closing questions", DEFINE, "is customer profit tracked?"),
    ("4.14 who has which accounts, in which team", BRIEF, "Teresa Villalobos"),
]
"""Requirement, command, and a part of its answer."""


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...]], str]:
    """Ask a command once, in a copy of the examples in which four runs stand."""
    folder, said = tmp_path_factory.mktemp("requirements"), dict[tuple[str, ...], str]()
    for name in ("policies", "examples"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / CARE).write_text(CARED, encoding="utf-8")
    runs = {"saas": SAAS, "care": (CARE, SAAS[1]), "fy2020": RESELLERS_2020, "fy2021": RESELLERS}

    def ask(command: tuple[str, ...]) -> str:
        if command not in said:
            here = Path.cwd()
            os.chdir(folder)
            try:
                result = CliRunner().invoke(main, list(command))
            finally:
                os.chdir(here)
            said[command] = result.stdout
            assert result.exit_code == 0, result.output
        return said[command]

    for name, paths in runs.items():
        ask(("run", *paths, "--out", name, "--no-witness"))
    return ask


@pytest.mark.parametrize(("question", "command", "told"), [pytest.param(*row, id=row[0]) for row in ANSWERS])
def test_the_question_is_answered_by_one_command(
    question: str, command: tuple[str, ...], told: str, answer: Callable[[tuple[str, ...]], str]
):
    assert told in answer(command), f"{question}\n{answer(command)}"
