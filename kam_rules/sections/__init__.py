"""The sections of a policy: one top-level key a file, with its shape, its reference page and its lowering.

The word in the YAML is the name of the file; its docstring is its reference page; `SCHEMA` is its shape;
`lower` turns what is written into parts of the rule program.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of
from kam_rules.model.document import Doc
from kam_rules.model.schema import Schema, record
from kam_rules.sections._draft import Draft

ORDER = (
    "policy",
    "fiscal_year",
    "effective",
    "extends",
    "owner",
    "currency",
    "definition",
    "assumptions",
    "fields",
    "metrics",
    "gates",
    "criteria",
    "scoring",
    "tiers",
    "limits",
    "tier_changes",
    "states",
    "targets",
    "tables",
    "triggers",
    "reconciliation",
    "proration",
    "periods",
    "year_end",
    "stewardship",
    "reassess",
    "calibration",
    "service",
    "incentives",
    "evidence",
)
"""The order in which a policy reads and in which sections are lowered: each may name what stands before it."""

ELSEWHERE = {
    "nominations": "people's lists have a file of their own (kam-rules schema nominations)",
    "accounts": "the data file names them (kam-rules schema data)",
    "tests": "they have a file of their own beside the policy (kam-rules schema tests)",
    "waivers": "they have a file of their own beside the policy (kam-rules schema waivers)",
    "roster": "it is a file of its own (kam-rules schema roster)",
}


class Section(Protocol):
    """One top-level key of a policy."""

    SCHEMA: Schema
    REQUIRED: bool

    def lower(self, doc: Doc, draft: Draft) -> None:
        """Add what the section says to the draft; faults go to the draft's findings."""


def section(name: str) -> Section:
    """Return a section by its key."""
    return import_module(f"{__name__}.{name}")


def sections() -> tuple[str, ...]:
    """Return the keys that have a file, by name."""
    return words_of(__path__)


def policy_schema() -> Schema:
    """Return the schema of a whole policy file."""
    parts = {name: section(name) for name in ORDER}
    required = tuple(name for name, part in parts.items() if part.REQUIRED)
    properties = {name: part.SCHEMA for name, part in parts.items()}
    return record("A policy: one file per fiscal year", properties, required, ELSEWHERE)
