"""A waiver: someone has read a finding, leaves it as it is, says why, and until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kam_rules.model.errors import Finding, Where


@dataclass(frozen=True, slots=True)
class Waiver:
    """One finding, or every one of a code (`about` is empty): `author` asks that it may stay, `approved_by` accepts it to `until`."""

    finding: str
    about: str
    reason: str
    author: str
    approved_by: str
    until: dt.date
    where: Where

    def covers(self, found: Finding) -> bool:
        """Tell whether it speaks of a finding; an error is mended, never waived."""
        return found.level != "error" and found.code == self.finding and self.about in {"", found.subject}
