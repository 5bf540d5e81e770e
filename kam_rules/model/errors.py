"""Findings and errors: what is wrong, where it stands, and what to do about it.

Each error class is named for who can mend it; each carries every fault found at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, order=True, slots=True)
class Where:
    """A place in a file as people count: line and column from 1, 0 where there is none."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Write the place as editors and terminals link it."""
        parts = [self.path, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or remark with a stable code, a place, the line it stands in, and a fix.

    `subject` names what it is about, so that a waiver can name it, too: ``tiers.key``. `example` is an account that shows
    it: each value that matters, by field.
    """

    code: str
    message: str
    where: Where | None = None
    fix: str = ""
    level: str = "error"
    excerpt: str = ""
    related: tuple[tuple[Where, str], ...] = ()
    subject: str = ""
    example: tuple[tuple[str, str], ...] = ()


class KamError(Exception):
    """A mistake that its user can mend; carries one finding or many."""

    exit_code: ClassVar[int] = 70

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        """Keep the findings in the order of their places."""
        self.findings = (findings,) if isinstance(findings, Finding) else tuple(findings)
        super().__init__("; ".join(f"{f.where or ''} {f.code} {f.message}".strip() for f in self.findings))


class UsageError(KamError):
    """The command asks for something that cannot be done as asked."""

    exit_code = 2


class PolicyError(KamError):
    """The policy must be mended by who writes it."""

    exit_code = 3


class UnsupportedError(PolicyError):
    """The policy is right, but this engine cannot carry it."""


class DataError(KamError):
    """The data must be mended by who delivers it."""

    exit_code = 4


class IntegrityError(KamError):
    """A record is not what it was when it was written."""

    exit_code = 5


class DisagreementError(KamError):
    """Two engines, or an engine and its record, decide one account differently."""

    exit_code = 6
