"""Views of a trail (a sentence, a page, the record), what a rep may see of a run, and the write-back to a customer system."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl
import pytest

from kam_rules import engine, inquiry
from kam_rules.formats import format_, formats
from kam_rules.model.errors import UsageError
from kam_rules.model.report import Report
from kam_rules.model.run import Run
from kam_rules.pipeline.own import cut, owned
from kam_rules.pipeline.quotas import REP
from kam_rules.reports.crm import crm
from kam_rules.reports.fairness import fairness
from kam_rules.reports.views import VIEWS, view
from kam_rules.reports.why_not import why_not
from tests.conftest import ROOT, Said
from tests.money.book import ACCOUNTS, policy, run

Kam = Callable[..., Said]


@pytest.fixture(scope="module")
def folder(saas: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the SaaS run."""
    return engine.write(saas, tmp_path_factory.mktemp("views") / "run")


def everywhere(report: Report) -> str:
    """Return a report in every format there is, one after the other."""
    return "\n".join(format_(name).render(report, width=200, color=False) for name in formats())


# --- Three readers ----------------------------------------------------------------------------------------------------


def test_a_leader_reads_one_sentence(folder: Path, kam: Kam):
    found = json.loads(kam("explain", folder, "ACC-1001", "--view", "sentence", "--format", "json").out)
    (said,) = found["sentence"]
    assert said.startswith("ACC-1001 (Tarn & Vale Investment Managers) is key and high_potential; it is asked for 787,500.00 USD, 125% of")
    assert said.endswith("630,000.00, because: Under-penetrated, with growth that we can win in the near term.")


def test_a_sentence_says_what_is_undecided_and_what_is_missing(saas: Run):
    (block,) = view(engine.explain(saas, "ACC-1005"), "sentence").blocks
    told = block.lines[0]  # type: ignore[union-attr]
    assert "in an undecided state" in told
    assert "it is asked for nothing" in told
    assert "Missing: " in told


@pytest.mark.parametrize(
    ("what", "told"),
    [
        pytest.param(
            "rep:R-01",
            "Amelia Straker carries 2,013,584.00 USD as rep in FY2027: 1,926,875.00 committed on a base of 1,541,500.00 (125%), "
            "86,709.00 supplement.",
            id="a rep",
        ),
        pytest.param("team:Industry", "a gap of ", id="a team"),
    ],
)
def test_a_quota_has_its_sentence(saas: Run, what: str, told: str):
    (block,) = view(engine.explain(saas, what), "sentence").blocks
    assert told in block.lines[0]  # type: ignore[union-attr]


def test_the_record_is_what_explain_tells_where_no_view_is_named(folder: Path, kam: Kam):
    assert kam("explain", folder, "ACC-1001").out == kam("explain", folder, "ACC-1001", "--view", "record").out


def test_every_line_of_the_page_stands_in_the_record(saas: Run):
    """A page is cut out of the record; only what the policy is stands shorter."""
    for id_ in ("ACC-1001", "ACC-1005", "ACC-1076"):
        trail = engine.explain(saas, id_)
        page, record = (format_("text").render(view(trail, name), width=120, color=False) for name in ("page", "record"))
        decided = page.split("By which policy")[0]
        assert set(decided.splitlines()) <= set(record.splitlines())
        assert len(page) < len(record)


def test_a_view_evaluates_nothing(saas: Run, monkeypatch: pytest.MonkeyPatch):
    trail = engine.explain(saas, "ACC-1001")
    monkeypatch.setattr("kam_rules.backends.reference.evaluate", None)
    assert all(view(trail, name).blocks for name in VIEWS)


# --- What a rep may see -----------------------------------------------------------------------------------------------


