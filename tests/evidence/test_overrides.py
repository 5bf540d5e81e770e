"""Overrides (R-OVERRIDE, requirement 1.12): people replace what was computed by name, with a reason, approved, until a day."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from kam_rules import engine, proof
from kam_rules.evidence import ledger
from kam_rules.model.errors import IntegrityError, PolicyError, UsageError
from kam_rules.model.run import Run
from kam_rules.pipeline.credit import book_lines
from kam_rules.pipeline.remember import rows_of
from kam_rules.pipeline.tabulate import decisions
from tests.conftest import ROOT, SAAS, Said
from tests.evidence.signing import BEFORE, Project, project

Kam = Callable[..., Said]
HEAD = "policy: key-accounts\nfiscal_year: FY2027\nrule_after: 3\n"
MAY = "override: unlimited, review: unlimited"


def line(account: str = "A-03", field: str = "target", to: str = "75%", **other: str) -> str:
    who = {"author": "ana", "approver": "sales-director"}
    told = {"reason": "dispute", "because": "An open dispute", **who, "expires": "2026-12-31"} | other
    return f"  - {{account: {account}, field: {field}, to: {to}, {', '.join(f'{key}: {value}' for key, value in told.items())}}}\n"


def judged(account: str, verdict: str, to: str = "", **other: str) -> str:
    told = {"because": "Seen by the council", "author": "ana", "approver": "sales-director"} | other
    rest = ", ".join(f"{key}: {value}" for key, value in told.items())
    return f"  - {{account: {account}, verdict: {verdict}, {f'to: {to}, ' if to else ''}{rest}}}\n"


@pytest.fixture
def here(tmp_path: Path) -> Project:
    found = project(tmp_path / "work")
    found.put("sales-director", "sales", MAY)
    found.put("cfo", "finance", MAY)
    return found


def given(here: Project, *lines: str, review: tuple[str, ...] = (), by: tuple[str, ...] = ("sales-director",), head: str = HEAD) -> Run:
    """Write overrides, have them signed, and decide by them."""
    text = head + ("overrides:\n" + "".join(lines) if lines else "") + ("review:\n" + "".join(review) if review else "")
    (here.folder / "overrides.yaml").write_text(text, encoding="utf-8")
    for name in by:
        here.sign("overrides.yaml", name)
    return proof.override(here.run(), here.folder / "overrides.yaml", here.ledger)


def idle(run: Run) -> list[str]:
    assert run.overridden is not None
    return [one.code for one in run.overridden.idle]


def row(run: Run, account: str) -> dict[str, object]:
    return pl.concat(decisions(run, part) for part in run.table).filter(pl.col("account_id") == account).row(0, named=True)


def amount(run: Run, account: str) -> object:
    return book_lines(run).filter(pl.col("account_id") == account)["target_amount"].item()


# --- What an approved override makes ----------------------------------------------------------------------------------


def test_an_approved_target_stands_beside_the_computed_one_and_is_what_adds_up(here: Project):
    run = given(here, line())
    found = row(run, "A-03")
    assert (str(found["target_nrr"]), str(found["committed_target"])) == ("0.800000", "120000.00")
    assert (str(found["final_target_nrr"]), str(found["final_committed_target"])) == ("0.750000", "112500.00")
    assert found["overridden"] == "target"
    assert amount(run, "A-03") == 11_250_000
    other = row(run, "A-01")
    assert (other["final_committed_target"], other["overridden"]) == (other["committed_target"], None)


def test_an_overridden_state_takes_its_target_from_the_policy_s_own_rules(here: Project):
    run = given(here, line("A-03", "state", "mature"))
    found = row(run, "A-03")
    assert (found["state"], found["final_state"], str(found["final_committed_target"])) == ("at_risk", "mature", "165000.00")


def test_an_overridden_state_decides_what_the_policy_left_open(here: Project):
    run = given(here, line("A-06", "state", "mature"))
    assert (row(run, "A-06")["state"], row(run, "A-06")["final_state"], amount(run, "A-06")) == (None, "mature", 8_250_000)


def test_an_overridden_tier_takes_nobody_s_seat_and_says_where_it_is_full(here: Project, kam: Kam):
    given(here, line("A-02", "tier", "strategic"))
    out = here.folder / "run"
    said = kam("run", here.policy, here.data, "--ledger", here.ledger, "--overrides", here.folder / "overrides.yaml", "--out", out)
    assert "KR671 with the overrides 3 accounts are strategic, its capacity is 2" in said.out
    with (out / "decisions.csv").open() as file:
        tiers = {told["account_id"]: (told["tier"], told["final_tier"]) for told in csv.DictReader(file)}
    assert (tiers["A-02"], tiers["A-01"]) == (("core", "strategic"), ("strategic", "strategic"))


def test_several_fields_of_one_account_are_taken_together(here: Project):
    run = given(here, line("A-03", "state", "mature"), line("A-03", "target", "105%"))
    found = row(run, "A-03")
    assert (found["final_state"], str(found["final_committed_target"]), found["overridden"]) == ("mature", "157500.00", "state target")


def test_quotas_are_made_of_what_people_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The overridden target rolls up to the rep, the manager and the gap; every sum is exact."""
    here, overrides = _saas(tmp_path, monkeypatch, "sales-director")
    plain = engine.run(*SAAS, witness=False)
    run = proof.override(plain, overrides, here.ledger, here.roster)
    assert plain.reconciled is not None
    assert run.reconciled is not None
    change = run.overridden.effects["ACC-1002"] if run.overridden else None
    assert change is not None
    less = int(change.before["target_amount"] or 0) - int(change.after["target_amount"] or 0)
    assert less > 0
    assert run.reconciled.total.bottom_up == plain.reconciled.total.bottom_up - less
    assert run.reconciled.total.gap == plain.reconciled.total.gap + less
    trail = engine.explain(run, f"rep:{row(plain, 'ACC-1002')['owner']}")
    told = {account["account_id"]: (account["target_rule"], account["committed"]) for account in trail["accounts"]}
    assert told["ACC-1002"] == ("override", "636300.00")
    assert all(rule != "override" for account, (rule, _) in told.items() if account != "ACC-1002")


