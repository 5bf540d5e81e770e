"""What a run keeps of the data that it was decided from: copies, which is what it does where nothing is said, or hashes.

With `copies` a run's folder is complete: whoever has it can decide every account again. Where the data may not be copied,
with `hashes`, it keeps neither accounts nor tables nor what stood in a cell, but the hash of each. It is then opened beside
the data: every command looks for the data file where it lay when the run was made, holds each file against its hash, and
refuses where one has changed. Also then a run names each account by its id and name with its owner and base: that is what
was decided, and for whom.

Example:
    evidence: {inputs: hashes, because: The data agreement of 2026-03-01 lets nobody keep a copy}

Prefer copies: an auditor then needs nothing else.
Avoid hashes where nobody keeps the data as they were; without them no account can be decided again.
"""

from __future__ import annotations

from kam_rules.model.document import Doc, Mapping
from kam_rules.model.schema import choice, record, text
from kam_rules.sections._draft import Draft

COPIES, HASHES = "copies", "hashes"
SCHEMA = record(
    "What a run keeps of the data",
    {
        "inputs": choice("Whether the data are copied into the run, or their hashes alone", COPIES, HASHES),
        "because": text("Why the data may not be copied"),
        "source": text("Who decided it"),
    },
    ("inputs",),
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep whether runs copy their data."""
    if isinstance(doc, Mapping):
        draft.copies = doc.text("inputs") == COPIES
