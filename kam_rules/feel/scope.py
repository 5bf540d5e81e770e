"""The names that one place of a policy may read, with their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kam_rules.model.types import Type

EVERY = "*"
"""Stands among the broken names where a section that defines names cannot be read: any name may be one of its own."""


@dataclass(frozen=True, slots=True)
class Name:
    """A readable name: its type, and for a category the values it can have (empty: any text)."""

    name: str
    type: Type
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression at `place` may read.

    `broken` names exist but their own definition is at fault, so nothing more is said of who reads them; `elsewhere`
    names exist and may not be read here, with the reason.
    """

    place: str
    names: Mapping[str, Name]
    broken: frozenset[str] = frozenset()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