def _saas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str, reps: str = "") -> tuple[Project, Path]:
    monkeypatch.chdir(ROOT)
    here = Project(tmp_path)
    proof.new_ledger(here.ledger, BEFORE)
    here.put(by, "sales", MAY, ("2025-01-01", "2027-12-31"), reps)
    overrides = tmp_path / "overrides.yaml"
    overrides.write_text(HEAD + "overrides:\n" + line("ACC-1002", "target", "101%", approver=by, expires="2026-12-31"), encoding="utf-8")
    here.sign("overrides.yaml", by)
    return here, overrides


def test_the_engines_answers_stay_as_they_are_and_are_decided_again(here: Project):
    """Evidence stays re-decidable: without the columns of what people set, every row is the one of a run without overrides."""
    run = given(here, line(), line("A-05", "state", "high_potential"), line("A-02", "tier", "key"))
    plain = here.run()
    told = pl.concat(decisions(run, part) for part in run.table)
    assert told.drop([name for name in told.columns if name.startswith("final_")], "overridden").equals(
        pl.concat(decisions(plain, part) for part in plain.table)
    )
    engine.write(run, here.folder / "run")
    for account in ("A-02", "A-03", "A-05"):
        assert engine.explain(here.folder / "run", account)["policy"]["confirmed_by"] == ["reference", "durable"]


# --- Who may not approve ----------------------------------------------------------------------------------------------


def test_nobody_approves_what_touches_an_account_of_their_own(here: Project):
    here.lines.clear()
    here.put("sales-director", "sales", MAY, reps="ana")
    run = given(here, line("A-03", "target", "85%"))
    assert idle(run) == ["KR890"]
    assert run.overridden is not None
    assert run.overridden.idle[0].why == "'sales-director' owns A-03"
    assert amount(run, "A-03") == 12_000_000


def test_a_manager_may_raise_what_he_carries_and_not_lower_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    plain = engine.run(*_stand(monkeypatch), witness=False)
    owner = row(plain, "ACC-1002")["owner"]
    manager = next(line.manager for line in plain.reconciled.holders if line.id == owner) if plain.reconciled else ""
    here, overrides = _saas(tmp_path, monkeypatch, "boss", manager)
    run = proof.override(plain, overrides, here.ledger, here.roster)
    assert run.overridden is not None
    assert run.overridden.idle[0].why == "'boss' carries a quota that it lowers"
    overrides.write_text(overrides.read_text().replace("101%", "140%"), encoding="utf-8")
    here.sign("overrides.yaml", "boss")
    assert idle(proof.override(plain, overrides, here.ledger, here.roster)) == []


