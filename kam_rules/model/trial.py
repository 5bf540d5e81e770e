"""A test of a policy: the values of one account, and what must be decided of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.model.errors import Finding, Where
from kam_rules.model.outcome import Verdict
from kam_rules.model.policy import Policy
from kam_rules.model.tree import Value

Answer = str | Fraction | tuple[str, ...] | None
"""What is decided under one key of `expect`: a word, a figure, ids in their order, or nothing."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One test: texts by field, and answers by key; `places` are where the answers stand.

    `beside` are the other accounts of a test that expects a quota, `top_down` the figure from above that it is held
    against, in currency units; None where the policy's own is meant.
    """

    name: str
    where: Where
    as_of: dt.date
    given: Mapping[str, str]
    expect: Mapping[str, Answer]
    places: Mapping[str, Where]
    beside: tuple[Mapping[str, str], ...] = ()
    top_down: Fraction | None = None

    @property
    def climbs(self) -> bool:
        """Whether it expects something of the ladder."""
        return "quota" in self.expect or "rung" in self.expect


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one program decides of the values of a test, and every value that it worked out on the way.

    `given` are the values as read by the contract, each in the unit of its field.
    """

    given: Mapping[str, Value]
    facts: Mapping[str, Value]
    verdicts: Mapping[str, Verdict]
    found: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that tests can reach: a rule, an edge, or an answer to a gate; `need` says what is missing for it."""

    kind: str
    name: str
    where: Where | None
    covered: bool = False
    need: str = ""


@dataclass(frozen=True, slots=True)
class Tested:
    """The tests of a policy as they came out: per test what was otherwise, and what all of them together reached.

    `engines` decided each test and agreed; `left_out` are those that cannot carry the policy, each with its reason.
    """

    policy: Policy
    files: tuple[str, ...]
    trials: tuple[Trial, ...]
    findings: tuple[tuple[Finding, ...], ...]
    engines: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]

    @property
    def failed(self) -> int:
        """How many tests did not come out as written."""
        return sum(1 for found in self.findings if found)
