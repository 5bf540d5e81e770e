"""A reason for every rule, and a source for every figure: what an auditor asks for first."""

from __future__ import annotations

from collections.abc import Iterator

from kam_rules.model.document import Doc, Listing, Mapping
from kam_rules.model.errors import Where
from kam_rules.model.policy import Policy
from kam_rules.pipeline.analyse.ground import Insight, insight

Place = tuple[str, Mapping, Where]
FIGURES = ("when", "bands", "line", "capacity", "target", "at_most", "accounts_per_manager")
"""Keys under which somebody chose a figure."""
NAMED = 6


def questions(policy: Policy) -> Iterator[Insight]:
    """Ask each section for the rules without a reason, and for the figures without a source."""
    for section, places in _sections(policy.document):
        unreasoned = [(name, where) for name, doc, where in places if "because" not in doc]
        unsourced = [(name, where) for name, doc, where in places if "source" not in doc and any(_figure(doc, key) for key in FIGURES)]
        if unreasoned:
            message = f"no reason is given for {_listed(unreasoned)}"
            fix = "write because: with the sentence that you would tell the account's manager"
            yield insight("KR728", message, unreasoned[0][1], fix, subject=f"{section}.because")
        if unsourced:
            message = f"no source is named for the figures of {_listed(unsourced)}"
            fix = "write source: with where the figure comes from, or who chose it"
            yield insight("KR729", message, unsourced[0][1], fix, subject=f"{section}.source")


def _figure(doc: Mapping, key: str) -> bool:
    """Tell whether a key holds a figure: a condition without a digit was chosen by nobody."""
    value = doc.get(key)
    if value is None:
        return False
    return not (key == "when" and not any(sign.isdigit() for sign in doc.text("when")))


def _listed(places: list[tuple[str, Where]]) -> str:
    names = [name for name, _ in places]
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _sections(document: Mapping) -> Iterator[tuple[str, list[Place]]]:
    for section in ("gates", "criteria", "triggers"):
        yield section, _items(document.get(section))
    for section in ("tiers", "states"):
        yield section, _items(document.map(section).get("rules"))
    yield "targets", list(_targets(document.map("targets").map("by_state")))
    limits = document.get("limits")
    yield "limits", [("limits", limits, document.key_where("limits"))] if isinstance(limits, Mapping) else []


def _items(doc: Doc | None) -> list[Place]:
    items = doc.maps() if isinstance(doc, Listing) else ()
    return [(item.text("id"), item, item.where) for item in items]


def _targets(by_state: Mapping) -> Iterator[Place]:
    for state in by_state.entries:
        if not isinstance(state.value, Mapping):
            continue
        by_tier = state.value.map("by_tier")
        lines = [(f"{state.key}.{tier.key}", tier) for tier in by_tier.entries] or [(state.key, state)]
        yield from ((name, entry.value, entry.where) for name, entry in lines if isinstance(entry.value, Mapping))