def _stand(monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.chdir(ROOT)
    return SAAS


@pytest.mark.parametrize(("limit", "codes"), [("7500", []), ("7499", ["KR890"])], ids=["as far as the limit", "one beyond it"])
def test_nobody_approves_beyond_their_limit(limit: str, codes: list[str], here: Project):
    """75% instead of 80% of 150,000 is 7,500 less."""
    here.lines.clear()
    here.put("sales-director", "sales", f"override: {limit}")
    assert idle(given(here, line())) == codes


def test_the_author_s_own_signature_does_not_count(here: Project, kam: Kam):
    here.put("ana", "sales", MAY)
    with pytest.raises(UsageError, match="KR890 'ana' wrote the override"):
        given(here, line(), by=("ana",))
    assert len(proof.entries(here.ledger)) == 1
    (here.folder / "overrides.yaml").write_text(HEAD + "overrides:\n" + line(approver="ana"))
    said = kam("run", here.policy, here.data, "--ledger", here.ledger, "--overrides", here.folder / "overrides.yaml")
    assert (said.code, "KR662" in said.err) == (3, True)


def test_capitals_make_nobody_of_an_author_somebody_else(here: Project):
    """A second approval below the floor is none where it is the author's."""
    here.put("ana", "sales", MAY)
    with pytest.raises(UsageError, match="KR890 'ana' wrote the override"):
        given(here, line(to="60%", author="Ana"), by=("sales-director", "ana"))
    assert idle(given(here, line(to="60%", author="Ana"), by=())) == ["KR666"]


def test_the_approver_who_is_named_has_to_be_among_those_who_signed(here: Project):
    assert idle(given(here, line(), by=("cfo",))) == ["KR665"]
    assert idle(given(here, line(), by=("sales-director", "cfo"))) == []


def test_a_word_that_changes_after_the_signature_makes_it_another_override(here: Project):
    given(here, line())
    assert idle(given(here, line(to="74%"), by=())) == ["KR665"]
    assert idle(given(here, line(because="A closed dispute"), by=())) == ["KR665"]
    assert idle(given(here, line(), by=())) == []


# --- The floor --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "by", "codes"),
    [
        pytest.param("70%", ("sales-director",), [], id="on the floor one approval is enough"),
        pytest.param("69.99%", ("sales-director",), ["KR666"], id="just below it one is not"),
        pytest.param("69.99%", ("sales-director", "cfo"), [], id="two are"),
        pytest.param("69.99%", ("sales-director", "sales-director"), ["KR666"], id="the same person twice is one"),
    ],
)
def test_below_the_floor_two_people_approve(to: str, by: tuple[str, ...], codes: list[str], here: Project):
    run = given(here, line(to=to), by=by)
    assert idle(run) == codes
    assert (amount(run, "A-03") == 12_000_000) is bool(codes)


# --- Time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("expires", "codes"), [("2026-07-01", []), ("2026-06-30", ["KR663"])], ids=["its last day", "the day after"])
def test_an_override_falls_away_after_its_last_day_and_is_listed(expires: str, codes: list[str], here: Project, kam: Kam):
    given(here, line(expires=expires))
    out = here.folder / "run"
    said = kam("run", here.policy, here.data, "--ledger", here.ledger, "--overrides", here.folder / "overrides.yaml", "--out", out)
    assert ("KR663 not in force: A-03: target 75%: it ran out on 2026-06-30" in said.out) is bool(codes)
    assert json.loads((out / "overrides.json").read_text())["not_in_force"] == [] or codes


# --- A reason that recurs ---------------------------------------------------------------------------------------------


def test_overrides_that_recur_are_a_candidate_for_a_rule(here: Project, kam: Kam):
    two = (line("A-01", "target", "120%"), line("A-03"))
    run = given(here, *two)
    assert run.overridden is not None
    assert run.overridden.recurring == {}
    three = given(here, *two, line("A-05", "target", "105%"))
    assert three.overridden is not None
    assert three.overridden.recurring == {("target", "dispute"): 3}
    other = given(here, *two, line("A-05", "target", "105%", reason="merger"))
    assert other.overridden is not None
    assert other.overridden.recurring == {}
    given(here, *two)
    args = ("--ledger", here.ledger, "--overrides", here.folder / "overrides.yaml")
    kam("run", here.policy, here.data, *args, "--out", here.folder / "first")
    given(here, line("A-05", "target", "105%"))
    said = kam("run", here.policy, here.data, *args, "--out", here.folder / "second")
    assert "KR667 3 accounts had their target overridden for 'dispute'" in said.out


