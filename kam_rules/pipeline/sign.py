"""Put a name to things: find what wants approval in a file or a run, and make the entries that approve it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kam_rules.evidence.keys import public
from kam_rules.evidence.keys import sign as signature
from kam_rules.evidence.ledger import head_of
from kam_rules.evidence.pack import MANIFEST
from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.model.ledger import APPROVAL
from kam_rules.model.roster import Person
from kam_rules.pipeline.approvals import signer, statement
from kam_rules.pipeline.beyond import beyond
from kam_rules.pipeline.check import check
from kam_rules.pipeline.load import parse, read_file
from kam_rules.pipeline.overrides import is_overrides, load
from kam_rules.pipeline.overrides import things as lines
from kam_rules.pipeline.restore import read
from kam_rules.pipeline.standing import Known
from kam_rules.pipeline.things import Thing, policy_thing, waiver_thing
from kam_rules.pipeline.waivers import ENDING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def chosen(what: Path, only: str | None) -> tuple[Thing, ...]:
    """Return what there is to sign in a file or a run; with `only` the thing of that title.

    Raises:
        UsageError: KR896 there is nothing to sign, KR504 the folder is no run.
        PolicyError: the file is at fault.
    """
    found = things(what)
    if only is not None:
        found = tuple(thing for thing in found if only in {thing.about["title"], thing.about.get("account")})
    if not found:
        message = f"nothing in it is called '{only}'" if only else "nothing in it wants an approval"
        fix = "name a policy, its waivers, overrides, or a run with --set or a decision to go on"
        raise UsageError(Finding("KR896", message, Where(str(what)), fix))
    return found


def things(what: Path) -> tuple[Thing, ...]:
    """Return what there is to sign in a file or a run; see `chosen`."""
    if (what / MANIFEST).is_file() or what.is_dir():
        return beyond(read(what))
    if what.name.endswith(ENDING):
        policy = check(what.with_name(what.name.removesuffix(ENDING) + ".yaml"))
        return tuple(waiver_thing(policy, waiver) for waiver in policy.waivers)
    text, source = read_file(what)
    if is_overrides(parse(text, source.path)):
        return lines(load(what))
    return (policy_thing(check(what)),)


def approving(told: Known, found: tuple[Thing, ...], by: str, key: Ed25519PrivateKey, at: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the entries that approve things; what the signer approved before comes back as it is.

    Raises:
        UsageError: KR889 the signer is not on the roster with this key on this day, KR890 the signer may not approve it.
    """
    day = day_of(told, at)
    faults = [fault for kind in dict.fromkeys(thing.kind for thing in found) for fault in signer(told.roster, by, public(key), day, kind)]
    mine = [person for person in told.roster.lines(by) if person.key == public(key) and person.holds(day)]
    faults += [fault for thing in found for person in mine[:1] for fault in _apart(thing, person)]
    if faults:
        raise UsageError(dict.fromkeys(faults))
    return [(APPROVAL, _approval(told, thing, by, key, at)) for thing in found]


def day_of(told: Known, at: str) -> dt.date:
    """Return the day of what is signed now: the latest that the chain knows of, whatever the clock says."""
    return dt.date.fromisoformat(max(at, *(entry.at for entry in told.entries))[:10])


def _apart(thing: Thing, person: Person) -> list[Finding]:
    """Tell why a person may not approve a thing, whatever the roster says of things of that kind."""
    if thing.nameless:
        message = f"nobody is named who assumed {thing.about['title']}, so nobody can tell that somebody else approves it"
        return [Finding("KR890", message, thing.where, "make the run again with --by NAME")]
    if person.called(thing.author):
        message = f"'{person.id}' wrote the {thing.kind} {thing.about['title']}, and cannot approve it"
        return [Finding("KR890", message, thing.where, "have somebody else on the roster sign it")]
    if thing.only and not person.called(thing.only):
        message = f"the {thing.kind} {thing.about['title']} says that '{thing.only}' answers for it, not '{person.id}'"
        return [Finding("KR890", message, thing.where, f"have '{thing.only}' sign it, or write who else answers for it")]
    why = thing.bars(person) if thing.bars and thing.kind in person.may_approve else ""
    fix = "have somebody sign it who has nothing to gain by it, and may approve as much"
    return [Finding("KR890", f"{why}: the {thing.kind} {thing.about['title']}", person.where, fix)] if why else []


def _approval(told: Known, thing: Thing, by: str, key: Ed25519PrivateKey, at: str) -> dict[str, Any]:
    before = (found.entry.body for found in told.approvals if found.of == thing.of and found.person.id == by)
    same = next((dict(body) for body in before if body["approves"] == thing.kind), None)
    if same is not None:
        return same
    body = statement(head_of(told.entries).ledger, thing.kind, thing.of, thing.about, by, at)
    return {name: value for name, value in body.items() if name not in {"format", "ledger"}} | {"signature": signature(key, body)}
