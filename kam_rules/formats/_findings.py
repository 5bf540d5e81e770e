"""A finding as text: the place, what is wrong, the line it stands in, and what to do."""

from __future__ import annotations

import unicodedata

from kam_rules.model.errors import Finding

WIDEST = 160
"""Characters of a line that are shown; of a longer one, those around the caret."""
GUTTER = 4
LONGEST = 1000
"""Characters of a sentence; a longer one repeats what nobody typed."""


def say_finding(finding: Finding) -> str:
    """Write one finding as lines of text, without an end of line after the last.

    Examples:
        >>> from kam_rules.model.errors import Where
        >>> where = Where("policy.yaml", 18, 5)
        >>> print(say_finding(Finding("KR101", "no key 'band'", where, "did you mean 'bands'?", excerpt="    band:")))
        policy.yaml:18:5: KR101 no key 'band'
          18 |     band:
             |     ^
          fix: did you mean 'bands'?
    """
    place = f"{finding.where}: " if finding.where else ""
    lines = [f"{place}{finding.code} {_flat(finding.message)}", *_excerpt(finding)]
    if finding.example:
        lines.append(f"  for instance: {_flat(', '.join(f'{name} = {value}' for name, value in finding.example))}")
    if finding.fix:
        lines.append(f"  fix: {_flat(finding.fix)}")
    lines += [f"  see {where}: {_flat(what)}" for where, what in finding.related]
    return "\n".join(lines)


def in_short(finding: Finding) -> str:
    """Write what is wrong, an instance of it and what to do, for formats that tell the place apart."""
    instance = f"\nfor instance: {', '.join(f'{name} = {value}' for name, value in finding.example)}" if finding.example else ""
    return finding.message + instance + (f"\nfix: {finding.fix}" if finding.fix else "")


def _flat(text: str) -> str:
    """Return the text on one line: what cannot be seen, a tab or a line break, becomes one space."""
    flat = "".join(sign if sign.isprintable() else " " for sign in text[:LONGEST])
    return f"{flat}…" if len(text) > LONGEST else flat


def _excerpt(finding: Finding) -> list[str]:
    if finding.where is None or not finding.excerpt or finding.excerpt.isspace():
        return []
    line, column = _cut(finding.excerpt.rstrip(), finding.where.column)
    number = str(finding.where.line).rjust(GUTTER)
    shown = [f"{number} | {line}"]
    if column:
        shown.append(f"{' ' * len(number)} | {' ' * _width(line[: column - 1])}^")
    return shown


def _cut(line: str, column: int) -> tuple[str, int]:
    """Return the part of a long line around the column, and the column within that part."""
    if len(line) <= WIDEST:
        return _flat(line), column
    start = min(max(0, column - 1 - WIDEST // 2), max(0, len(line) - WIDEST))
    part = _flat(line[start : start + WIDEST])
    before, after = "…" if start else "", "…" if start + WIDEST < len(line) else ""
    return f"{before}{part}{after}", column and column - start + len(before)


def _width(text: str) -> int:
    """Return how many columns of a terminal the text takes: none for combining signs, two for wide ones."""
    return sum(0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)
