"""Fields, metrics and assumptions that nothing reads: someone delivers and keeps them for no decision."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kam_rules.model.document import Doc, Mapping, Scalar
from kam_rules.model.policy import Policy
from kam_rules.model.tree import reads
from kam_rules.pipeline.analyse.ground import Insight, insight
from kam_rules.pipeline.assemble import nodes

WORD = re.compile(r"[^\W\d]\w*")
STAGES = frozenset(("fields", "metrics", "assumptions", "gates", "criteria", "tiers", "states", "targets", "triggers", "definition"))
"""Sections whose names are told by what the engines read; of any other, each word counts as read."""
KINDS = {"fields": "field", "metrics": "metric", "assumptions": "assumption"}


def questions(policy: Policy) -> Iterator[Insight]:
    """Ask every field, metric and assumption."""
    used = _used(policy)
    for section, kind in KINDS.items():
        for entry in policy.document.map(section).entries:
            if entry.key not in used:
                message = f"nothing reads the {kind} '{entry.key}'"
                yield insight("KR711", message, entry.where, "take it out, or let a rule read it", subject=f"{section}.{entry.key}")


def _used(policy: Policy) -> set[str]:
    """Return every name that something reads which a decision, a seat or a report needs."""
    program = policy.program
    used = {program.base, *program.baselines, *(f.dated_by for f in program.fields)}
    for stage in program.stages:
        used |= {name for step in stage.steps for node in nodes(step) for name in reads(node)}
    used |= {name for seats in program.seating.tiers for name, _ in seats.tie_break}
    used |= {name for _, node in program.state_inputs for name in reads(node)}
    used |= {rule.text("reason_in") for rule in policy.document.map("states").maps("rules")}
    return used | _written(policy.document)


def _written(document: Mapping) -> set[str]:
    """Return every word of the sections that decide no account by itself, such as reconciliation, metrics read through."""
    metrics = {entry.key: set(_words(entry.value)) for entry in document.map("metrics").entries}
    found = {word for entry in document.entries if entry.key not in STAGES for word in _words(entry.value)}
    for name in reversed(metrics):
        found |= metrics[name] if name in found else set()
    return found


def _words(doc: Doc) -> Iterator[str]:
    if isinstance(doc, Scalar):
        yield from WORD.findall(doc.text)
        return
    for below in [entry.value for entry in doc.entries] if isinstance(doc, Mapping) else doc.items:
        yield from _words(below)
