"""The peers: kam-ref decided by other means, one file a peer, all with the same three functions.

`ready(table)` puts the book into the form that the peer wants, untimed. `decide(book)` decides it, timed. `told(decided)`
returns the decisions as plain Python has them, untimed, so that all can be held against each other.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

import polars as pl

Decision = tuple[Any, ...]
"""account, score × 4, tier, state, NRR in percent, target in cents, action, and the trail: gates passed, band of each
criterion, tier rule, state rule, NRR rule, triggers that fired."""


class Peer(Protocol):
    """What each file of this folder is."""

    def ready(self, table: pl.DataFrame) -> Any:  # noqa: ANN401 - each peer has a form of its own
        """Return the book in the peer's own form."""

    def decide(self, book: Any) -> Any:  # noqa: ANN401
        """Decide every account."""

    def told(self, decided: Any) -> list[Decision]:  # noqa: ANN401
        """Return the decisions."""


def peer(name: str) -> Peer:
    """Return the peer of that file.

    Raises:
        ImportError: what it needs is not installed.
    """
    return cast("Peer", import_module(f"peers.{name}"))
