"""Approvals (R-APPROVAL): a policy is in force once every function has signed this exact content, and not before."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kam_rules import engine, proof
from kam_rules.evidence import ledger
from kam_rules.evidence.keys import new_key
from kam_rules.model.errors import PolicyError, UsageError
from kam_rules.model.ledger import APPROVAL
from kam_rules.model.quota import Decision
from kam_rules.model.run import Run
from kam_rules.pipeline.things import decision_thing, waiver_thing
from tests.conftest import Said
from tests.evidence.signing import BEFORE, Project, project

DIRECTORS = {"service-director": "customer_success, product_management", "sales-director": "account_based_marketing, sales_leadership"}
Kam = Callable[..., Said]


@pytest.fixture
def here(tmp_path: Path) -> Project:
    return project(tmp_path / "work", DIRECTORS)


def both(here: Project, at: str = BEFORE) -> None:
    for name in DIRECTORS:
        here.sign("policy.yaml", name, at)


# --- A policy comes into force ----------------------------------------------------------------------------------------


def test_a_policy_is_a_draft_until_every_function_has_signed(here: Project, kam: Kam):
    assert here.status().standing.status == "draft"
    here.sign("policy.yaml", "sales-director")
    found = here.status().standing
    assert (found.status, [one.function for one in found.signed]) == ("draft", ["account_based_marketing", "sales_leadership"])
    assert "customer_success has not signed (service-director)" in found.why
    assert kam("status", here.policy, "--ledger", here.ledger).code == 1
    here.sign("policy.yaml", "service-director")
    said = kam("status", here.policy, "--ledger", here.ledger)
    assert (said.code, said.out.splitlines()[0].endswith(": active")) == (0, True)


def test_any_change_of_the_file_voids_the_signatures(here: Project):
    both(here)
    text = here.policy.read_text()
    here.policy.write_text(text + "# a word\n")
    found = here.status()
    assert found.standing.status == "draft"
    assert "a change voids the signatures" in found.standing.why
    assert [remark.code for remark in found.remarks] == ["KR895", "KR895"]
    here.policy.write_text(text)
    assert here.status().standing.status == "active"


def test_the_day_of_taking_effect_is_in_time_and_the_day_after_is_late(here: Project):
    both(here, "2026-07-01T23:59:59+00:00")
    assert (here.status().standing.status, here.status().remarks) == ("active", ())


def test_a_policy_signed_after_it_takes_effect_is_a_finding(here: Project, kam: Kam):
    both(here, "2026-07-02T00:00:00+00:00")
    found = here.status()
    assert (found.standing.status, {remark.code for remark in found.remarks}) == ("active", {"KR891"})
    assert "after it took effect" in kam("status", here.policy, "--ledger", here.ledger).out
    said = kam("run", here.policy, here.data, "--ledger", here.ledger, "--no-witness", "--out", here.folder / "run")
    assert said.out.count("KR891") == 4


def test_a_clock_set_back_makes_no_signature_older(here: Project):
    ledger.append(here.ledger, [("run", {"note": "somebody else"})], "2026-08-01T09:00:00+00:00")
    both(here, BEFORE)
    assert {remark.code for remark in here.status().remarks} == {"KR891"}


def test_a_policy_without_functions_or_signers_stays_a_draft(tmp_path: Path):
    here = project(tmp_path / "work", DIRECTORS)
    text = here.policy.read_text()
    here.policy.write_text(text.replace(", signers: [service-director]", "", 1))
    both(here)
    assert "customer_success names no signers" in here.status().standing.why
    here.policy.write_text(text[: text.index("stewardship:")])
    assert "names no function that could sign" in here.status().standing.why


def test_one_of_several_signers_is_enough(here: Project):
    here.put("sales-deputy", "account_based_marketing")
    here.sign("policy.yaml", "sales-deputy")
    assert [one.by for one in here.status().standing.signed] == ["sales-deputy"]


def test_a_signer_speaks_only_for_the_functions_that_the_roster_gives(tmp_path: Path):
    here = project(tmp_path / "work", {"sales-director": "sales_leadership"})
    here.sign("policy.yaml", "sales-director")
    assert [one.function for one in here.status().standing.signed] == ["sales_leadership"]


def test_signing_twice_is_one_signature(here: Project):
    ((_, first),) = here.sign("policy.yaml", "sales-director")
    ((_, again),) = here.sign("policy.yaml", "sales-director", "2026-06-20T09:00:00+00:00")
    assert (first, again, len(proof.entries(here.ledger))) == (True, False, 2)


# --- What a run says of it --------------------------------------------------------------------------------------------


def test_a_run_of_a_draft_says_so_on_every_output(here: Project, kam: Kam):
    out = here.folder / "run"
    said = kam("run", here.policy, here.data, "--ledger", here.ledger, "--no-witness", "--out", out)
    assert " (draft) " in said.out.splitlines()[0]
    assert json.loads((out / "manifest.json").read_text())["run"]["policy"]["status"].startswith("draft: ")
    assert " (draft) " in kam("report", "rules", out).out.splitlines()[0]
    assert "draft: " in kam("explain", out, "A-01").out
    assert json.loads(kam("explain", out, "A-01", "--format", "json").out)["policy"]["signed"].startswith("draft: ")
    assert proof.entries(here.ledger)[-1].body["status"] == "draft"


def test_a_run_of_a_policy_in_force_names_who_signed(here: Project, kam: Kam):
    both(here)
    out = here.folder / "run"
    said = kam("run", here.policy, here.data, "--ledger", here.ledger, "--no-witness", "--out", out)
    assert "draft" not in said.out
    assert "active: signed by service-director for customer_success on 2026-06-10" in said.out
    assert engine.read(out).standing.status == "active"


def test_without_a_ledger_nobody_is_known_to_have_signed(here: Project):
    both(here)
    assert engine.run(here.policy, here.data, witness=False).standing.status == "draft"


def test_an_assumption_set_by_hand_makes_a_draft_until_somebody_approves_it(here: Project):
    here.put("cfo", "finance", "assumption: unlimited")
    both(here)
    given = {"sets": {"inflation": "3%"}}
    run = here.run(**given)
    assert "has approved the assumption inflation=3%" in run.standing.why
    engine.write(run, here.folder / "run")
    here.sign("run", "cfo")
    assert here.run(**given).standing.status == "active"
    assert here.run(sets={"inflation": "4%"}).standing.status == "draft"
    assert here.run().standing.status == "active"


def test_a_decision_to_go_on_is_approved_by_somebody_else_than_its_author(here: Project):
    """The thing is the decision in its words; the day on which it was written down is no part of it."""
    here.put("cfo", "finance", "decision: unlimited")
    decision = Decision("manager", "cfo", "Board of 12 March", "2026-06-12")
    thing = decision_thing("ab" * 32, decision)
    assert thing.of == decision_thing("ab" * 32, Decision("manager", "cfo", "Board of 12 March", "2026-06-30")).of
    assert thing.of != decision_thing("ab" * 32, Decision("manager", "cfo", "Board of 13 March", "2026-06-12")).of
    assert thing.author == "cfo"


# --- Who may not approve what a run assumed or decided beyond its policy ----------------------------------------------


def assumed(here: Project, value: str = "3%") -> Run:
    """Write a run in which an assumption was replaced by hand: 3% in the place of 5% moves the targets by 24,200 in all."""
    run = here.run(sets={"inflation": value})
    engine.write(run, here.folder / "run")
    return run


@pytest.mark.parametrize(
    ("reps", "value", "may"),
    [
        pytest.param("ana", "3%", False, id="who owns an account that moves"),
        pytest.param("ana", "5%", True, id="who owns accounts of which none moves"),
        pytest.param("carla", "3%", True, id="who owns none"),
    ],
)
def test_nobody_approves_an_assumption_that_touches_an_account_of_their_own(here: Project, reps: str, value: str, may: bool):  # noqa: FBT001
    here.put("cfo", "finance", "assumption: unlimited", reps=reps)
    both(here)
    assumed(here, value)
    if may:
        here.sign("run", "cfo")
        assert here.run(sets={"inflation": value}).standing.status == "active"
    else:
        with pytest.raises(UsageError, match="KR890 'cfo' owns an account that it touches: the assumption inflation=3%"):
            here.sign("run", "cfo")
        assert len(proof.entries(here.ledger)) == 3


def test_an_approval_stops_counting_when_its_signer_comes_to_own_an_account_that_it_touches(here: Project):
    """The roster of the day counts, not the one by which the signature was let in."""
    here.put("cfo", "finance", "assumption: unlimited")
    both(here)
    assumed(here)
    here.sign("run", "cfo")
    here.roster.write_text(here.roster.read_text().replace("[none-2]", "[ben]"))
    assert here.run(sets={"inflation": "3%"}).standing.why == (
        "nobody who may has approved the assumption inflation=3% ('cfo' owns an account that it touches)"
    )


@pytest.mark.parametrize(("limit", "may"), [("24200", True), ("24199", False)], ids=["as far as the limit", "one beyond it"])
def test_nobody_approves_an_assumption_that_moves_more_than_they_may(limit: str, may: bool, here: Project):  # noqa: FBT001
    here.put("cfo", "finance", f"assumption: {limit}")
    both(here)
    assumed(here)
    if may:
        assert here.sign("run", "cfo")[0][1]
    else:
        with pytest.raises(UsageError, match=r"KR890 .cfo. may approve up to 24,199, this is about 24,200\.00: the assumption"):
            here.sign("run", "cfo")


def test_an_assumption_of_which_nobody_says_whose_it_is_cannot_be_approved(here: Project, kam: Kam):
    here.put("cfo", "finance", "assumption: unlimited")
    both(here)
    words = ("run", here.policy, here.data, "--set", "inflation=3%", "--ledger", here.ledger, "--no-witness")
    said = " ".join(kam(*words, "--out", here.folder / "run").out.split())
    assert "nobody who may has approved the assumption inflation=3% (nobody is named who assumed it: --by NAME)" in said
    with pytest.raises(UsageError, match="KR890 nobody is named who assumed inflation=3%"):
        here.sign("run", "cfo")
    named = kam(*words, "--by", "planning", "--out", here.folder / "named")
    assert "inflation=3% by planning" in named.out
    here.sign("named", "cfo")
    again = kam(*words, "--by", "planning", "--out", here.folder / "again")
    assert "(draft)" not in again.out
    assert engine.read(here.folder / "again").standing.authors == {"inflation": "planning"}
    assert "(draft)" in kam(*words, "--by", "somebody else", "--out", here.folder / "other").out


def test_nobody_approves_an_assumption_of_their_own(here: Project, kam: Kam):
    here.put("cfo", "finance", "assumption: unlimited")
    both(here)
    words = ("run", here.policy, here.data, "--set", "inflation=3%", "--by", "CFO", "--ledger", here.ledger, "--no-witness")
    kam(*words, "--out", here.folder / "run")
    with pytest.raises(UsageError, match="KR890 'cfo' wrote the assumption inflation=3%"):
        here.sign("run", "cfo")


def test_a_name_without_an_assumption_is_a_mistake_of_use(here: Project, kam: Kam):
    said = kam("run", here.policy, here.data, "--by", "planning")
    assert (said.code, "--by needs --set" in said.err) == (2, True)


# --- Waivers ----------------------------------------------------------------------------------------------------------


def test_with_a_ledger_a_waiver_holds_once_the_person_who_answers_for_it_signed(here: Project, kam: Kam):
    waivers = here.folder / "policy.waivers.yaml"
    waivers.write_text(waivers.read_text().replace("nobody yet", "sales-director"))
    here.put("sales-director", "sales_leadership", "waiver: unlimited", ("2028-01-01", "2028-12-31"))
    assert len(engine.check(here.policy).waived) == 2
    bare = kam("check", here.policy, "--ledger", here.ledger)
    assert bare.out.count("KR897") == 2
    with pytest.raises(UsageError, match="KR890 the roster does not let"):
        here.sign("policy.waivers.yaml", "sales-director")
    here.sign("policy.waivers.yaml", "sales-director", "2028-01-01T08:00:00+00:00", only="KR722 criteria.kind")
    found = proof.approved(engine.check(here.policy), here.ledger)
    assert [waiver.finding for _, waiver in found.waived] == ["KR722"]
    assert [finding.code for finding in found.findings if finding.code in {"KR721", "KR722", "KR897"}] == ["KR721", "KR897"]


def test_nobody_signs_a_waiver_that_another_answers_for(here: Project):
    here.put("cfo", "finance", "waiver: unlimited")
    with pytest.raises(UsageError, match=r"KR890 the waiver KR721 criteria\.about_horizon says that 'nobody yet' answers"):
        here.sign("policy.waivers.yaml", "cfo")
    assert len(proof.entries(here.ledger)) == 1


def test_the_author_of_a_waiver_does_not_approve_it_under_another_name_of_theirs(here: Project):
    """The roster knows a person by id and by name; the author is neither."""
    waivers = here.folder / "policy.waivers.yaml"
    waivers.write_text(waivers.read_text().replace("author: you", "author: Cfo").replace("nobody yet", "cfo"))
    with pytest.raises(PolicyError, match="KR662"):
        here.sign("policy.waivers.yaml", "cfo")
    told = waivers.read_text().replace("author: Cfo", "author: chief finance")
    waivers.write_text(told.replace("approved_by: cfo", "approved_by: cfo-key"))
    here.put("cfo-key", "finance", "waiver: unlimited")
    here.roster.write_text(here.roster.read_text().replace("name: Cfo-Key", "name: Chief Finance"))
    with pytest.raises(UsageError, match="KR890 'cfo-key' wrote the waiver KR721"):
        here.sign("policy.waivers.yaml", "cfo-key", "2027-01-01T08:00:00+00:00")


# --- Past the command: whoever has a key and can write to the ledger ---------------------------------------------------


def test_an_approval_that_the_command_would_refuse_does_not_count_when_it_is_slipped_in(here: Project):
    """By the author, by who does not answer for it, of another kind, by whom the roster does not let: the entry stands alone."""
    waivers = here.folder / "policy.waivers.yaml"
    waivers.write_text(waivers.read_text().replace("author: you", "author: ana").replace("nobody yet", "cfo"))
    for name in ("ana", "cfo", "ceo"):
        here.put(name, "finance", "waiver: unlimited, review: unlimited", ("2026-01-01", "2028-12-31"))
    here.put("clerk", "office", "override: unlimited")
    policy = engine.check(here.policy).policy
    thing = waiver_thing(policy, policy.waivers[0])

    def approved() -> list[str]:
        return [found.person.id for found in proof.known(here.ledger).of(thing)]

    here.slip_in(thing, "ceo")
    here.slip_in(thing, "cfo", "review")
    here.slip_in(replace(thing, only=""), "ana")
    here.slip_in(replace(thing, only=""), "clerk")
    assert len(proof.known(here.ledger).approvals) == 4
    assert approved() == []
    assert [found.person.id for found in proof.known(here.ledger).of(replace(thing, only=""))] == ["ceo"]
    here.slip_in(thing, "cfo")
    assert approved() == ["cfo"]


# --- Bad input --------------------------------------------------------------------------------------------------------


def test_a_key_that_is_not_the_roster_s_signs_nothing(here: Project, kam: Kam):
    new_key(here.folder / "other.key")
    said = kam("sign", here.policy, "--as", "sales-director", "--key", here.folder / "other.key", "--ledger", here.ledger)
    assert (said.code, "KR889 this key is not the one" in said.err, len(proof.entries(here.ledger))) == (2, True, 1)
    said = kam("sign", here.policy, "--as", "sales-directr", "--key", here.key("sales-director"), "--ledger", here.ledger)
    assert "KR889 'sales-directr' is not on the roster" in said.err
    assert "did you mean 'sales-director'?" in said.err


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        pytest.param("2026-03-31T23:59:59+00:00", False, id="the day before the first"),
        pytest.param("2026-04-01T00:00:00+00:00", True, id="the first day"),
        pytest.param("2026-05-31T23:59:59+00:00", True, id="the last day"),
        pytest.param("2026-06-01T00:00:00+00:00", False, id="the day after the last"),
    ],
)
def test_a_key_signs_from_its_first_day_to_its_last(at: str, counts: bool, tmp_path: Path):  # noqa: FBT001
    here = project(tmp_path / "work")
    here.put("sales-director", "sales_leadership", days=("2026-04-01", "2026-05-31"))
    if counts:
        here.sign("policy.yaml", "sales-director", at)
        assert len(here.status().standing.signed) == 1
    else:
        with pytest.raises(UsageError, match="KR889 the key of 'sales-director' signs from 2026-04-01 to 2026-05-31"):
            here.sign("policy.yaml", "sales-director", at)


def test_a_signature_that_is_in_the_ledger_counts_by_the_roster_at_hand_alone(here: Project, kam: Kam):
    both(here)
    whole = here.roster.read_text()
    here.roster.write_text(whole.replace("id: sales-director", "id: another"))
    assert here.status().standing.status == "draft"
    assert any("'sales-director' is not on the roster" in remark.message for remark in here.status().remarks)
    assert "KR889" in kam("ledger", "verify", here.ledger, "--roster", here.roster).out
    here.roster.unlink()
    assert "none: nobody's signature counts" in kam("status", here.policy, "--ledger", here.ledger).out
    here.roster.write_text(whole)
    assert "2 of 2 approvals count" in kam("ledger", "verify", here.ledger, "--roster", here.roster).out


def test_an_approval_written_into_the_ledger_without_the_key_does_not_count(here: Project):
    """Whoever can write to the ledger can add an entry whose chain holds; the signature is what they cannot make."""
    both(here)
    here.policy.write_text(here.policy.read_text() + "# a word\n")
    bodies = [dict(entry.body) for entry in proof.entries(here.ledger) if entry.kind == APPROVAL]
    for body in bodies:
        ledger.append(here.ledger, [(APPROVAL, body | {"of": here.status().thing.of})], BEFORE)
    assert here.status().standing.status == "draft"
    assert sum(remark.code == "KR889" for remark in here.status().remarks) == 2


def test_an_approval_carried_over_from_another_ledger_does_not_count(here: Project, tmp_path: Path):
    both(here)
    other = tmp_path / "other.db"
    proof.new_ledger(other, BEFORE)
    ledger.append(other, [(entry.kind, entry.body) for entry in proof.entries(here.ledger)[1:]], BEFORE)
    assert proof.status(here.policy, other, here.roster).standing.status == "draft"


ROSTER_FAULTS = {
    "no key": ("key: 'ed25519:", "key: 'x", "is no public key"),
    "days turned round": ("from: 2026-01-01", "from: 2028-01-01", "lies after to"),
    "no such day": ("from: 2026-01-01", "from: 2026-02-30", "is not in the calendar"),
    "an amount that is none": ("policy: unlimited", "policy: a lot", "is no amount for policy"),
    "a limit below zero": ("policy: unlimited", "policy: -1", "is no amount for policy"),
    "a word that is not known": ("policy: unlimited", "polcy: unlimited", "polcy"),
}


@pytest.mark.parametrize("kind", ROSTER_FAULTS)
def test_a_roster_at_fault_says_where(kind: str, here: Project):
    old, new, words = ROSTER_FAULTS[kind]
    here.roster.write_text(here.roster.read_text().replace(old, new, 1))
    with pytest.raises(PolicyError, match=words) as error:
        here.status()
    assert error.value.findings[0].where is not None
    assert error.value.findings[0].where.line == 2


def test_one_person_twice_for_a_day_and_one_key_for_two_are_refused(here: Project):
    here.put("sales-director", "sales_leadership")
    with pytest.raises(PolicyError, match="KR670 'sales-director' stands twice"):
        here.status()
    here.lines.pop()
    here.people["cfo"] = here.people["sales-director"]
    here.put("cfo", "finance")
    with pytest.raises(PolicyError, match="KR670 'cfo' signs with the key of 'sales-director'"):
        here.status()


def test_a_change_of_key_is_a_second_line(here: Project):
    here.sign("policy.yaml", "sales-director")
    here.lines = [line.replace("to: 2027-12-31", "to: 2026-06-30") if "sales-director" in line else line for line in here.lines]
    here.people["sales-director"] = new_key(here.folder / "second.key")
    here.put("sales-director", "account_based_marketing, sales_leadership", days=("2026-07-01", "2027-12-31"))
    assert len(here.status().standing.signed) == 2


def test_what_has_nothing_to_sign_is_named(here: Project, kam: Kam):
    engine.write(here.run(), here.folder / "run")
    for what, words in (("run", "nothing in it wants an approval"), ("policy.yaml", "nothing in it is called 'A-99'")):
        args = ("--as", "sales-director", "--key", here.key("sales-director"), "--ledger", here.ledger, "--only", "A-99")
        said = kam("sign", here.folder / what, *(args if "A-99" in words else args[:-2]))
        assert (said.code, f"KR896 {words}" in said.err) == (2, True)


def test_a_new_key_is_its_owner_s_alone_and_never_written_over(tmp_path: Path, kam: Kam):
    said = kam("sign", "--new-key", tmp_path / "me.key")
    assert "key for the roster: ed25519:" in said.out
    assert (tmp_path / "me.key").stat().st_mode & 0o777 == 0o600
    before = (tmp_path / "me.key").read_bytes()
    assert "KR501" in kam("sign", "--new-key", tmp_path / "me.key").err
    assert (tmp_path / "me.key").read_bytes() == before