def figures(found: Run, values: Iterable[int | None]) -> set[str]:
    """Return amounts as any format writes them; whole thousands, and what is below one, meet by chance."""
    minor = found.ready.program.minor
    thousand = 1000 * 10**minor
    whole = [value for value in values if value is not None and value % thousand and abs(value) > thousand]
    return {text for v in whole for text in (f"{v / 10**minor:,.2f}", f"{v / 10**minor:.2f}", str(v // 10**minor))}


def peers_of(found: Run, rep: str) -> set[str]:
    """Return every id, name and exact amount of the other reps in any format; not what the rep has, too, or the policy says."""
    assert found.reconciled is not None
    minor = found.ready.program.minor

    def amounts(*values: int | None) -> set[str]:
        return figures(found, values)

    public = re.findall(r"\d{4,}", (ROOT / found.policy.sources[0].path).read_text(encoding="utf-8"))
    theirs, mine = set[str](), amounts(*(int(number) * 10**minor for number in public))
    for line in found.reconciled.quotas:
        told = amounts(line.base, line.committed, line.aspirational, line.supplement, line.total)
        if line.role == REP and line.holder.id == rep:
            mine |= told
        elif line.role == REP:
            theirs |= {line.holder.id, line.holder.name} | told
    names = {row["account_id"]: row["account_name"] for row in found.table.frame().iter_rows(named=True)}
    for row in found.reconciled.credits.iter_rows(named=True):
        told = {row["account_id"], names[row["account_id"]] or row["account_id"]}
        told |= amounts(row["base"], row["target_amount"], row["prospect_amount"])
        if row["holder"] == rep:
            mine |= told
        else:
            theirs |= told
    for table in (found.table.frame(), found.book.table.frame()):
        for row in table.filter(pl.col("account_id").is_in(owned(found, rep))).iter_rows(named=True):
            mine |= amounts(*(value for value in row.values() if isinstance(value, int)))
    return theirs - mine - {""}


def chain(found: Run, rep: str) -> set[str]:
    """Return a rep and everybody above."""
    assert found.reconciled is not None
    holders = {one.id: one for one in found.reconciled.holders}
    up = {rep}
    while rep in holders and holders[rep].manager:
        rep = holders[rep].manager
        up.add(rep)
    return up


def test_no_peer_stands_in_anything_that_a_rep_reads_in_any_format(saas: Run):
    """Property: over every rep and every own account, no id, name or exact figure of anybody else."""
    assert saas.reconciled is not None
    for rep in sorted({line.holder.id for line in saas.reconciled.quotas if line.role == REP}):
        hidden = peers_of(saas, rep) - chain(saas, rep)
        assert len(hidden) > 100
        reports = [fairness(saas, rep)]
        for what in (f"rep:{rep}", *owned(saas, rep)[:4]):
            trail = cut(saas, engine.explain(saas, what), rep)
            reports += [view(trail, name) for name in VIEWS]
            reports += [why_not(trail, "key")] if "account" in trail else []
        told = "\n".join(map(everywhere, reports))
        assert not {text for text in hidden if stands_in(text, told)}


def stands_in(text: str, told: str) -> bool:
    """Tell whether a text stands there by itself, not as a part of a longer word or figure."""
    start = told.find(text)
    while start >= 0:
        before, after = told[start - 1 : start], told[start + len(text) :][:2]
        longer = after[:1].isalnum() or (after[:1] in {",", "."} and after[1:].isdigit())
        if not before.isalnum() and before not in {",", ".", "-"} and not longer:
            return True
        start = told.find(text, start + 1)
    return False


def test_the_probe_finds_peers_where_nothing_is_hidden(saas: Run):
    """The property is no empty one: the whole record of a quota names peers."""
    told = everywhere(view(engine.explain(saas, "rep:R-01"), "record"))
    assert any(stands_in(text, told) for text in peers_of(saas, "R-01") - chain(saas, "R-01"))


def test_the_last_score_that_got_a_seat_is_told_as_a_band(saas: Run):
    lost = saas.table.frame().filter(saas.table.frame()["lost_tier"].is_not_null())
    row = lost.row(0, named=True)
    trail = cut(saas, engine.explain(saas, row["account_id"]), row["owner"])
    low, high = trail["seat"]["lowest_seated_score"].split(" to ")
    assert int(high) - int(low) == 10


def test_who_asked_for_an_override_and_who_approved_it_is_not_told_to_a_rep(saas: Run):
    figures = {"tier": "key", "state": "mature", "target_nrr": "110%", "target_amount": "693,000.00"}
    line = {
        "kind": "override",
        "of": "ab" * 32,
        "account": "ACC-1001",
        "field": "state",
        "to": "mature",
        "verdict": None,
        "reason": "merger",
        "because": "They merged",
        "author": "R-02",
        "expires": None,
        "where": "overrides.yaml:3:5",
        "approved": [{"by": "R-03", "on": "2026-02-01", "entry": 4}],
        "before": figures | {"state": "high_potential"},
        "after": figures,
    }
    trail = engine.explain(saas, "ACC-1001") | {"overrides": [line]}
    told = everywhere(view(cut(saas, trail, "R-01"), "record"))
    assert "asked for by withheld, approved by withheld" in told
    assert "R-02" not in told
    assert "R-03" not in told
    (block,) = view(trail, "sentence").blocks
    assert "is key and mature, as people set it; it is asked for 693,000.00 USD, 110% of 630,000.00." in block.lines[0]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("what", "rep", "code"),
    [
        pytest.param("ACC-1002", "R-01", "KR592", id="another's account"),
        pytest.param("ACC-9999", "R-01", "KR592", id="an account that nobody has, in the same words"),
        pytest.param("rep:R-02", "R-01", "KR592", id="another's quota"),
        pytest.param("team:Industry", "R-01", "KR592", id="a team's quota"),
        pytest.param("ACC-1001", "R-99", "KR591", id="no such rep"),
    ],
)
def test_what_is_not_the_reps_own_is_refused(folder: Path, what: str, rep: str, code: str):
    with pytest.raises(UsageError) as error:
        inquiry.explain_for(folder, what, rep)
    (finding,) = error.value.findings
    assert finding.code == code
    assert "ACC-1002" not in str(finding.fix)


def test_the_nearest_neighbours_of_those_pass(folder: Path):
    assert inquiry.explain_for(folder, "ACC-1001", "R-01")["account"]["owner"] == "R-01"
    assert inquiry.explain_for(folder, "rep:R-01", "R-01")["team"] is None


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(("ACC-1001", "--for", "R-01"), id="no kind before the colon"),
        pytest.param(("ACC-1001", "--for", "team:Industry"), id="a team is no reader"),
        pytest.param(("ACC-1001", "--for", "rep:R-01", "--flip"), id="flip weighs the seats of others"),
        pytest.param(("ACC-1001", "--view", "page", "--why-not", "key"), id="why-not has no views"),
    ],
)
def test_a_reader_that_cannot_be_is_a_usage_error(folder: Path, kam: Kam, args: tuple[str, ...]):
    assert kam("explain", folder, *args).code == 2


