"""The roster stands in a file of its own: who may put a name to what, by which key, and from when to when.

It is local configuration: no ledger and no run brings its own. Whoever keeps it decides whose signatures count.

Example:
    roster:
      - id: sales-director
        name: Ines Solvang
        functions: [sales]
        key: ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
        from: 2026-01-01
        to: 2027-12-31
        reps: [AE-01]
        may_approve: {policy: unlimited, override: 250000}
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from kam_rules.evidence.keys import is_public
from kam_rules.model.amounts import parse_number
from kam_rules.model.day import read_day
from kam_rules.model.document import Mapping, Scalar, at
from kam_rules.model.errors import Finding, PolicyError
from kam_rules.model.roster import KINDS, Person, Roster
from kam_rules.model.schema import Schema, date, listing, record, text
from kam_rules.pipeline.load import excerpts, parse, read_file
from kam_rules.pipeline.shape import check_shape

UNLIMITED = "unlimited"
PERSON = record(
    "One line: a person, or a change of key or function of one who stands there already",
    {
        "id": text("The name that signs, as the policy's signers: write it"),
        "name": text("The person's name"),
        "functions": listing("The functions that the person speaks for, as stewardship names them", text("A function")),
        "key": text("The public key, as kam-rules sign --new-key prints it"),
        "from": date("The first day on which the key signs"),
        "to": date("The last day on which the key signs"),
        "reps": listing("The ids under which the person holds a quota or owns accounts", text("An id")),
        "may_approve": record(
            "What the person may approve, up to how much",
            {kind: text(f"Up to how much of {kind}, in whole currency, or unlimited") for kind in KINDS},
        ),
    },
    ("id", "name", "functions", "key", "from", "to", "may_approve"),
)


def roster_schema() -> Schema:
    """Return the schema of a roster."""
    return record("Who may put a name to what", {"roster": listing("The lines", PERSON)}, ("roster",))


def load(path: Path) -> Roster:
    """Return the roster that a file holds.

    Raises:
        PolicyError: every fault of the file; KR670 for what the shape cannot tell.
    """
    text_, source = read_file(path)
    document = parse(text_, source.path)
    findings = check_shape(document, roster_schema())
    people: list[Person] = []
    if not findings:
        people = [_person(item, findings) for item in document.maps("roster")]
        _apart(people, findings)
    if findings:
        raise PolicyError(excerpts(findings, {source.path: text_}))
    return Roster(tuple(people), source.path, source.sha256)


def _person(item: Mapping, findings: list[Finding]) -> Person:
    start = read_day(item.scalar("from"), findings) or dt.date.min
    end = read_day(item.scalar("to"), findings) or dt.date.max
    if start > end:
        findings.append(Finding("KR670", f"from {start} lies after to {end}", at(item, ("from",)), "turn the two days round"))
    key = item.text("key")
    if not is_public(key):
        message = f"'{key}' is no public key"
        findings.append(Finding("KR670", message, at(item, ("key",)), "write the line that kam-rules sign --new-key printed"))
    functions, reps = (tuple(one.text for one in item.scalars(key)) for key in ("functions", "reps"))
    may = item.map("may_approve")
    limits = {entry.key: _limit(entry.key, entry.value, findings) for entry in may.entries if isinstance(entry.value, Scalar)}
    return Person(item.text("id"), item.text("name"), functions, key, start, end, reps, limits, item.where)


def _limit(kind: str, value: Scalar, findings: list[Finding]) -> int | None:
    if value.text == UNLIMITED:
        return None
    found = parse_number(value.text)
    if found is None or found.denominator != 1 or found < 0:
        message = f"'{value.text}' is no amount for {kind}"
        findings.append(Finding("KR670", message, value.where, "write whole currency such as 250000, or unlimited"))
        return 0
    return int(found)


def _apart(people: list[Person], findings: list[Finding]) -> None:
    """Refuse two lines of one person on one day, and one key for two people."""
    for number, person in enumerate(people):
        for other in people[:number]:
            if other.id == person.id and other.start <= person.end and person.start <= other.end:
                message = f"'{person.id}' stands twice for the days from {max(person.start, other.start)} on"
                related = ((other.where, "first written here"),)
                findings.append(Finding("KR670", message, person.where, "end the first line before the second begins", related=related))
            if other.key == person.key and other.id != person.id:
                message = f"'{person.id}' signs with the key of '{other.id}'"
                related = ((other.where, "first written here"),)
                findings.append(Finding("KR670", message, person.where, "each person has a key of their own", related=related))
