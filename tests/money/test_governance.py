"""How the programme is looked after: what functions have promised, in which order it came about, who owns what, what selling costs."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kam_rules.model.errors import PolicyError
from kam_rules.model.report import Report, Table
from kam_rules.model.run import Run
from kam_rules.pipeline.check import check_text
from kam_rules.pipeline.governance import governed
from kam_rules.pipeline.programme.promises import questions
from kam_rules.reports.governance import governance, rebuilt
from tests.money import book

FIELDS = """
    buys: {type: category, values: [person, committee, digital]}
    opposite: {type: text}
    engaged: {type: integer, min: 0}
    selling: {type: money, min: 0}
    """
FUNCTIONS = """functions:
    product: {contributes: First access, people: 2, budget: 240000, capability: in_place, agreed: true}
    finance: {contributes: Terms, capability: missing, agreed: false}
    service: {contributes: Expedited service}
"""
SEQUENCE = """sequence:
    - {step: selection, on: 2026-01-20, who: [sales]}
    - {step: criteria, on: 2025-10-01, who: [sales, product]}
"""
REBUILDS = "rebuilds: [{on: 2020-01-31, what: A}, {on: 2020-02-01, what: B}, {on: 2026-05-01, what: C}]\n"
RELATIONSHIP = "relationship: {buying: buys, counterpart: opposite, engaged: engaged}\nselling_cost: selling\n"
ACCOUNTS = [
    {**book.ACCOUNTS[0], "buys": "committee", "opposite": "Dr. Ito", "engaged": 4, "selling": "60000.50"},
    {**book.ACCOUNTS[1], "buys": "committee", "engaged": 2, "selling": "40000"},
    {**book.ACCOUNTS[2], "owner": "ana", "selling": "50000"},
    {**book.ACCOUNTS[3], "selling": None},
    {**book.ACCOUNTS[4], "engaged": 1, "selling": "0"},
    {**book.ACCOUNTS[5], "buys": "digital", "engaged": 1, "selling": "30000"},
]
TIERS = "{if_unknown: hold, rules: [{id: t1, when: base_revenue >= 800000, because: Large}, {id: t2, otherwise: true}]}"


def policy(stewardship: str = FUNCTIONS + SEQUENCE + REBUILDS + RELATIONSHIP) -> Run:
    found = book.policy(stewardship=stewardship, fields=book.FIELDS + FIELDS, tiers=TIERS, limits="{key_tiers: [t1]}")
    return book.run(found, ACCOUNTS)


def rows(report: Report, key: str) -> list[dict[str, object]]:
    (block,) = [block for block in report.blocks if block.key == key]
    assert isinstance(block, Table)
    return [dict(zip([c.key for c in block.columns], row, strict=True)) for row in block.rows]


def said(report: Report, key: str) -> str:
    (block,) = [block for block in report.blocks if block.key == key]
    return str(block)


def test_each_function_says_what_it_contributes_with_whom_and_whether_it_agreed():
    """Requirement 1.3: contribution, talent and budget, agreed yes or no; what nobody says is no yes."""
    found = {str(row["function"]): row for row in rows(governance(policy()), "functions")}
    assert found["product"]["budget"] == 240000
    assert [found[name]["agreed"] for name in ("product", "finance", "service")] == ["yes", "no", "nobody says"]
    assert [found[name]["capability"] for name in ("product", "finance", "service")] == ["in_place", "missing", "nobody says"]


def test_the_sequence_is_told_in_the_order_in_which_it_should_be():
    """Requirement 2.6: criteria, resources, selection; a step that nobody recorded is said."""
    lines = said(governance(policy()), "sequence")
    assert "criteria: 2025-10-01, 123 days before the year begins; by sales, product" in lines
    assert "resources: not recorded" in lines


def test_a_relationship_has_one_owner_and_somebody_opposite():
    """Requirement 1.5: one accountable owner, counterparts of committees and digital buyers; 2.7: functions engaged."""
    report = governance(policy())
    keys = rows(report, "accounts")
    assert [row["account_id"] for row in keys] == ["B1", "A1", "A2"]
    assert [row["missing"] for row in keys] == ["buying, counterpart, engaged", "", "counterpart"]
    relationships = said(report, "relationships")
    assert "('key accounts with exactly one owner', '3 of 3')" in relationships
    assert "('bought by committee', '2 of 3')" in relationships
    assert "3 over 2 accounts, 1 unknown" in relationships
    assert "3 times" in relationships


def test_rebuilds_are_counted_over_seven_years():
    """Requirement 2.11: the year ends on 2027-01-31; the last day seven years before is out, the one after it is in."""
    found = governed(policy())
    assert [done.what for done in found.rebuilds] == ["B", "C"]
    assert "46%" in said(governance(policy()), "rebuilds")


def test_rebuilds_that_nobody_recorded_are_not_said_to_be_none():
    """Requirement 2.11: what is not written is not known."""
    assert rebuilt(governed(policy())) == "2 since 2020-01-31"
    assert rebuilt(governed(policy(FUNCTIONS))) == "none recorded since 2020-01-31 (stewardship.rebuilds)"


def test_selling_cost_is_held_against_the_revenue_that_it_brought():
    """Key accounts 100,000.50 on 2,000,000, all others 80,000 on 1,500,000; an account without a cost is in neither sum."""
    found = governed(policy())
    assert found.cost is not None
    key, others = found.cost
    assert (key.cost, key.revenue, key.without) == (100_000_50, 2_000_000_00, 1)
    assert (others.cost, others.revenue, others.without) == (80_000_00, 1_500_000_00, 0)
    assert key.ratio == Fraction("100000.50") / 2000000


def test_what_nobody_says_is_told_with_the_key_that_would():
    report = governance(policy(FUNCTIONS))
    assert "buying, counterpart, engaged; name the field under stewardship.relationship" in said(report, "relationships")
    assert "write selling_cost: FIELD under stewardship" in said(report, "selling_cost")


def test_a_promise_without_consent_or_capability_is_advice():
    """Requirement 1.3; its neighbours agreed, or are being built."""
    found = [(told.finding.code, told.finding.subject) for told in questions(policy().policy)]
    assert found == [("KR651", "stewardship.finance.agreed"), ("KR652", "stewardship.finance.capability")]
    better = FUNCTIONS.replace("capability: missing, agreed: false", "capability: building, agreed: true")
    assert list(questions(policy(better).policy)) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param("2026-01-20", "2025-09-30", "KR650", id="accounts were selected before there were criteria"),
        pytest.param("2026-05-01", "2027-02-01", "KR650", id="a rebuild that has not happened"),
        pytest.param("step: selection", "step: criteria", "KR307", id="a step twice"),
        pytest.param("counterpart: opposite", "counterpart: oposite", "KR311", id="no such field"),
        pytest.param("selling_cost: selling", "selling_cost: engaged", "KR311", id="a cost that is no money"),
        pytest.param("240000", "'240,000'", "KR105", id="a budget that is no amount"),
    ],
)
def test_a_record_that_cannot_be_is_refused(old: str, new: str, code: str):
    found = policy().policy
    text = found.sources[0].text
    assert old in text
    with pytest.raises(PolicyError) as error:
        check_text(text.replace(old, new, 1), found.sources[0])
    assert {finding.code for finding in error.value.findings} == {code}


def test_the_day_on_which_both_were_settled_is_no_fault():
    """The nearest neighbour of KR650: the same day."""
    assert policy(FUNCTIONS + SEQUENCE.replace("2026-01-20", "2025-10-01")).policy.year.governance.sequence[0].what == "criteria"
