"""Publishing (R-PUBLISH): one run is the quotas of a year; what comes later amends it, with a reason, and nothing is lost."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from kam_rules import engine, proof
from kam_rules.evidence import ledger
from kam_rules.evidence.keys import read_key
from kam_rules.model.errors import IntegrityError, UsageError
from kam_rules.model.ledger import APPROVAL, DECISION, OVERRIDE, PUBLICATION, RUN
from kam_rules.model.quota import Decision
from kam_rules.model.run import Run
from kam_rules.pipeline.beyond import beyond, effect
from kam_rules.pipeline.publish import publication
from tests.conftest import ROOT, SAAS, Said
from tests.evidence.signing import Project

Kam = Callable[..., Said]
AT = "2026-01-20T09:00:00+00:00"
FUNCTIONS = "customer_success, product_management, sales_leadership, account_based_marketing"


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the SaaS policy signed, and two recorded runs of it: as it is, and with more asked from above."""
    folder = tmp_path_factory.mktemp("published")
    for name in ("policies", "examples/saas"):
        shutil.copytree(ROOT / name, folder / name)
    here = Project(folder)
    policy, data = (folder / path for path in SAAS)
    policy.write_text(re.sub(r"signers: \[.*\]", "signers: [cfo]", policy.read_text()), encoding="utf-8")
    proof.new_ledger(here.ledger, "2026-01-05T09:00:00+00:00")
    here.put("cfo", FUNCTIONS, "policy: unlimited, publication: unlimited, assumption: unlimited, decision: unlimited")
    here.sign(policy, "cfo", AT)
    run = proof.entered(engine.run(policy, data, witness=False), here.ledger, by="planning")
    engine.write(run, folder / "first")
    proof.record_run(folder / "first", here.ledger, AT)
    return folder


@pytest.fixture
def here(signed: Path, tmp_path: Path) -> Project:
    """Return a copy of that folder."""
    shutil.copytree(signed, tmp_path / "work")
    found = Project(tmp_path / "work")
    found.people["cfo"] = found.roster.read_text().split("key: '")[1].split("'")[0]
    found.lines = found.roster.read_text().splitlines()[1:]
    found.key("cfo").chmod(0o600)
    return found


def again(here: Project, name: str = "second", **given: object) -> Path:
    """Decide again, with something else, and record it."""
    policy, data = (here.folder / path for path in SAAS)
    run = engine.run(policy, data, witness=False, **given)  # type: ignore[arg-type]
    engine.write(proof.entered(run, here.ledger, by="planning"), here.folder / name)
    proof.record_run(here.folder / name, here.ledger, AT)
    return here.folder / name


def publish(here: Project, name: str, by: str = "cfo", reason: str = ""):
    return proof.publish(here.folder / name, by=by, key=here.key(by), ledger=here.ledger, at=AT, reason=reason)


def looked(here: Project, top_down: str, name: str) -> Path:
    """Climb the ladder of the first run again with another figure from above, have that approved, and record it."""
    found = engine.reconcile(here.folder / "first", top_down=top_down)
    engine.write(proof.entered(found, here.ledger, by="planning"), here.folder / f"{name}-draft")
    here.sign(f"{name}-draft", "cfo", AT)
    engine.write(proof.entered(found, here.ledger, by="planning"), here.folder / name)
    proof.record_run(here.folder / name, here.ledger, AT)
    return here.folder / name


def test_the_first_publication_holds_every_quota_of_the_run(here: Project, kam: Kam):
    looked(here, "25000000", "plan")
    args = ("--as", "cfo", "--key", here.key("cfo"), "--ledger", here.ledger)
    said = kam("publish", here.folder / "plan", *args)
    assert said.code == 0, said.err
    (found,) = proof.published(here.ledger)
    lines = engine.read(here.folder / "plan").reconciled
    assert lines is not None
    assert {(c.role, c.holder): c.after for c in found.changes} == {(q.role, q.holder.id): q.total for q in lines.quotas}
    assert (found.number, found.amends, found.counts) == (1, None, True)
    assert "in force" in kam("publish", "--ledger", here.ledger).out
    assert kam("ledger", "verify", here.ledger, "--roster", here.roster).code == 0