@pytest.mark.parametrize(
    ("other", "count"),
    [
        pytest.param({"fiscal_year": "FY2026"}, 3, id="of the year before"),
        pytest.param({"account": "A-01"}, 0, id="of the same case in another run"),
        pytest.param({"policy": "resellers"}, 0, id="of another policy"),
        pytest.param({"reason": "merger"}, 0, id="for another reason"),
        pytest.param({"kind": "review"}, 0, id="that was a verdict"),
    ],
)
def test_cases_of_a_reason_are_counted_over_the_years_of_one_policy(other: dict[str, str], count: int, here: Project):
    told = {"kind": "override", "policy": "key-accounts", "fiscal_year": "FY2027"}
    told |= {"account": "A-05", "field": "target", "reason": "dispute"}
    ledger.append(here.ledger, [("override", told | other)], BEFORE)
    run = given(here, line("A-01", "target", "120%"), line("A-03"))
    assert run.overridden is not None
    assert run.overridden.recurring == ({("target", "dispute"): count} if count else {})


# --- The review: the initial list and the final one -------------------------------------------------------------------


def test_a_review_turns_the_initial_list_into_the_final_one_and_both_are_kept(here: Project, kam: Kam):
    review = (judged("A-01", "accept"), judged("A-03", "reject", "core"))
    given(here, review=review)
    out = here.folder / "run"
    said = kam("run", here.policy, here.data, "--ledger", here.ledger, "--overrides", here.folder / "overrides.yaml", "--out", out)
    with (out / "key_accounts.csv").open() as file:
        told = {one["account_id"]: (one["initial_tier"], one["verdict"], one["on_final_list"]) for one in csv.DictReader(file)}
    assert told == {
        "A-01": ("strategic", "accept", "yes"),
        "A-03": ("strategic", "reject", "no"),
        "A-07": ("key", "", "not reviewed"),
    }
    assert "final list: 1 accepted; 1 rejected, 0 held, 1 not reviewed" in said.out
    assert (row(engine.read(out), "A-03")["tier"], row(engine.read(out), "A-03")["final_tier"]) == ("strategic", "core")


def test_an_account_that_is_held_keeps_its_tier_and_waits(here: Project):
    run = given(here, review=(judged("A-01", "hold"),))
    assert (row(run, "A-01")["final_tier"], row(run, "A-01")["overridden"]) == ("strategic", "hold")


def test_a_verdict_that_nobody_approved_changes_no_list(here: Project):
    run = given(here, review=(judged("A-03", "reject", "core"),), by=())
    assert (idle(run), row(run, "A-03")["final_tier"]) == (["KR665"], "strategic")


def test_the_next_review_starts_from_what_people_decided(here: Project):
    """An account that was overridden into a tier holds it at the next review, since this day."""
    run = given(here, line("A-02", "tier", "strategic"), line("A-03", "state", "mature"))
    told = {one["account_id"]: (one["tier"], one["state"], one["since"]) for one in rows_of(run).iter_rows(named=True)}
    plain = {one["account_id"]: (one["tier"], one["state"], one["since"]) for one in rows_of(here.run()).iter_rows(named=True)}
    assert told["A-02"] == ("strategic", "mature", "2026-07-01")
    assert told["A-03"] == (plain["A-03"][0], "mature", plain["A-03"][2])
    assert told["A-01"] == plain["A-01"]


# --- Evidence ---------------------------------------------------------------------------------------------------------


def test_a_run_with_overrides_is_read_again_with_every_figure_and_a_change_of_it_shows(here: Project):
    run = given(here, line(), line("A-01", "target", "120%", expires="2026-01-01"), review=(judged("A-03", "accept"),))
    out = engine.write(run, here.folder / "run")
    again = engine.read(out)
    assert again.overridden is not None
    assert run.overridden is not None
    assert (again.overridden.effects, again.overridden.idle) == (run.overridden.effects, run.overridden.idle)
    assert amount(again, "A-03") == 11_250_000
    for name in ("overrides.yaml", "overrides.json", "overrides.csv", "key_accounts.csv"):
        text = (out / name).read_text()
        (out / name).write_text(text.replace("75%", "76%").replace("accept", "reject"))
        with pytest.raises(IntegrityError, match="KR503"):
            engine.read(out)
        (out / name).write_text(text)
    engine.read(out)


