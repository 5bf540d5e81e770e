"""The policy as a document that leaders sign: all of it, in plain words, and nothing that the policy does not say."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kam_rules import workshop
from kam_rules.feel.scope import Name, Scope
from kam_rules.feel.typing import read
from kam_rules.formats import format_
from kam_rules.model.policy import Source
from kam_rules.model.report import Facts, Lines, Report, Table
from kam_rules.model.types import Type
from kam_rules.pipeline.changes import changes
from kam_rules.pipeline.check import check, check_text
from kam_rules.reports.sentences import figure, sentence
from tests.conftest import RESELLERS, RESELLERS_2020, ROOT, SAAS, Said

Kam = Callable[..., Said]
STARTER = (ROOT / "kam_rules/starter/policy.yaml").read_text(encoding="utf-8")
TYPES = {
    "score": Type.NUMBER, "health": Type.NUMBER, "base": Type.MONEY, "prior_base": Type.MONEY, "share": Type.RATIO, "willing": Type.FLAG,
    "tier": Type.CATEGORY, "industry": Type.TEXT, "since": Type.DATE, "until": Type.DATE,
}  # fmt: skip
WILLING = "the answer to 'willing' is yes"
SCOPE = Scope("triggers", {name: Name(name, type_) for name, type_ in TYPES.items()})


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        pytest.param("health < 50", "health is below 50", id="below"),
        pytest.param("health >= 50", "health is 50 or more", id="an edge is said to be inclusive"),
        pytest.param("health <= 50", "health is 50 or less", id="at most"),
        pytest.param('since >= date("2026-01-31")', "since is 2026-01-31 or later", id="a day"),
        pytest.param("share < 40% and base >= 250000", "share is below 40% and base is 250,000 or more", id="and"),
        pytest.param("health < 50 or share < 40% and willing", "health is below 50 or (share is below 40% and WILLING)",
                     id="and inside or keeps its brackets"),
        pytest.param("(health < 50 or willing) and share < 40%", "(health is below 50 or WILLING) and share is below 40%",
                     id="or inside and keeps its brackets"),
        pytest.param("not(willing)", "the answer to 'willing' is no", id="no"),
        pytest.param("not(health < 50 and willing)", "it is not so that (health is below 50 and WILLING)", id="not of both"),
        pytest.param("not(known(since))", "since is not known", id="missing"),
        pytest.param("known(since) and since >= until", "since is known and since is until or later", id="known beside a use"),
        pytest.param('tier in ("core", "not_qualified")', "the tier is core or not qualified", id="one of some"),
        pytest.param('industry = "a_b"', "industry is a_b", id="a word of the data stays as it is"),
        pytest.param("base < 0.7 * prior_base", "base is below 0.7 times prior base", id="a share of another amount"),
        pytest.param("health between 1 and 3", "health is 1 or more and health is 3 or less", id="a range"),
    ],
)  # fmt: skip
def test_a_condition_is_said_as_a_person_would(condition: str, said: str):
    assert sentence(read(condition, SCOPE)) == said.replace("WILLING", WILLING)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        pytest.param("base - prior_base", "base less prior base", id="less"),
        pytest.param("(base - prior_base) / prior_base", "(base less prior base) divided by prior base", id="brackets"),
        pytest.param("days(since, until)", "the days from since to until", id="days"),
        pytest.param("if willing then base else prior_base", "base where WILLING, else prior base", id="a choice"),
        pytest.param("min(base, prior_base)", "the smallest of base, prior base", id="the smallest"),
        pytest.param("round(health, 2)", "health, rounded to 2 decimals", id="rounded"),
    ],
)
def test_a_figure_is_said_as_a_person_would(formula: str, said: str):
    assert figure(read(formula, SCOPE)) == said.replace("WILLING", WILLING)


def words(report: Report) -> str:
    """Return all that a report says."""
    parts = []
    for block in report.blocks:
        if isinstance(block, Facts):
            parts += [f"{name} {what}" for name, what in block.pairs]
        elif isinstance(block, Lines):
            parts += block.lines
        else:
            assert isinstance(block, Table)
            parts += [" ".join(str(cell) for cell in row) for row in block.rows] + [block.note]
    return "\n".join(parts)


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize("path", [SAAS[0], RESELLERS[0], RESELLERS_2020[0], "kam_rules/starter/policy.yaml"])
def test_the_handbook_says_all_of_the_policy(path: str):
    """Every reason, every criterion with its weight, every state, every target, every trigger."""
    policy = check(Path(path))
    told = words(workshop.handbook(path))
    for rules in policy.program.lists:
        for rule in rules.rules:
            if not rule.built_in and rules.id != "tiers.met" and rule.id != "own":
                assert rule.because in told, rule.id
    for criterion in policy.program.criteria:
        assert criterion.id.replace("_", " ") in told
    assert all(text in told for _, text in policy.definition)
    assert all(dated.source in told for a in policy.assumptions for dated in a.values)
    assert all(field.meaning in told for field in policy.program.fields)
    assert policy.sources[0].sha256 in told


@pytest.mark.usefixtures("at_root")
def test_the_weights_of_the_handbook_are_the_policy_s_and_sum_to_100_percent():
    table = next(block for block in workshop.handbook(SAAS[0]).blocks if block.key == "criteria")
    assert isinstance(table, Table)
    *rows, total = table.rows
    assert [row[1] for row in rows] == [c.weight for c in check(Path(SAAS[0])).program.criteria]
    assert total[1] == Fraction(1) == sum((Fraction(str(row[1])) for row in rows), Fraction(0))


@pytest.mark.usefixtures("at_root")
def test_a_target_is_told_with_its_formula():
    """Article 000: Mature is 100% + 5% inflation + 5% = 110%."""
    assert "mature 100% 110% (100% + inflation + 5%) 115% (100% + inflation + 10%)" in words(workshop.handbook(SAAS[0]))


@pytest.mark.usefixtures("at_root")
def test_one_real_account_is_walked_through():
    told = workshop.handbook(SAAS[0], data=SAAS[1], account="ACC-1031")
    titles = [block.title for block in told.blocks]
    assert "One real account, ACC-1031 · Greyfell Turbines" in titles
    assert "132% of 1,050,000.00 = 1,386,000.00 USD" in words(told)
    assert not any(title.startswith("One real account") for title in (block.title for block in workshop.handbook(SAAS[0]).blocks))


@pytest.mark.usefixtures("at_root")
def test_what_changed_since_last_year_is_told():
    told = workshop.handbook(RESELLERS[0], against=RESELLERS_2020[0])
    table = next(block for block in told.blocks if block.key == "changes")
    assert isinstance(table, Table)
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["criteria.profit_margin.weight"] == ("15%", "25%")
    assert rows["tiers.rules.strategic.capacity"] == ("16", "24")
    assert not any(str(path).endswith(("because", "source", "meaning")) for path in rows)


CHANGES = [
    pytest.param("min_coverage: 50%", "min_coverage: 40%", [("scoring.min_coverage", "50%", "40%")], id="a figure"),
    pytest.param("owner: revenue-operations", "owner: sales", [("owner", "revenue-operations", "sales")], id="a header"),
    pytest.param("fiscal_year: FY2027", "fiscal_year: FY27", [], id="the year goes without saying"),
    pytest.param(
        ", capacity: 2", "", [("tiers.rules.strategic.tie_break", "", ""), ("tiers.rules.strategic.capacity", "2", "")], id="a key gone"
    ),
    pytest.param("  - {id: unprofitable", "  - {id: loss", None, id="a rule renamed is one gone and one new"),
    pytest.param("{from: 50000, score: 50}", "{from: 60000, score: 50}", None, id="bands have no ids: the list is told"),
]


@pytest.mark.parametrize(("old", "new", "told"), CHANGES)
def test_each_change_is_told_once(old: str, new: str, told: list[tuple[str, str, str]] | None):
    before = check_text(STARTER, Source("a", "")).document
    text = STARTER.replace(old, new, 1)
    if old == ", capacity: 2":  # which takes its tie-break along
        text = text.replace(", tie_break: [headroom desc]", "")
        told = [("tiers.rules.strategic.capacity", "2", ""), ("tiers.rules.strategic.tie_break", "[headroom desc]", "")]
    found = [(change.path, change.old, change.new) for change in changes(before, check_text(text, Source("b", "")).document)]
    assert changes(before, before) == ()
    if told is not None:
        assert found == told
    elif "unprofitable" in old:
        assert [(path, bool(a), bool(b)) for path, a, b in found] == [
            ("triggers.loss", False, True),
            ("triggers.unprofitable", True, False),
        ]
    else:
        assert [path for path, _, _ in found] == ["criteria.growth_potential.bands"]


def test_another_order_of_rules_is_a_change():
    """In a `first` list the order decides."""
    lines = STARTER.splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith("    - {id: strategic"))
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    before, after = (check_text(text, Source("p", "")).document for text in (STARTER, "".join(lines)))
    assert [(c.path, c.old, c.new) for c in changes(before, after)] == [
        ("tiers.rules (order)", "strategic, key, core", "key, strategic, core")
    ]


# --- The page -----------------------------------------------------------------------------------------------------------


class _Tags(HTMLParser):
    """Holds that every tag is closed in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.usefixtures("at_root")
