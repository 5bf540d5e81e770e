"""What of a policy is written otherwise, gathered by the rule that it belongs to, and whether that wants all signatures again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from kam_rules.model.amounts import parse_number, parse_percent
from kam_rules.model.errors import Where
from kam_rules.model.policy import Policy
from kam_rules.pipeline.changes import Change, changes

WORDS = {"because", "source", "meaning", "label", "ask", "approved_by"}
"""Keys that tell people why; nothing is decided by them."""
RULES = {"gates": 1, "criteria": 1, "triggers": 1, "assumptions": 1, "fields": 1, "metrics": 1}
"""Sections of named parts, by how many names below the section make one."""
NESTED = {"tiers": "rules", "states": "rules", "targets": "by_state", "reconciliation": "ladder"}
"""Sections whose named parts stand under one key of theirs."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One rule, or what else of a policy has a name: `name` is ``tiers.key``, each change says its key below that.

    `words` tells that nothing but reasons, sources and labels changed; `through` are names that it reads and that changed,
    where its own text did not.
    """

    name: str
    changes: tuple[Change, ...] = ()
    where: Where | None = None
    through: tuple[str, ...] = ()

    @property
    def words(self) -> bool:
        """Whether only what tells people why has changed."""
        return not self.through and all(_key(change) in WORDS for change in self.changes)


def subjects(old: Policy, new: Policy) -> tuple[Subject, ...]:
    """Return what is written otherwise, in the order of the newer policy; the same figure written otherwise is none."""
    found: dict[str, list[Change]] = {}
    for change in changes(old.document, new.document):
        if not _alike(change.old, change.new):
            name, key = _split(change.path)
            found.setdefault(name, []).append(replace(change, path=key))
    return tuple(Subject(name, tuple(told), next((c.where for c in told if c.where), None)) for name, told in found.items())


def _split(path: str) -> tuple[str, str]:
    """Return the rule that a path leads into, and the key below it."""
    plain = path.removesuffix(" (order)")
    steps = plain.split(".")
    top, below = steps[0], steps[1:]
    if plain != path:
        return top, "order"
    if top in NESTED and len(below) > 1 and below[0] == NESTED[top]:
        return f"{top}.{below[1]}", ".".join(below[2:])
    if top in RULES and below:
        return f"{top}.{below[0]}", ".".join(below[1:])
    return top, ".".join(below)


def _key(change: Change) -> str:
    return change.path.rpartition(".")[2]


def _alike(old: str, new: str) -> bool:
    """Tell whether two texts are the same figure: 5% and 5.0%."""
    values = [_figure(text) for text in (old, new)]
    return None not in values and values[0] == values[1]


def _figure(text: str) -> tuple[str, Fraction] | None:
    ratio, plain = parse_percent(text), parse_number(text)
    return ("ratio", ratio) if ratio is not None else ("number", plain) if plain is not None else None
