"""Whether a policy is in force: every function of its stewardship has signed this exact content, in the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kam_rules.evidence.ledger import head_of
from kam_rules.model.errors import Finding, Where
from kam_rules.model.ledger import APPROVAL, Entry, Head
from kam_rules.model.policy import Policy
from kam_rules.model.roster import Roster
from kam_rules.model.standing import ACTIVE, DRAFT, Signature, Standing
from kam_rules.model.year import Function
from kam_rules.pipeline.approvals import Approval, approvals, within
from kam_rules.pipeline.things import Thing, policy_thing


@dataclass(frozen=True, slots=True)
class Known:
    """A ledger whose chain holds, the roster at hand, and the approvals that count by it."""

    entries: tuple[Entry, ...]
    roster: Roster
    approvals: tuple[Approval, ...]
    faults: tuple[Finding, ...]

    def of(self, thing: Thing) -> tuple[Approval, ...]:
        """Return the approvals of a thing by somebody who may: not its author, and where one alone may, that one."""
        return tuple(found for found in self.approvals if found.of == thing.of and not barred(found, thing))


def known(entries: tuple[Entry, ...], roster: Roster) -> Known:
    """Return what a chain and a roster tell together."""
    counted, faults = approvals(entries, roster)
    return Known(entries, roster, counted, faults)


def barred(found: Approval, thing: Thing) -> str:
    """Return why an approval does not reach a thing; empty where it does."""
    person = found.person
    if found.entry.body.get("approves") != thing.kind:
        return f"it approves the {found.entry.body.get('approves')}, not the {thing.kind}"
    if thing.nameless:
        return "nobody is named who assumed it"
    if person.called(thing.author):
        return f"'{person.id}' wrote it"
    if thing.only and not person.called(thing.only):
        return f"'{thing.only}' answers for it, not '{person.id}'"
    return within(person, thing.kind, 0, 0) or (thing.bars(person) if thing.bars else "")


def standing(policy: Policy, told: Known, beyond: Iterable[Thing] = (), authors: Mapping[str, str] | None = None) -> Standing:
    """Return where a policy stands; `beyond` is what a run assumed or decided beyond it, by its authors, and wants approval, too."""
    signed, missing = _signatures(policy, told)
    if missing and voided(policy, told):
        missing.append("it was changed after it had been signed, and a change voids the signatures")
    missing += [_open(thing, told) for thing in beyond if not told.of(thing)]
    status = DRAFT if missing else ACTIVE
    return Standing(status, "; ".join(missing), tuple(signed), head_of(told.entries), told.roster.sha256, authors or {})


def _open(thing: Thing, told: Known) -> str:
    """Say that a thing is not approved, and why those who signed it are not among those who may."""
    why = [barred(found, thing) for found in told.approvals if found.of == thing.of]
    why += ["nobody is named who assumed it: --by NAME"] if thing.nameless and not why else []
    return f"nobody who may has approved the {thing.kind} {thing.about['title']}{''.join(f' ({one})' for one in dict.fromkeys(why))}"


def _signatures(policy: Policy, told: Known) -> tuple[list[Signature], list[str]]:
    thing, signed, missing = policy_thing(policy), list[Signature](), list[str]()
    counted = told.of(thing)
    for function in policy.year.functions:
        found = next((one for one in counted if _speaks(one, function)), None)
        if found is not None:
            signed.append(Signature(function.name, found.person.id, found.day, found.day > policy.start))
        elif function.signers:
            missing.append(f"{function.name} has not signed ({' or '.join(function.signers)})")
        else:
            missing.append(f"{function.name} names no signers")
    missing += [f"{function.name} has not agreed to what it is to bring" for function in policy.year.functions if function.agreed is False]
    if not policy.year.functions:
        missing.append("its stewardship names no function that could sign")
    return signed, missing


def _speaks(found: Approval, function: Function) -> bool:
    return found.person.id in function.signers and function.name in found.person.functions


def voided(policy: Policy, told: Known) -> tuple[Approval, ...]:
    """Return the signatures under another content of the same policy and year."""
    of = policy_thing(policy).of
    return tuple(found for found in _of_version(told, policy.id, policy.fiscal_year) if found.of != of)


def _of_version(told: Known, policy: str, fiscal_year: str) -> Iterator[Approval]:
    for found in told.approvals:
        body = found.entry.body
        about = body["about"]
        if body["approves"] == "policy" and (about.get("policy"), about.get("fiscal_year")) == (policy, fiscal_year):
            yield found


def signed_contents(told: Known, policy: str, fiscal_year: str) -> dict[str, tuple[str, ...]]:
    """Return who signed each content of a policy's year, by the hash of the content, in the order of the ledger."""
    found: dict[str, tuple[str, ...]] = {}
    for one in _of_version(told, policy, fiscal_year):
        found[one.of] = (*found.get(one.of, ()), one.person.id)
    return found


def late_findings(policy: Policy, signed: Iterable[Signature]) -> Iterator[Finding]:
    """Return one finding for each function that signed after the policy had taken effect."""
    for one in signed:
        if one.late:
            message = f"{one.by} signed for {one.function} on {one.on}, the policy takes effect on {policy.start}"
            fix = "plans are agreed before they apply: let effective: begin later, or say why"
            yield Finding("KR891", message, Where(policy.sources[0].path), fix, "warning")


def remarks(policy: Policy, told: Known) -> Iterator[Finding]:
    """Return what is to be said of a policy's signatures beyond who is missing."""
    place = Where(policy.sources[0].path)
    yield from late_findings(policy, _signatures(policy, told)[0])
    for found in voided(policy, told):
        message = f"{found.person.id} signed another content on {found.day} (entry {found.entry.seq}): a change voids it"
        yield Finding("KR895", message, place, "have this content signed, or bring back the one that was", "warning")
    yield from (fault for fault in told.faults if _about(fault, told.entries, policy))


def _about(fault: Finding, entries: Sequence[Entry], policy: Policy) -> bool:
    """Tell whether an approval that does not count is one of this policy."""
    hashes = {policy_thing(policy).of}
    spoken = {f"entry {entry.seq}:" for entry in entries if entry.kind == APPROVAL and entry.body.get("of") in hashes}
    return any(fault.message.startswith(start) for start in spoken)


def told_standing(found: Standing) -> dict[str, Any]:
    """Return a standing as the manifest of a run holds it."""
    return asdict(found) | {"authors": dict(found.authors), "signed": [asdict(one) | {"on": one.on.isoformat()} for one in found.signed]}


def read_standing(told: Mapping[str, Any]) -> Standing:
    """Return the standing that a manifest holds."""
    signed = tuple(Signature(**{**one, "on": dt.date.fromisoformat(one["on"])}) for one in told["signed"])
    return Standing(told["status"], told["why"], signed, Head(**told["head"]) if told["head"] else None, told["roster"], told["authors"])