def test_a_later_run_is_an_amendment_with_a_delta_for_every_rep_and_the_first_stays(here: Project, kam: Kam):
    looked(here, "25000000", "plan")
    looked(here, "26000000", "more")
    first, _ = publish(here, "plan")
    with pytest.raises(UsageError, match="KR894"):
        publish(here, "more")
    second, new = publish(here, "more", reason="The board asks for more")
    assert (new, second.number, second.amends) == (True, 2, first.run)
    before = {(c.team, c.role, c.holder): c.after for c in first.changes}
    assert all(c.before == before[c.team, c.role, c.holder] for c in second.changes)
    assert any(c.delta for c in second.changes if c.role == "rep")
    assert proof.published(here.ledger)[0] == first
    listed = kam("publish", "--ledger", here.ledger).out
    assert ("amended since" in listed, "in force" in listed, "The board asks for more" in listed) == (True, True, True)


def test_publishing_what_is_published_already_writes_nothing(here: Project, kam: Kam):
    looked(here, "25000000", "plan")
    publish(here, "plan")
    count = len(proof.entries(here.ledger))
    said = kam("publish", here.folder / "plan", "--as", "cfo", "--key", here.key("cfo"), "--ledger", here.ledger)
    assert (said.code, "nothing was written" in said.err) == (0, True)
    assert len(proof.entries(here.ledger)) == count


def test_an_escalated_run_has_no_quotas_to_publish(here: Project):
    looked(here, "29000000", "plan")
    with pytest.raises(UsageError, match=r"KR893 the team .* has no quota: escalated"):
        publish(here, "plan")


def test_a_decision_to_go_on_takes_effect_once_somebody_else_has_approved_it(here: Project):
    """The run in which it was taken is a draft; the same decision, decided again after its approval, can be published."""
    looked(here, "29000000", "plan")

    def decided(by: str) -> Run:
        decision = Decision("manager", by, "Board of 12 March", "2026-03-12")
        return engine.reconcile(here.folder / "plan", top_down="29000000", decision=decision)

    own = proof.entered(decided("cfo"), here.ledger, by="planning")
    engine.write(own, here.folder / "own")
    with pytest.raises(UsageError, match="KR890 'cfo' wrote the decision"):
        here.sign("own", "cfo", AT)
    run = proof.entered(decided("coo"), here.ledger, by="planning")
    assert run.standing.why == "nobody who may has approved the decision to go on: manager"
    engine.write(run, here.folder / "draft")
    proof.record_run(here.folder / "draft", here.ledger, AT)
    assert proof.entries(here.ledger)[-1].kind == DECISION
    with pytest.raises(UsageError, match="KR893 this run is of a draft"):
        publish(here, "draft")
    here.sign("draft", "cfo", AT)
    engine.write(proof.entered(decided("coo"), here.ledger, by="planning"), here.folder / "decided")
    proof.record_run(here.folder / "decided", here.ledger, AT)
    assert publish(here, "decided")[1]


def test_a_figure_from_above_that_was_given_by_hand_makes_a_draft_until_it_is_approved(here: Project):
    found = proof.entered(engine.reconcile(here.folder / "first", top_down="25000000"), here.ledger, by="planning")
    assert "has approved the assumption top_down=25000000" in found.standing.why
    looked(here, "25000000", "plan")
    assert engine.read(here.folder / "plan").standing.status == "active"


def carrying(here: Project, holder: str) -> None:
    """Let the signer be one who carries a quota."""
    here.roster.write_text(here.roster.read_text().replace("reps: [none-0]", f"reps: [{holder}]"))


@pytest.mark.parametrize(
    ("top_down", "holder", "may"),
    [
        pytest.param("23000000", "M-01", False, id="a manager whose quota a lower figure lowers"),
        pytest.param("23000000", "M-02", True, id="a manager whose accounts bring more than either"),
        pytest.param("25000000", "M-01", True, id="a manager whose quota a higher figure raises"),
        pytest.param("25000000", "R-01", False, id="a rep whose supplement goes to the manager by a higher figure"),
    ],
)
def test_nobody_approves_a_figure_from_above_that_lowers_their_quota(here: Project, top_down: str, holder: str, may: bool):  # noqa: FBT001
    carrying(here, holder)
    found = engine.reconcile(here.folder / "first", top_down=top_down)
    engine.write(proof.entered(found, here.ledger, by="planning"), here.folder / "asked")
    if may:
        here.sign("asked", "cfo", AT)
        assert proof.entered(found, here.ledger, by="planning").standing.status == "active"
    else:
        with pytest.raises(UsageError, match="KR890 'cfo' carries a quota that it lowers: the assumption top_down="):
            here.sign("asked", "cfo", AT)


