"""A folder of vocabulary is a registry: its files are its words."""

from __future__ import annotations

from collections.abc import Iterable
from pkgutil import iter_modules


def words_of(path: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a vocabulary folder, without importing any; a name that starts with _ is none."""
    return tuple(sorted(module.name.rstrip("_") for module in iter_modules(path) if not module.name.startswith("_")))
