"""Where a policy stands on its way into force, function by function, and what of it is approved."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kam_rules.model.errors import Finding
from kam_rules.model.policy import Policy
from kam_rules.model.run import Checked
from kam_rules.model.standing import Standing
from kam_rules.model.waiver import Waiver
from kam_rules.pipeline.approvals import Approval
from kam_rules.pipeline.standing import Known, remarks, standing
from kam_rules.pipeline.things import Thing, policy_thing, waiver_thing


@dataclass(frozen=True, slots=True)
class Status:
    """A policy's standing; its content as a thing to sign; each of its waivers with the approvals that count; remarks."""

    policy: Policy
    standing: Standing
    thing: Thing
    waivers: tuple[tuple[Thing, tuple[Approval, ...]], ...]
    remarks: tuple[Finding, ...]


def held_back(found: Checked, told: Known) -> Checked:
    """Return a check in which no waiver holds that nobody who may has approved; what it waived counts again."""
    bare = [waiver for waiver in found.policy.waivers if not told.of(waiver_thing(found.policy, waiver))]
    back = tuple(finding for finding, waiver in found.waived if waiver in bare)
    kept = tuple(pair for pair in found.waived if pair[1] not in bare)
    return replace(found, findings=(*found.findings, *back, *(_bare(waiver) for waiver in bare)), waived=kept)


def _bare(waiver: Waiver) -> Finding:
    name = " ".join(part for part in (waiver.finding, waiver.about) if part)
    message = f"the waiver of {name} is not approved: the ledger holds no signature of {waiver.approved_by} under it"
    fix = f"have {waiver.approved_by} sign it: kam-rules sign {waiver.where.path}"
    return Finding("KR897", message, waiver.where, fix, "warning", subject=name)


def status(policy: Policy, told: Known) -> Status:
    """Return where a policy stands by a ledger and a roster."""
    waivers = [waiver_thing(policy, waiver) for waiver in policy.waivers]
    approved = tuple((thing, told.of(thing)) for thing in waivers)
    return Status(policy, standing(policy, told), policy_thing(policy), approved, tuple(remarks(policy, told)))