@pytest.mark.parametrize(
    ("how", "holder", "why"),
    [
        pytest.param("new_business", "M-03", "carries a quota that it lowers", id="a manager who is let off the gap"),
        pytest.param("manager", "M-03", "", id="a manager who is to carry the gap"),
        pytest.param("new_business", "H-01", "carries a quota that it lowers", id="the manager above"),
        pytest.param("manager", "R-08", "owns an account that it touches", id="a rep of a team that goes on"),
    ],
)
def test_nobody_approves_to_go_on_who_gains_by_it(here: Project, how: str, holder: str, why: str):
    looked(here, "29000000", "plan")
    carrying(here, holder)
    found = engine.reconcile(here.folder / "plan", top_down="29000000", decision=Decision(how, "coo", "Board", "2026-03-12"))
    engine.write(proof.entered(found, here.ledger, by="planning"), here.folder / "on")
    if why:
        with pytest.raises(UsageError, match=f"KR890 'cfo' {why}: the decision to go on: {how}"):
            proof.sign(here.folder / "on", by="cfo", key=here.key("cfo"), ledger=here.ledger, at=AT, only=f"to go on: {how}")
    else:
        here.sign("on", "cfo", AT)
        assert proof.entered(found, here.ledger, by="planning").standing.status == "active"


@pytest.mark.parametrize("more", [0, 1], ids=["as far as the limit", "one beyond it"])
def test_nobody_lets_a_larger_gap_go_on_than_they_may(more: int, here: Project):
    """The gap of 29,000,000 over 24,940,935.01 is 4,059,064.99."""
    looked(here, "29000000", "plan")
    here.roster.write_text(here.roster.read_text().replace("decision: unlimited", f"decision: {4_059_065 - more}"))
    found = engine.reconcile(here.folder / "plan", top_down="29000000", decision=Decision("manager", "coo", "Board", "2026-03-12"))
    engine.write(proof.entered(found, here.ledger, by="planning"), here.folder / "on")
    if more:
        with pytest.raises(UsageError, match=r"KR890 'cfo' may approve up to 4,059,064, this is about 4,059,064\.99: the decision"):
            here.sign("on", "cfo", AT)
    else:
        assert here.sign("on", "cfo", AT)[-1][1]


def test_who_assumed_what_is_kept_apart_from_who_looks_again(here: Project, tmp_path: Path):
    """A look at the ladder has its own author; the run that it looks at keeps the author of what was assumed before."""
    policy, data = (here.folder / path for path in SAAS)
    run = proof.entered(engine.run(policy, data, witness=False, sets={"top_down_nrr": "100%"}), here.ledger, by="ana")
    engine.write(run, tmp_path / "run")
    found = proof.entered(engine.reconcile(tmp_path / "run", top_down="25000000"), here.ledger, by="ben")
    assert found.standing.authors == {"top_down_nrr": "ana", "top_down": "ben"}
    engine.write(found, tmp_path / "looked")
    anew = proof.entered(engine.reconcile(tmp_path / "looked", top_down="26000000"), here.ledger)
    assert anew.standing.authors == {"top_down_nrr": "ana"}
    assert "top_down=26000000 (nobody is named who assumed it: --by NAME)" in anew.standing.why


def test_what_was_decided_upon_an_assumption_is_no_effect_of_it(here: Project):
    """The manager of a team that goes on with new business carries less by the decision, not by the figure from above."""
    asked = engine.reconcile(here.folder / "first", top_down="29000000")
    decided = engine.reconcile(here.folder / "first", top_down="29000000", decision=Decision("new_business", "coo", "Board"))
    assert effect(decided, beyond(decided)[0]) == effect(asked, beyond(asked)[0])


def test_a_run_of_a_draft_is_not_published(here: Project):
    again(here, "set", sets={"top_down_nrr": "100%"})
    with pytest.raises(UsageError, match="KR893 this run is of a draft: nobody who may has approved the assumption"):
        publish(here, "set")
    here.sign("set", "cfo", AT)
    with pytest.raises(UsageError, match="KR893 this run is of a draft"):
        publish(here, "set")
    again(here, "approved", sets={"top_down_nrr": "100%"})
    assert publish(here, "approved")[1]