def test_the_page_is_whole_and_needs_nothing_beside_it():
    report = workshop.handbook(SAAS[0], data=SAAS[1], account="ACC-1031")
    page = format_("html").render(report, width=100, color=False)
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    assert "http" not in page
    assert "<script" not in page
    assert all(block.title in tags.text for block in report.blocks)


def test_what_a_policy_says_cannot_become_markup():
    text = STARTER.replace("because: A partnership takes two", "because: '<script>alert(1)</script> & \"two\" | three'")
    path = Source("p", "")
    report = __import__("kam_rules.reports.handbook", fromlist=["handbook"]).handbook(check_text(text, path))
    page = format_("html").render(report, width=100, color=False)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page


@pytest.mark.usefixtures("at_root")
def test_a_document_overwrites_nothing(kam: Kam, tmp_path: Path):
    out = tmp_path / "handbook.html"
    assert kam("handbook", SAAS[0], "--format", "html", "--out", out).code == 0
    before = out.read_bytes()
    again = kam("handbook", SAAS[0], "--format", "html", "--out", out)
    assert (again.code, "KR501" in again.err) == (2, True)
    assert out.read_bytes() == before
    assert kam("handbook", SAAS[0]).out.startswith("# ")


@pytest.mark.usefixtures("at_root")
def test_an_account_needs_its_data(kam: Kam):
    said = kam("handbook", SAAS[0], "--account", "ACC-1031")
    assert said.code == 2
    assert "stand together" in said.err
