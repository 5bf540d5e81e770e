"""Mend what has one right spelling: a word that is nearly another, a figure in another notation.

A change is kept only where its fault is gone and no other has come, and is told with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kam_rules.model.errors import Finding, PolicyError, Where
from kam_rules.model.policy import Source
from kam_rules.pipeline.check import check_text
from kam_rules.pipeline.load import read_file

MOST = 100
SUGGESTED = re.compile(r"(?:did you mean|write) '?([^'\s]+)'?\??(?:: a name holds .*)?$")
SHOWN = re.compile(r"'([^']+)'")


@dataclass(frozen=True, slots=True)
class Mended:
    """What stood at a place, what stands there now, and by which finding."""

    finding: Finding
    old: str
    new: str


def mended(path: Path) -> tuple[str, str, tuple[Mended, ...]]:
    """Return a policy's text, the text with every small fault mended, and what was mended.

    Raises:
        PolicyError: the file cannot be read as text.
    """
    text, source = read_file(path)
    new, found = mend(text, source)
    return text, new, found


def mend(text: str, source: Source) -> tuple[str, tuple[Mended, ...]]:
    """Return a text with its small faults mended; see `mended`."""
    done: list[Mended] = []
    tried: set[tuple[str, str]] = set()
    faults = _faults(text, source)
    while len(done) < MOST:
        for finding in faults:
            key = (finding.code, f"{finding.where}{finding.message}")
            if key in tried:
                continue
            tried.add(key)
            change = next(_changes(text, finding, source.path), None)
            if change is None:
                continue
            new, old, word = change
            left = _faults(new, source)
            if len(left) < len(faults) and {(f.code, f.message) for f in left} <= {(f.code, f.message) for f in faults}:
                done.append(Mended(finding, old, word))
                text, faults = new, left
                break
        else:
            break
    return text, tuple(done)


def _faults(text: str, source: Source) -> tuple[Finding, ...]:
    try:
        check_text(text, source)
    except PolicyError as error:
        return error.findings
    return ()


def _changes(text: str, finding: Finding, path: str) -> Iterator[tuple[str, str, str]]:
    """Walk the text with what the finding names replaced by what its fix names, the likeliest first; other files stay."""
    suggested = SUGGESTED.match(finding.fix)
    if suggested is None or finding.where is None or not finding.where.line or finding.where.path != path:
        return
    at = _index(text, finding.where)
    for old in dict.fromkeys([*SHOWN.findall(finding.message)[::-1], *SHOWN.findall(finding.message)]):
        for shift in (0, 1):
            if text.startswith(old, at + shift):
                yield text[: at + shift] + suggested[1] + text[at + shift + len(old) :], old, suggested[1]


def _index(text: str, where: Where) -> int:
    """Return the place in the text, counted in signs from 0."""
    lines = text.splitlines(keepends=True)
    return sum(len(line) for line in lines[: where.line - 1]) + max(where.column - 1, 0)