# --- Write-back -------------------------------------------------------------------------------------------------------


def back(found: Run) -> list[dict[str, str]]:
    """Return the lines of a write-back."""
    return list(csv.DictReader(io.StringIO(format_("csv").render(crm(found), width=80, color=False))))


def test_the_write_back_has_one_line_an_account(saas: Run, folder: Path, kam: Kam):
    rows = list(csv.DictReader(io.StringIO(kam("report", "crm", folder).out)))
    assert rows == back(saas)
    assert [row["account_id"] for row in rows] == sorted(saas.table.frame()["account_id"])
    assert rows[0] | {"policy_version": ""} == {
        "account_id": "ACC-1001",
        "owner": "R-01",
        "tier": "key",
        "state": "high_potential",
        "target": "787500",
        "currency": "USD",
        "policy_version": "",
        "decided_on": "2026-02-01",
        "policy_status": "draft",
    }
    assert rows[0]["policy_version"] == f"key-accounts FY2027 {saas.policy.sources[0].sha256[:12]}"


def test_the_write_back_is_the_same_whatever_the_order_of_the_source():
    assert back(run(policy())) == back(run(policy(), tuple(reversed(ACCOUNTS))))


def test_no_cell_of_the_write_back_runs_as_a_formula():
    risky = [{**row, "account_id": f"{sign}{row['account_id']}"} for sign, row in zip("=+-@", ACCOUNTS, strict=False)]
    cells = [cell for row in back(run(policy(), risky)) for cell in row.values()]
    assert {"'=A1", "'+A2", "'-A3", "'@B1"} <= set(cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
