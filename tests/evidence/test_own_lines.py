"""What a rep reads with `--for`: the own lines, and of all others neither id nor name nor amount, in any format."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from kam_rules import engine, programme, years
from kam_rules.formats import format_
from kam_rules.model.report import Report
from kam_rules.model.run import Run
from kam_rules.pipeline.own import owned
from kam_rules.pipeline.quotas import REP
from kam_rules.reports.mid_year import mid_year
from kam_rules.reports.own_pay import own_pay
from kam_rules.reports.pay import pay
from kam_rules.reports.periods import periods
from kam_rules.reports.statement import statement
from kam_rules.reports.year_end import year_end
from tests.conftest import ROOT
from tests.evidence.test_views import Kam, chain, everywhere, figures, peers_of, stands_in

SAAS, AW = ROOT / "examples/saas", ROOT / "examples/adventureworks"


@pytest.fixture(scope="module")
def folder(saas: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the SaaS run."""
    return engine.write(saas, tmp_path_factory.mktemp("own") / "run")


def reps_of(found: Run) -> list[str]:
    """Return every rep with a line of quota."""
    assert found.reconciled is not None
    return sorted({line.holder.id for line in found.reconciled.quotas if line.role == REP})


def stands(hidden: set[str], reports: Iterable[Report]) -> set[str]:
    """Return what of the hidden stands in any format of some reports."""
    told = "\n".join(map(everywhere, reports))
    return {text for text in hidden if stands_in(text, told)}


def test_statement_periods_and_payout_of_a_rep_hold_no_peer(saas: Run):
    """Property over every rep: no id, name, quota, payout or account of anybody else."""
    paid = programme.pay(saas, SAAS / "pay_fy2027.yaml")
    split = years.periods(saas)
    for rep in reps_of(saas):
        own = next((one for one in paid.payouts if one.assigned.person == rep), None)
        mine = figures(saas, (own.amount, own.incentive) if own else ())
        others = figures(saas, (sum_ for one in paid.payouts if one.assigned.person != rep for sum_ in (one.amount, one.incentive)))
        hidden = (peers_of(saas, rep) | (others - mine)) - chain(saas, rep)
        reports = [statement(saas, rep), periods(saas, split, rep), *([own_pay(saas, paid, rep)] if own else [])]
        assert not stands(hidden, reports), rep


@pytest.fixture(scope="module")
def resellers() -> Run:
    """Return the run of the year that is over."""
    return engine.run(ROOT / "policies/resellers/fy2020.yaml", AW / "data_fy2020.yaml", witness=False)


def test_the_year_of_a_rep_holds_no_peer(resellers: Run):
    """Property over every rep of the resellers: no id, name, quota, account or result of anybody else."""
    judged = years.year_end(resellers, AW / "actuals_fy2020.yaml")
    rows = resellers.table.frame().select("account_id", "account_name").rows()
    for rep in reps_of(resellers):
        mine = set(owned(resellers, rep))
        ends = {row["account_id"]: row["end"] for row in judged.accounts.iter_rows(named=True)}
        own = figures(resellers, [end for id_, end in ends.items() if id_ in mine] + [one.ended for one in judged.years if one.id == rep])
        others = [one.ended for one in judged.years if one.id != rep]
        theirs = figures(resellers, [end for id_, end in ends.items() if id_ not in mine] + others)
        hidden = (peers_of(resellers, rep) | (theirs - own)) - own - chain(resellers, rep)
        names = " ".join(name or "" for id_, name in rows if id_ in mine)
        hidden = {text for text in hidden if text not in names}
        assert len(hidden) > 1000
        reports = [year_end(resellers, judged, accounts=every, rep=rep) for every in (False, True)]
        assert not stands(hidden, [*reports, statement(resellers, rep)]), rep
        assert stands(hidden, [year_end(resellers, judged)])


def test_what_changes_hands_is_told_to_a_rep_without_the_other_side(saas: Run):
    changed = years.mid_year(saas, SAAS / "changes.yaml")
    for rep in reps_of(saas):
        taken = {one.account_id for one in changed.passed if any(held.holder == rep for held in one.held)}
        quotas = figures(saas, [one.quota for one in changed.passed if one.account_id in taken])
        hidden = peers_of(saas, rep) - chain(saas, rep) - taken - quotas
        assert not stands(hidden, [mid_year(saas, changed, every=True, rep=rep)]), rep
    assert stands(peers_of(saas, "R-01"), [mid_year(saas, changed, every=True)])


def test_the_club_and_the_rank_are_told_to_a_rep_for_the_own_line(resellers: Run):
    judged = years.year_end(resellers, AW / "actuals_fy2020.yaml")
    assert judged.club is not None
    for rep in reps_of(resellers):
        told = format_("text").render(year_end(resellers, judged, rep=rep), width=200, color=False)
        assert f"{rep} is {'in it' if rep in judged.club else 'not in it'}" in told
        assert "nobody" not in told or rep not in {year.id for year in judged.years}


def test_what_a_team_brought_is_withheld_where_a_peer_could_be_told_from_it(saas: Run):
    paid = programme.pay(saas, SAAS / "pay_fy2027.yaml")
    by_team = [one for one in paid.payouts if any(part.part.of == "team" for part in one.parts)]
    assert by_team
    for one in by_team:
        whole, cut_ = pay(saas, paid, one.assigned.person), own_pay(saas, paid, one.assigned.person)
        assert "withheld" in everywhere(cut_)
        assert "withheld" not in everywhere(whole)


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(("periods", "RUN"), id="periods"),
        pytest.param(("pay", "RUN", SAAS / "pay_fy2027.yaml"), id="pay"),
        pytest.param(("mid-year", "RUN", SAAS / "changes.yaml"), id="mid-year"),
        pytest.param(("brief", "RUN"), id="the statement"),
    ],
)
def test_commands_write_for_a_rep_and_refuse_a_stranger(folder: Path, kam: Kam, args: tuple[object, ...]):
    named = [folder if arg == "RUN" else arg for arg in args]
    told = kam(*named, "--for", "rep:R-01", "--format", "text")
    assert (told.code, "R-01" in told.out, "R-02" in told.out) == (0, True, False), told.err
    stranger = kam(*named, "--for", "rep:R-99")
    assert (stranger.code, stranger.err.partition(" ")[0], "R-02" in stranger.err) == (2, "KR591", False)


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(("pay", "RUN", SAAS / "pay_fy2027.yaml", "--person", "R-02"), id="another's payout"),
        pytest.param(("brief", "RUN", "--statements", "out"), id="the statements of all"),
        pytest.param(("report", "define", "RUN"), id="who the key accounts are"),
        pytest.param(("report", "crm", "RUN"), id="the write-back"),
        pytest.param(("reconcile", "RUN"), id="the gap of a team"),
        pytest.param(("report", "benefits", "RUN"), id="who benefits"),
    ],
)
def test_what_is_no_rep_s_to_read_refuses_the_option(folder: Path, kam: Kam, args: tuple[object, ...]):
    told = kam(*[folder if arg == "RUN" else arg for arg in args], "--for", "rep:R-01")
    assert (told.code, told.out) == (2, "")