def test_a_run_that_is_not_recorded_is_not_published(here: Project):
    looked(here, "25000000", "other")
    found = proof.entered(engine.reconcile(here.folder / "first", top_down="25000000"), here.ledger, by="planning")
    engine.write(found, here.folder / "plan")
    with pytest.raises(UsageError, match="KR893 this run is not recorded in the ledger"):
        publish(here, "plan")


def test_a_run_of_which_a_byte_was_changed_is_not_published(here: Project):
    plan = looked(here, "25000000", "plan")
    text = (plan / "quotas.csv").read_text()
    (plan / "quotas.csv").write_text(text.replace("0", "1", 1))
    with pytest.raises(IntegrityError, match="KR503"):
        publish(here, "plan")


@pytest.mark.parametrize("more", [0, 1], ids=["as far as the limit", "one beyond it"])
def test_nobody_publishes_beyond_their_limit(more: int, here: Project):
    plan = looked(here, "25000000", "plan")
    found = engine.read(plan).reconciled
    assert found is not None
    total = Fraction(sum(abs(line.total or 0) for line in found.quotas if line.role == "rep"), 100)
    limit = -(-total.numerator // total.denominator) - more
    here.roster.write_text(here.roster.read_text().replace("publication: unlimited", f"publication: {limit}"))
    if more:
        with pytest.raises(UsageError, match="KR890 'cfo' may publish up to"):
            publish(here, "plan")
    else:
        assert publish(here, "plan")[1]


@pytest.mark.parametrize("beyond", [0, 1], ids=["on the limit", "one beyond it"])
def test_an_amendment_is_as_large_as_what_it_moves_of_reps_quotas(beyond: int, here: Project):
    """More is asked of all, and less of some: what moves is what goes up and what goes down."""
    looked(here, "25000000", "plan")
    looked(here, "26000000", "more")
    first, _ = publish(here, "plan")
    found = engine.read(here.folder / "more").reconciled
    assert found is not None
    old = {change.holder: change.after or 0 for change in first.changes if change.role == "rep"}
    moved = sum(abs((line.total or 0) - old[line.holder.id]) for line in found.quotas if line.role == "rep")
    assert moved % 100 == 0
    here.lines = [line.replace("to: 2027-12-31", "to: 2026-01-20") for line in here.lines]
    here.put("cfo", "finance", f"publication: {moved // 100 - beyond}", ("2026-01-21", "2027-12-31"))
    told = {"by": "cfo", "key": here.key("cfo"), "ledger": here.ledger, "at": "2026-01-21T09:00:00+00:00", "reason": "The board"}
    if beyond:
        with pytest.raises(UsageError, match="KR890 'cfo' may publish up to"):
            proof.publish(here.folder / "more", **told)  # type: ignore[arg-type]
    else:
        assert proof.publish(here.folder / "more", **told)[1]  # type: ignore[arg-type]
    assert proof.published(here.ledger)[0].counts, "what was published stays, whatever its signer may publish later"


def test_nobody_publishes_that_their_own_quota_falls(here: Project):
    looked(here, "26000000", "more")
    looked(here, "25000000", "plan")
    found, _ = publish(here, "more")
    plan = engine.read(here.folder / "plan").reconciled
    assert plan is not None
    now = {(line.role, line.holder.id): line.total for line in plan.quotas}
    falls = next(c.holder for c in found.changes if c.role == "rep" and (now[c.role, c.holder] or 0) < (c.after or 0))
    here.roster.write_text(here.roster.read_text().replace("reps: [none-0]", f"reps: [{falls}]"))
    with pytest.raises(UsageError, match=f"KR890 'cfo' carries the quota of {falls}"):
        publish(here, "plan", reason="Less is asked")


def test_a_publication_whose_signature_does_not_count_is_none(here: Project, kam: Kam):
    looked(here, "25000000", "plan")
    publish(here, "plan")
    whole = here.roster.read_text()
    here.roster.write_text(whole.replace(", publication: unlimited", ""))
    assert [found.counts for found in proof.published(here.ledger)] == [False]
    assert "signature does not count" in kam("publish", "--ledger", here.ledger).out
    here.roster.write_text(whole)
    body = json.loads(json.dumps(dict(proof.entries(here.ledger)[-1].body)))
    body["about"]["quotas"][0]["after"] += 1
    body["about"]["run_sha256"] = "ff" * 32
    ledger.append(here.ledger, [(PUBLICATION, body)], AT)
    assert [found.counts for found in proof.published(here.ledger)] == [True, False]
    looked(here, "26000000", "more")
    assert publish(here, "more", reason="The board asks for more")[0].amends == proof.published(here.ledger)[0].run


@pytest.mark.parametrize("kind", [RUN, OVERRIDE, DECISION, APPROVAL, PUBLICATION])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"about": "a text", "on": "never", "by": "cfo"}, id="a text in the place of a thing"),
        pytest.param({"about": {"quotas": [{"team": "A"}]}, "by": ["cfo"]}, id="a line that is none"),
        pytest.param({"about": {"quotas": 7, "number": "one"}, "of": None, "on": "2026-06-10"}, id="numbers and texts changed about"),
    ],
)
def test_an_entry_that_has_not_the_form_of_its_kind_counts_for_nothing_and_stops_nobody(kind: str, body: dict[str, object], here: Project):
    """Whoever can write to a ledger can pass the commands by; nothing can be taken out of it again."""
    ledger.append(here.ledger, [(kind, body)], AT)
    assert proof.published(here.ledger) == ()
    publish(here, "first")
    assert [found.counts for found in proof.published(here.ledger)] == [True]
    assert proof.status(here.folder / SAAS[0], here.ledger).standing.status == "active"
    told = " ".join(finding.message for finding in proof.verify_ledger(here.ledger, roster=here.roster).remarks)
    assert ("has not the form of a publication" in told) == (kind == PUBLICATION)
    run = engine.run(*(here.folder / path for path in SAAS), witness=False)
    overridden = proof.override(run, here.folder / "examples/saas/overrides.yaml", here.ledger)
    assert overridden.overridden is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("publication: unlimited", "publication: 1000", id="beyond the limit"),
        pytest.param("reps: [none-0]", "reps: [R-01]", id="that lowers the quota of who signed it"),
    ],
)
def test_a_publication_that_the_command_would_refuse_does_not_count_when_it_is_slipped_in(old: str, new: str, here: Project):
    """The roster of the day is held against what stands in the ledger, not against who let it in."""
    looked(here, "23000000", "less")
    publish(here, "first")
    publish(here, "less", reason="The board asks for less")
    assert [found.counts for found in proof.published(here.ledger)] == [True, True]
    here.roster.write_text(here.roster.read_text().replace(old, new))
    assert [found.counts for found in proof.published(here.ledger)][-1] is False


