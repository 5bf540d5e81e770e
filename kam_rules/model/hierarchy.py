"""Chains of parents: circles among them, and how far up anybody means to go."""

from __future__ import annotations

from collections.abc import Mapping

DEEPEST = 10
"""Parents above one account past which a chain is a fault of the extract rather than a company. Source: fault F14."""


def circles(above: Mapping[str, str | None]) -> dict[str, list[str]]:
    """Return every name that is part of a circle, with the circle from that name on; each name is walked once.

    Examples:
        >>> circles({"a": "b", "b": "a", "c": "a", "d": None})
        {'a': ['a', 'b', 'a'], 'b': ['b', 'a', 'b']}
        >>> circles({"a": "a"})
        {'a': ['a', 'a']}
    """
    found: dict[str, list[str]] = {}
    done: set[str] = set()
    for start in above:
        path: dict[str, None] = {}
        one: str | None = start
        while one and one in above and one not in done and one not in path:
            path[one] = None
            one = above[one]
        if one in path:
            names = list(path)
            loop = names[names.index(str(one)) :]
            found |= {name: [*loop[i:], *loop[:i], name] for i, name in enumerate(loop)}
        done |= path.keys()
    return found
