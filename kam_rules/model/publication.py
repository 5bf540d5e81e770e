"""What was published: one run as the quotas of a period, and what each later one changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from kam_rules.model.ledger import Entry


@dataclass(frozen=True, slots=True)
class Change:
    """One line of quota before and after, in smallest units; None where there was none, or is none any more."""

    team: str
    role: str
    holder: str
    name: str
    before: int | None
    after: int | None

    @property
    def delta(self) -> int:
        """What it gains."""
        return (self.after or 0) - (self.before or 0)


def changes_of(about: Mapping[str, Any]) -> tuple[Change, ...] | None:
    """Return the lines of quota that an entry of a ledger tells; None where it has not the form of a publication."""
    kinds = {"before": (int, type(None)), "after": (int, type(None))}
    texts = (about.get(name) for name in ("policy", "fiscal_year", "run_sha256", "reason", "currency"))
    quotas, names = about.get("quotas"), [one.name for one in fields(Change)]
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(about.get(name), int) for name in ("number", "minor")):
        return None
    if not isinstance(about.get("amends", 0), (str, type(None))) or not isinstance(quotas, list):
        return None
    for line in quotas:
        if not isinstance(line, Mapping) or not all(name in line and isinstance(line[name], kinds.get(name, str)) for name in names):
            return None
    return tuple(Change(*(line[name] for name in names)) for line in quotas)


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication.

    Attributes:
        entry: the entry of the ledger that holds it.
        policy: name of the policy; `period` is its fiscal year.
        number: 1 for the first of a period, more for an amendment.
        run: the hash of the run; `amends` that of the run before it.
        changes: every line of quota, with what it was before.
        counts: whether its signature counts by the roster at hand.
    """

    entry: Entry
    policy: str
    period: str
    number: int
    run: str
    amends: str | None
    by: str
    reason: str
    currency: str
    minor: int
    changes: tuple[Change, ...]
    counts: bool
