"""The nearest known name: what someone probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is spelled most like `name`, or None where none is near."""
    names = {known_name.casefold(): known_name for known_name in known}
    found = get_close_matches(name.casefold(), names, n=1, cutoff=0.6)
    if not found:
        parts = {part: whole for whole in names for part in whole.split("_")}
        found = [parts[part] for part in get_close_matches(name.casefold(), parts, n=1, cutoff=0.75)]
    return names[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a fix: the nearest name, or all there are."""
    names = list(dict.fromkeys(known))
    near = nearest(name, names)
    if near is not None:
        return f"did you mean '{near}'?"
    return f"known here: {', '.join(names)}" if names else "there is none to choose from"