def test_two_who_publish_at_once_do_not_both_amend_the_same(here: Project):
    """What one has worked out before the other wrote is not written: its deltas would be wrong."""
    looked(here, "25000000", "plan")
    looked(here, "26000000", "more")
    told = proof.known(here.ledger)
    of = json.loads((here.folder / "more" / "manifest.json").read_text())["run_sha256"]
    stale = publication(engine.read(here.folder / "more"), of, told, "cfo", read_key(here.key("cfo")), AT, "")
    publish(here, "plan")
    with pytest.raises(UsageError, match="KR898"):
        ledger.append(here.ledger, [(PUBLICATION, stale)], AT, ledger.head_of(told.entries))  # type: ignore[list-item]
    assert len(proof.published(here.ledger)) == 1


def test_who_is_not_on_the_roster_or_may_not_publishes_nothing(here: Project):
    looked(here, "25000000", "plan")
    here.put("clerk", "office", "override: unlimited")
    with pytest.raises(UsageError, match="KR890 the roster does not let 'clerk' approve a thing of the kind 'publication'"):
        publish(here, "plan", by="clerk")


def test_a_leader_s_page_says_whether_its_quotas_are_published_and_by_whom(here: Project, kam: Kam):
    def said() -> str:
        answer = kam("brief", here.folder / "first", "--ledger", here.ledger, "--format", "json")
        return str(json.loads(answer.out)["version"]["published"])

    assert said() == f"not published: {here.ledger} holds no publication of this run"
    publish(here, "first")
    assert said().startswith("the quotas of FY2027, by cfo on ")
