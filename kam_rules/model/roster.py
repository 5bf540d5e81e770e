"""The roster: who may put a name to what, by which key, and from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from kam_rules.model.errors import Where

KINDS = ("policy", "override", "waiver", "review", "assumption", "decision", "publication")
"""What can be approved."""


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the roster.

    Attributes:
        id: the name that signs.
        functions: the functions that the person speaks for, as the policy's stewardship names them.
        key: the public key, as ``ed25519:`` and base64.
        start: the first day on which the key signs, inclusive; `end` the last.
        reps: the ids under which the person holds a quota or owns accounts.
        may_approve: by kind, up to how much in whole currency; None is without limit.
    """

    id: str
    name: str
    functions: tuple[str, ...]
    key: str
    start: dt.date
    end: dt.date
    reps: tuple[str, ...]
    may_approve: Mapping[str, int | None]
    where: Where

    def holds(self, day: dt.date) -> bool:
        """Tell whether the line is in force on a day."""
        return self.start <= day <= self.end

    def called(self, name: str) -> bool:
        """Tell whether a name is this person's, by id or in full, in capitals or not."""
        return bool(name) and name.casefold() in {self.id.casefold(), self.name.casefold()}


@dataclass(frozen=True, slots=True)
class Roster:
    """All lines, and the file that they were read from: its path and the SHA-256 of its bytes."""

    people: tuple[Person, ...]
    path: str
    sha256: str

    def lines(self, id_: str) -> tuple[Person, ...]:
        """Return the lines of one person; a change of key or function gives a second one."""
        return tuple(person for person in self.people if person.id == id_)
