"""The nouns of the ledger: an entry, the head of its chain, and what was found where a chain is looked through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kam_rules.model.errors import Finding

OPENED, RUN, APPROVAL, OVERRIDE, DECISION, PUBLICATION = "opened", "run", "approval", "override", "decision", "publication"
"""The kinds of entries, in the order in which a year brings them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its number from 1, the hash of the one before, when it was written (UTC), its kind, what it says, its hash."""

    seq: int
    previous: str
    at: str
    kind: str
    body: Mapping[str, Any]
    sha256: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: how many entries it has, and the hash of the last. `ledger` is the hash of the first."""

    ledger: str
    entries: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that was kept outside the ledger, `source` tells where; signed where `by` and `signature` are given."""

    head: Head
    at: str
    source: str
    by: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A ledger looked through.

    Attributes:
        entries: as many as could be read, in the order of their rows.
        broken: what breaks the chain or a signature.
        cut: what an anchor shows to be missing or rewritten.
        remarks: what somebody should look at, though nothing is broken.
        anchors: the copies of heads that were given.
        anchored: up to which entry an outside copy proves that nothing was left out; 0 where none was given.
        signatures: how many signatures were held against the roster; None where no roster was given.
    """

    entries: tuple[Entry, ...]
    broken: tuple[Finding, ...]
    cut: tuple[Finding, ...]
    remarks: tuple[Finding, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    anchored: int = 0
    signatures: int | None = None
