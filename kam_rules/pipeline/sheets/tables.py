"""Which parts of a policy stand in which sheet: one row an item, one column a key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kam_rules.model.document import Doc, Listing, Scalar
from kam_rules.model.document import Mapping as Document
from kam_rules.model.text import tidy

Path = tuple[str | int, ...]
LISTS = ("tie_break", "resources", "leave_out")
"""Columns that hold several words, with commas between."""
PAIRS = ("if_missing", "spread", "locked")
"""Columns that hold a word, or pairs such as `neutral: 50`, with commas between."""
GROUPS = {"line.worst": "line", "line.best": "line", "to_accounts.spread": "to_accounts", "to_accounts.leave_out": "to_accounts"}
"""Columns that stand one level further in."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what tells it from others, where it stands in the policy, and its cells by column."""

    key: tuple[str, ...]
    path: Path
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; the first `keys` columns name a row, and cannot be changed without making it another."""

    name: str
    about: str
    columns: tuple[str, ...]
    keys: int
    rows: Callable[[Document], Iterator[Row]]


def _text(doc: Doc | None) -> str:
    """Return a value as a cell holds it: words with commas between, a single pair as `key: value`."""
    if isinstance(doc, Scalar):
        return " ".join(tidy(doc.text).split())
    if isinstance(doc, Listing):
        return ", ".join(item.text for item in doc.items if isinstance(item, Scalar))
    return ", ".join(f"{entry.key}: {_text(entry.value)}" for entry in doc.entries) if doc is not None else ""


def _cells(doc: Document, columns: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for column in columns:
        group = GROUPS.get(column)
        inside = doc.map(group) if group else doc
        found[column] = _text(inside.get(column.rpartition(".")[2]))
    return found


def _items(path: tuple[str, ...], columns: tuple[str, ...]) -> Callable[[Document], Iterator[Row]]:
    """Return what walks a list of items with ids."""

    def rows(document: Document) -> Iterator[Row]:
        above = document
        for step in path[:-1]:
            above = above.map(step)
        for i, item in enumerate(above.list(path[-1])):
            if isinstance(item, Document):
                yield Row((item.text("id"),), (*path, i), _cells(item, columns))

    return rows


def _bands(document: Document) -> Iterator[Row]:
    for i, criterion in enumerate(document.list("criteria")):
        if isinstance(criterion, Document):
            for j, band in enumerate(criterion.list("bands")):
                if isinstance(band, Document):
                    cells = {"criterion": criterion.text("id")} | _cells(band, BANDS[1:])
                    yield Row((criterion.text("id"), str(j)), ("criteria", i, "bands", j), cells)


def _targets(document: Document) -> Iterator[Row]:
    for entry in document.map("targets").map("by_state").entries:
        body = entry.value
        if not isinstance(body, Document):
            continue
        path = ("targets", "by_state", entry.key)
        own = _cells(body, TARGETS[2:])
        if "by_tier" not in body or any(own.values()):
            yield Row((entry.key, ""), path, {"state": entry.key, "tier": ""} | own)
        for tier in body.map("by_tier").entries:
            if isinstance(tier.value, Document):
                cells = {"state": entry.key, "tier": tier.key} | _cells(tier.value, TARGETS[2:])
                yield Row((entry.key, tier.key), (*path, "by_tier", tier.key), cells)


CRITERIA = ("id", "weight", "purpose", "kind", "about", "horizon", "measure", "if_missing", "line.worst", "line.best", "because", "source")
BANDS = ("criterion", "from", "is", "otherwise", "score", "label", "because", "source")
TIERS = ("id", "when", "otherwise", "capacity", "tie_break", "because", "source")
STATES = ("id", "state", "when", "otherwise", "because", "source", "resources", "reason_unless", "reason_in")
TARGETS = ("state", "tier", "floor", "target", "aspirational", "because", "source")
LADDER = ("id", "below", "up_to", "otherwise", "then", "reps", "manager", "spread", "leave_out", "cap", "at_least", "locked", "rest",
          "to_accounts.spread", "to_accounts.leave_out", "new_business_plan", "because", "source")  # fmt: skip
SHEETS = (
    Sheet("criteria", "What counts, and how much; the weights sum to 100%", CRITERIA, 1, _items(("criteria",), CRITERIA)),
    Sheet("bands", "How a measure scores: a row holds from its edge up to the next", BANDS, 1, _bands),
    Sheet("tiers", "From the top: the first whose condition holds", TIERS, 1, _items(("tiers", "rules"), TIERS)),
    Sheet("states", "The first that holds, from the top", STATES, 1, _items(("states", "rules"), STATES)),
    Sheet("targets", "What each state, or each tier of a state, is asked for", TARGETS, 2, _targets),
    Sheet("ladder", "What is done with a gap, by its size, in rising order", LADDER, 1, _items(("reconciliation", "ladder"), LADDER)),
)