def test_the_trail_of_an_account_tells_before_and_after_and_who_approved(here: Project, kam: Kam):
    given(here, line())
    out = here.folder / "run"
    kam("run", here.policy, here.data, "--ledger", here.ledger, "--overrides", here.folder / "overrides.yaml", "--out", out)
    trail = json.loads(kam("explain", out, "A-03", "--format", "json").out)
    (told,) = trail["overrides"]
    assert (told["before"]["target_amount"], told["after"]["target_amount"]) == ("120,000.00", "112,500.00")
    assert told["approved"] == [{"by": "sales-director", "on": "2026-06-10", "entry": 2}]
    assert trail["decision"]["target_amount"] == "120,000.00"
    text = kam("explain", out, "A-03").out
    assert "target: computed 80%, now 75%; target 120,000.00 → 112,500.00, until 2026-12-31" in text
    assert json.loads(kam("explain", out, "A-01", "--format", "json").out)["overrides"] == []
    kinds = [(entry.kind, entry.body.get("account")) for entry in proof.entries(here.ledger)]
    assert kinds[-2:] == [("run", None), ("override", "A-03")]


# --- Bad input --------------------------------------------------------------------------------------------------------

BAD = {
    "an account that is not there": ((line("A-30"),), "KR660 the run has no account 'A-30'"),
    "a field that may not be overridden": ((line(field="score"),), "KR104"),
    "a state that the policy does not know": ((line(field="state", to="at_rsk"),), "KR661 there is no state 'at_rsk'"),
    "a tier that the policy does not know": ((line(field="tier", to="gold"),), "KR661 there is no tier 'gold'"),
    "a target beyond what is plausible": ((line(to="301%"),), "KR661 '301%' is no plausible target"),
    "a target that is no percent": ((line(to="much"),), "KR661 'much' is no plausible target"),
    "a target of a prospect": ((line("A-07"),), "KR661 A-07 has base 0"),
    "two for one field": ((line(), line(to="76%")), "KR664 the target of A-03 is overridden twice"),
    "a day that is none": ((line(expires="2026-02-30"),), "KR105"),
    "its author as its approver": ((line(approver="Ana"),), "KR662"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_meant_is_refused_with_its_line(kind: str, here: Project):
    lines, words = BAD[kind]
    with pytest.raises(PolicyError) as error:
        given(here, *lines, by=())
    assert words in str(error.value)
    assert all(finding.where is not None and finding.where.line > 3 for finding in error.value.findings)


def test_all_faults_are_told_at_once(here: Project):
    with pytest.raises(PolicyError) as error:
        given(here, line("A-30"), line("A-31"), line(to="301%"), by=())
    assert [finding.code for finding in error.value.findings] == ["KR660", "KR660", "KR661"]


REVIEWS = {
    "of an account that is not on the list": (judged("A-02", "accept"), "KR668 A-02 is not on the initial list"),
    "that rejects without a tier": (judged("A-03", "reject"), "KR661 a rejected account needs the tier"),
    "that accepts with a tier": (judged("A-03", "accept", "core"), "KR661 'accept' changes no tier"),
    "that rejects into a key tier": (judged("A-03", "reject", "key"), "KR661 'key' is a key tier"),
}


@pytest.mark.parametrize("kind", REVIEWS)
def test_a_verdict_that_cannot_be_meant_is_refused(kind: str, here: Project):
    told, words = REVIEWS[kind]
    with pytest.raises(PolicyError) as error:
        given(here, review=(told,), by=())
    assert words in str(error.value)


def test_an_account_judged_twice_and_a_tier_overridden_and_rejected_are_refused(here: Project):
    with pytest.raises(PolicyError, match="KR664 A-03 is judged twice"):
        given(here, review=(judged("A-03", "accept"), judged("A-03", "hold")), by=())
    with pytest.raises(PolicyError, match="KR664 the tier of A-03 is overridden twice"):
        given(here, line(field="tier", to="core"), review=(judged("A-03", "reject", "core"),), by=())


@pytest.mark.parametrize("head", [HEAD.replace("FY2027", "FY2026"), HEAD.replace("key-accounts", "resellers")])
def test_overrides_of_another_policy_or_year_are_refused(head: str, here: Project):
    with pytest.raises(PolicyError, match="KR669"):
        given(here, line(), by=(), head=head)


def test_overrides_without_a_ledger_are_a_mistake_of_use(here: Project, kam: Kam):
    said = kam("run", here.policy, here.data, "--overrides", here.folder / "overrides.yaml")
    assert (said.code, "an override holds once the ledger holds an approval of it" in said.err) == (2, True)
