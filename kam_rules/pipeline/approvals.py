"""Approvals: what a name was put to, by whom, and whether that name counts.

An approval is an entry of the ledger that bears an Ed25519 signature of a hash. It counts where the roster at hand knows
the signer's key on that day and lets the signer approve such a thing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kam_rules.evidence.keys import holds
from kam_rules.evidence.pack import canonical
from kam_rules.model.amounts import shown
from kam_rules.model.errors import Finding, Where
from kam_rules.model.ledger import APPROVAL, PUBLICATION, Entry
from kam_rules.model.names import did_you_mean
from kam_rules.model.publication import changes_of
from kam_rules.model.roster import Person, Roster

FORMAT = "kam-rules.approval/1"
SIGNED = (APPROVAL, PUBLICATION)
"""The kinds of entries that bear a signature."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval that counts: the entry that holds it, the line of the roster behind it, and the day."""

    entry: Entry
    person: Person
    day: dt.date

    @property
    def of(self) -> str:
        """The hash of what is approved."""
        return str(self.entry.body.get("of"))


def digest(thing: object) -> str:
    """Return the hash that stands for a thing in an approval."""
    return hashlib.sha256(canonical(thing)).hexdigest()


def statement(ledger: str, kind: str, of: str, about: Mapping[str, Any], by: str, on: str) -> dict[str, Any]:
    """Return what a signature covers: the ledger it is meant for, the thing, its hash, the name and the time."""
    return {"format": FORMAT, "ledger": ledger, "approves": kind, "of": of, "about": dict(about), "by": by, "on": on}


def approvals(entries: Iterable[Entry], roster: Roster) -> tuple[tuple[Approval, ...], tuple[Finding, ...]]:
    """Return the approvals of a chain that count, and why the others do not.

    The day of an approval is the latest that the chain knows of when it was written: a clock that is set back makes no
    approval older.
    """
    found, faults, latest, ledger = list[Approval](), list[Finding](), "", ""
    for entry in entries:
        ledger, latest = ledger or entry.sha256, max(latest, _time(entry.at), _time(entry.body.get("on")))
        if entry.kind in SIGNED:
            day = dt.date.fromisoformat(latest[:10]) if latest else dt.date.max
            why, person = _held(entry, roster, ledger, day)
            if person is not None and not why:
                found.append(Approval(entry, person, day))
            else:
                faults.append(Finding("KR889", f"entry {entry.seq}: {why}", Where(roster.path), "the approval does not count"))
    return tuple(found), tuple(faults)


def _time(told: object) -> str:
    """Return a time as the chain tells it; nothing where it is none."""
    try:
        return dt.datetime.fromisoformat(str(told)).isoformat()
    except ValueError:
        return ""


def about_of(entry: Entry) -> dict[str, Any]:
    """Return what an entry says of the thing that it approves; nothing where it has not that form."""
    about = entry.body.get("about")
    return dict(about) if isinstance(about, Mapping) else {}


def _held(entry: Entry, roster: Roster, ledger: str, day: dt.date) -> tuple[str, Person | None]:
    """Return why an approval does not count, or the line of the roster that it counts by."""
    body = entry.body
    by, on, signature = (str(body.get(key, "")) for key in ("by", "on", "signature"))
    if entry.kind == PUBLICATION and changes_of(about_of(entry)) is None:
        return "it has not the form of a publication", None
    told = statement(ledger, str(body.get("approves")), str(body.get("of")), about_of(entry), by, on)
    lines = roster.lines(by)
    if not lines:
        return f"'{by}' is not on the roster", None
    signed = [person for person in lines if holds(person.key, told, signature)]
    if not signed:
        return f"the signature is by no key of '{by}' on the roster", None
    return _dated(signed, day), next((person for person in signed if person.holds(day)), None)


def _dated(lines: list[Person], day: dt.date) -> str:
    if any(person.holds(day) for person in lines):
        return ""
    spans = " and ".join(f"{person.start} to {person.end}" for person in lines)
    return f"the key of '{lines[0].id}' signs from {spans}, not on {day}"


def signer(roster: Roster, by: str, key: str, day: dt.date, kind: str) -> Iterator[Finding]:
    """Tell why a person may not put a name to a kind of thing with a key on a day; nothing where they may."""
    lines = roster.lines(by)
    if not lines:
        known = [person.id for person in roster.people]
        yield Finding("KR889", f"'{by}' is not on the roster", Where(roster.path), did_you_mean(by, known))
        return
    mine = [person for person in lines if person.key == key]
    if not mine:
        message = f"this key is not the one that the roster knows '{by}' by"
        yield Finding("KR889", message, lines[0].where, "sign with the right key, or have the new one put on the roster")
        return
    if late := _dated(mine, day):
        yield Finding("KR889", late, mine[0].where, "have the roster's dates looked at")
    elif not any(kind in person.may_approve for person in mine if person.holds(day)):
        message = f"the roster does not let '{by}' approve a thing of the kind '{kind}'"
        yield Finding("KR890", message, mine[0].where, "have somebody sign who may; with --only TITLE you sign one thing of several")


def within(person: Person, kind: str, amount: int, minor: int) -> str:
    """Return why a line of the roster does not reach as far as it is asked to; empty where it does.

    Args:
        person: the line.
        kind: what is approved.
        amount: how much it is about, in smallest units.
        minor: decimals of the currency.
    """
    limits = person.may_approve
    if kind not in limits:
        return f"the roster does not let '{person.id}' approve a thing of the kind '{kind}'"
    limit = limits[kind]
    if limit is not None and amount > limit * 10**minor:
        return f"'{person.id}' may approve up to {limit:,}, this is about {shown(Fraction(amount, 10**minor), minor, least=minor)}"
    return ""
