"""A leader's page: what it says, what it draws, how it prints, and a run with nothing to tell."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kam_rules import engine, programme
from kam_rules.formats import format_
from kam_rules.formats._pictures import picture, pictures
from kam_rules.model.errors import UsageError
from kam_rules.model.report import Column, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.judge import judge
from kam_rules.pipeline.leader.confidence import confidence
from kam_rules.pipeline.leader.matrix import migration
from kam_rules.pipeline.leader.total import movers, way
from kam_rules.reports.brief import brief
from kam_rules.reports.statement import holders, statement
from tests.conftest import ROOT, Said
from tests.money.book import ACCOUNTS, FIELDS, policy, run
from tests.money.test_year_commands import ended, said, table

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AMOUNT, SHARE = Column("a", "Amount", Unit.MONEY), Column("s", "Share", Unit.RATIO)


@pytest.fixture(scope="module")
def ex5() -> Run:
    """Return EX-5 at rep level."""
    return run(policy())


@pytest.fixture(scope="module")
def last_year() -> Run:
    """Return the resellers of FY2020."""
    paths = (ROOT / "policies/resellers/fy2020.yaml", ROOT / "examples/adventureworks/data_fy2020.yaml")
    return engine.run(*paths, witness=False)


def lines(report: Report, key: str) -> tuple[str, ...]:
    return next(block.lines for block in report.blocks if isinstance(block, Lines) and block.key == key)


def page(report: Report) -> str:
    return format_("html").render(report, width=0, color=False)


# --- What it says -----------------------------------------------------------------------------------------------------


def test_ex_5_the_sentence_names_bottom_up_top_down_the_rung_and_whom_it_asks(ex5: Run):
    assert lines(brief(ex5), "sentence") == (
        "6 accounts, each at exactly 100% of its own target, bring 5,365,000.00 USD, 107.3% of their base.",
        "Leadership asks for 5,600,000.00 USD: a shortfall of 235,000.00 USD, 4.196429% of top-down.",
        "By the ladder: total rep supplement.",
        "That asks 235,000.00 USD more of Ana and Ben.",
    )


@pytest.mark.parametrize(
    ("top_down", "legs"),
    [
        pytest.param("5600000", [("reps carry", 235000_00)], id="a shortfall that reps carry"),
        pytest.param("5380000", [("nobody carries", 15000_00)], id="within tolerance nobody carries it"),
        pytest.param("5250000", [("cushion", -115000_00)], id="a surplus is a step down"),
        pytest.param("5365000", [], id="no gap, no step"),
        pytest.param("6000000", [("nobody carries", 635000_00)], id="escalated: all of it is open"),
    ],
)
def test_ex_5_the_way_from_the_base_to_top_down_adds_up(top_down: str, legs: list[tuple[str, int]]):
    found = way(run(policy(f"{{per: total, amount: {top_down}}}")))
    told = [(leg.label, leg.amount) for leg in found]
    assert told[:5] == [
        ("base", 5_000_000_00),
        ("high_potential", 375_000_00),
        ("mature", 230_000_00),
        ("at_risk", -240_000_00),
        ("committed", 5_365_000_00),
    ]
    assert told[5:-1] == legs
    assert told[-1] == ("top-down", int(top_down) * 100)


def test_an_escalation_is_the_first_thing_to_be_decided():
    first = lines(brief(run(policy("{per: total, amount: 6000000}"))), "decide")[0]
    assert first.startswith("total: no quota stands (escalated)")


def test_the_accounts_that_move_the_total_most_come_with_their_rule_s_reason(ex5: Run):
    assert [(one.row["account_id"], one.moves, one.because) for one in movers(ex5, 3)] == [
        ("A1", 300_000_00, "Under-penetrated"),
        ("B1", 150_000_00, "Solid"),
        ("B2", -140_000_00, "Serious work to retain"),
    ]


def test_ex_4_the_most_and_the_least_favoured_book(ex5: Run):
    rows = table(brief(ex5), "favoured").rows
    assert [(row[0], row[1], row[5]) for row in rows] == [("most favoured", "ana", 20000), ("least favoured", "ben", 215000)]


def test_how_sure_it_is_counts_each_weakness_and_every_account_once_in_the_end(saas: Run):
    found = {one.on: one for one in confidence(saas, ["ACC-1063"])}
    assert found["a target agreed for the account alone"].accounts == 1
    any_, none = found["any of these"], found["none of these"]
    assert saas.reconciled is not None
    assert any_.target + none.target == saas.reconciled.total.bottom_up
    assert found["an answer that is missing and could change the outcome"].accounts == 1


@pytest.mark.parametrize(
    ("reassess", "day", "stale"),
    [
        pytest.param("", "2025-02-01", 0, id="365 days old, and the policy has no rhythm"),
        pytest.param("", "2025-01-31", 1, id="a day older"),
        pytest.param("{every: 6 months, overdue_after: 30 days}", "2025-07-02", 0, id="the last day of grace"),
        pytest.param("{every: 6 months, overdue_after: 30 days}", "2025-07-01", 1, id="a day past it"),
        pytest.param("{every: 6 months, overdue_after: 30 days}", None, 1, id="without a date"),
    ],
)
def test_an_estimate_is_out_of_date_by_the_rhythm_of_the_policy(reassess: str, day: str | None, stale: int):
    """As of 2026-02-01; what was estimated on 2025-07-02 is due on 2026-01-02, and 30 days later is the day itself."""
    fields = FIELDS.replace("headroom: {type: money}", "headroom: {type: money, dated_by: since}")
    assert fields != FIELDS
    rows = [{**row, "since": day if row["account_id"] == "A1" else "2026-02-01"} for row in ACCOUNTS]
    found = confidence(run(policy(fields=fields, reassess=reassess), rows), [])
    (line,) = [one for one in found if one.on.startswith("an estimate older than")]
    assert line.accounts == stale
    assert ("6 months and 30 days" if reassess else "365 days") in line.on


def test_tiers_then_and_now_count_every_account_once(resellers: Run, last_year: Run):
    tiers, counts = migration(resellers, last_year)
    assert sum(counts.values()) == 701
    assert tiers[:3] == ("strategic", "key", "core")
    assert sum(n for (_, now), n in counts.items() if now == "strategic") == 24
    assert sum(n for (then, _), n in counts.items() if then == "strategic") == 16


def test_an_account_of_one_run_alone_is_not_there_in_the_other(ex5: Run):
    _, counts = migration(ex5, run(policy(), ACCOUNTS[:5]))
    assert sum(n for (then, _), n in counts.items() if then == "not there") == 1


def test_ex_11_the_ranks_of_the_year_are_drawn(ex5: Run, tmp_path: Path):
    found = table(brief(ex5, judged=judge(ex5, ended(tmp_path))), "ranks")
    assert (found.drawn, found.rows) == ("slope", (("ben", 2, 2, 1), ("ana", 1, 1, 2)))


def test_a_run_without_reconciliation_has_a_page_too(ex5: Run):
    report = brief(replace(ex5, reconciled=None))
    assert "Nothing from above stands against it" in lines(report, "sentence")[1]
    assert [row[0] for row in table(report, "quota").rows] == ["ana", "ben"]
    assert [leg.label for leg in way(replace(ex5, reconciled=None))][-1] == "committed"


def test_a_page_for_a_run_with_nothing_decided_is_refused():
    nothing = run(policy(), [{"account_id": "A1", "owner": "ana", "base_revenue": 1000, "grade": None}])
    with pytest.raises(UsageError) as error:
        programme.brief(nothing)
    assert said(error.value) == ["KR940 small FY2027 (draft): no account is decided in this run, so there is nothing to tell"]
    assert programme.brief(run(policy(), ACCOUNTS[:1])).title.startswith("small FY2027 (draft): the accounts bring")


# --- Statements -------------------------------------------------------------------------------------------------------


def test_ex_5_a_statement_adds_up_to_the_rep_s_quota(ex5: Run):
    assert holders(ex5) == ("ana", "ben")
    found = statement(ex5, "ana")
    rows = table(found, "accounts").rows
    assert sum(Fraction(str(row[6])) for row in rows) == 2_780_000
    told = dict(found.blocks[0].pairs)  # type: ignore[union-attr]
    assert (told["supplement"], told["total quota"]) == ("121,771.00", "2,901,771.00")
    assert told["one figure for all"] == "would ask 20,000.00 more than the accounts support"


def test_statements_are_one_page_a_holder_in_a_folder_of_their_own(ex5: Run, tmp_path: Path):
    strange = [{**row, "owner": "../ben" if row["owner"] == "ben" else "ana"} for row in ACCOUNTS]
    reps = [{"rep_id": "ana", "name": "A", "manager": None, "team": "x"}, {"rep_id": "../ben", "name": "B", "manager": None, "team": "x"}]
    found = run(policy(), strange, reps)
    assert programme.write_statements(found, tmp_path / "out") == 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["..%2Fben.html", "ana.html"]
    with pytest.raises(UsageError) as error:
        programme.write_statements(ex5, tmp_path / "out")
    assert said(error.value)[0].startswith("KR501")


# --- Pictures ---------------------------------------------------------------------------------------------------------

DRAWN = {
    "waterfall": Table("t", "T", (Column("l", "L"), AMOUNT, Column("k", "K")), (("a", 10, "level"), ("b", -3, "step"), ("c", 7, "level"))),
    "ruler": Table(
        "t",
        "T",
        (Column("of", "Of"), Column("s", "S"), SHARE, SHARE, SHARE, Column("h", "H")),
        (("x", "low", None, Fraction(0), Fraction(1, 50), False), ("x", "high", Fraction(0), None, Fraction(1, 50), True)),
    ),
    "pairs": Table("t", "T", (Column("l", "L"), SHARE, SHARE), (("a", Fraction(1), Fraction(2)), ("b", None, Fraction(1)))),
    "grid": Table("t", "T", (Column("f", "F"), Column("a", "a", Unit.COUNT), Column("b", "b", Unit.COUNT)), (("a", 3, 0), ("b", 0, 0))),
    "points": Table(
        "t", "T", (Column("l", "L"), SHARE, AMOUNT, Column("g", "G"), AMOUNT), (("a", Fraction(1, 2), 5, "g", 9), ("b", None, 5, "h", 0))
    ),
    "curve": Table("t", "T", (Column("l", "L"), SHARE, SHARE), (("0", Fraction(0), Fraction(0)), ("1", Fraction(1), Fraction(1)))),
    "slope": Table("t", "T", (Column("l", "L"), Column("x", "x", Unit.COUNT), Column("y", "y", Unit.COUNT)), (("a", 1, 2), ("b", 2, 1))),
}


def test_every_picture_has_its_case_here():
    assert tuple(sorted(DRAWN)) == pictures()


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_a_picture_is_the_same_text_each_time_and_bears_no_day(name: str):
    drawn = replace(DRAWN[name], drawn=name)
    first = picture(drawn, 2)
    assert first == picture(drawn, 2)
    assert first.startswith("<svg")
    assert not re.search(r"<dc:date>|20\d\d-\d\d-\d\dT", first)
    assert 'aria-label="T"' in first


def test_two_pictures_of_one_page_share_no_id():
    texts = [picture(replace(DRAWN["grid"], key=key, drawn="grid"), 2) for key in ("one", "two")]
    ids = [set(re.findall(r'\bid="([^"]+)"', text)) for text in texts]
    assert ids[0]
    assert not ids[0] & ids[1]


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's own
        self.tags.append(tag)


def test_names_that_are_hostile_to_a_page_or_a_picture_are_shown_as_they_are():
    accounts = [{**row, "account_id": f"<script>{row['account_id']}</script> $x_{{1$ \u202e日本"} for row in ACCOUNTS]
    text = page(brief(run(policy(), accounts)))
    assert "script" not in _Tags(text).tags
    assert "&lt;script&gt;A1" in text


def test_pictures_cost_nothing_until_one_is_drawn():
    code = "import sys, kam_rules.cli.brief, kam_rules.programme, kam_rules.formats.html; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_page_needs_nothing_beside_it(ex5: Run):
    text = page(brief(ex5))
    assert not re.search(r'(?:src|href)="(?!#)', text.replace("http://www.w3.org", ""))
    assert "<link" not in text
    assert text == page(brief(ex5))


# --- In a real browser and in print -----------------------------------------------------------------------------------


@pytest.mark.skipif(BROWSER is None or shutil.which("pdftotext") is None, reason="no browser or no pdftotext: the page was not rendered")
@pytest.mark.parametrize("which", ["saas", "resellers"])
def test_the_page_of_each_example_is_drawn_by_a_browser_and_printed(which: str, request: pytest.FixtureRequest, tmp_path: Path):
    found: Run = request.getfixturevalue(which)
    against = request.getfixturevalue("last_year") if which == "resellers" else None
    (tmp_path / "brief.html").write_text(page(brief(found, against)), encoding="utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={tmp_path / 'profile'}")
    pdf = tmp_path / "brief.pdf"
    subprocess.run(
        [str(BROWSER), *flags, f"--print-to-pdf={pdf}", (tmp_path / "brief.html").as_uri()], check=True, capture_output=True, timeout=120
    )
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    words = " ".join(text.split())
    for told in ("To be decided", "From the base to what leadership asks for", "committed", "Gap, share of top-down", "Share of accounts"):
        assert told in words
    assert "The figures" not in words
    assert 3 <= text.count("\f") <= 6


@pytest.mark.usefixtures("at_root")
def test_by_command_the_page_and_the_statements(kam: Callable[..., Said], tmp_path: Path):
    kam("run", "policies/key-accounts/fy2027.yaml", "examples/saas/data.yaml", "--out", tmp_path / "run", "--no-witness")
    answer = kam("brief", tmp_path / "run", "--out", tmp_path / "brief.html", "--statements", tmp_path / "statements")
    assert (answer.code, answer.err) == (0, f"wrote 11 statements to {tmp_path / 'statements'}\n")
    assert (tmp_path / "brief.html").read_text(encoding="utf-8").count("<svg") == 6
    again = kam("brief", tmp_path / "run", "--out", tmp_path / "brief.html")
    assert again.code == 2
    assert "KR501" in again.err
    assert "a surplus of 860,823.00 USD" in kam("brief", tmp_path / "run", "--format", "text").out
