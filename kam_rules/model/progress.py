"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int], None]
"""Called now and then with the number of steps since its last call: of steps done, or of further steps there are."""


def silent(_: int) -> None:
    """Tell nobody."""
