"""Where a run stands: whether its policy was in force when it was made, who signed that, and where the ledger ended then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from kam_rules.model.ledger import Head

DRAFT, ACTIVE = "draft", "active"
STATUS = "policy_status"
"""The name under which rows and documents for machines say which of the two decided them."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One function's name under a policy: who, on which day, and whether the policy had taken effect before."""

    function: str
    by: str
    on: dt.date
    late: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run or a policy stands.

    Attributes:
        status: draft or active; a policy is active once every function has signed this exact content.
        why: what is missing of that; empty where nothing is.
        signed: the signatures that count.
        head: the ledger as it was when the run was made; None where it was not recorded.
        roster: the SHA-256 of the roster by which signatures counted.
        authors: who replaced each assumption, or the figure from above, by hand; without a name where nobody said.
    """

    status: str = DRAFT
    why: str = "no ledger was named, so nobody is known to have signed it"
    signed: tuple[Signature, ...] = ()
    head: Head | None = None
    roster: str = ""
    authors: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """Say it in one line."""
        names = ", ".join(f"{one.by} for {one.function} on {one.on}{' (late)' if one.late else ''}" for one in self.signed)
        signed = f"signed by {names}" if names else ""
        return f"{self.status}: {'; '.join(filter(None, (self.why, signed)))}"

    @property
    def ledger(self) -> str | None:
        """The head of the ledger as a reader copies it; None where the run was not recorded."""
        return f"{self.head.entries}:{self.head.sha256}" if self.head else None

    @property
    def brief(self) -> str:
        """What stands behind the name of a policy in the title of every report."""
        draft = " (draft)" if self.status == DRAFT else ""
        return draft + (f" [ledger {self.head.entries}:{self.head.sha256[:12]}]" if self.head else "")
