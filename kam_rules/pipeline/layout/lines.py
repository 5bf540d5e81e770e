"""Line ends, blanks at the end of lines, empty lines, and how far each line is set in."""

from __future__ import annotations

import re

from kam_rules.pipeline.layout.spots import Edit, Spot, applied, column, line_of, spots

STEP = 2
MOST_EMPTY = 2


def ended(text: str) -> str:
    """Return the text with one line break of one kind behind each line, and none too many at its end.

    Lines inside a text of several lines stay as they are: there, blanks may mean something.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    kept = _inside(text)
    found: list[str] = []
    empty = MOST_EMPTY
    for i, line in enumerate(text.split("\n")):
        bare = line if i in kept else line.rstrip(" \t")
        empty = empty + 1 if not bare and i not in kept else 0
        if empty <= MOST_EMPTY:
            found.append(bare)
    return "\n".join(found).rstrip("\n") + "\n"


def _inside(text: str) -> set[int]:
    """Return the lines of every text of several lines, but for the last of one that ends within a line."""
    found: set[int] = set()
    for spot in spots(text).walk():
        if spot.kind == "text" and "\n" in text[spot.start : spot.end]:
            found.update(range(line_of(text, spot.start), line_of(text, spot.end)))
    return found


def indented(text: str) -> str:
    """Return the text with every block set in by two: keys under their key, and the dashes of a list, too."""
    shifts: dict[int, int] = {}
    gaps: list[Edit] = []
    _visit(spots(text), 0, 0, text, shifts, gaps)
    lines = applied(text, gaps).split("\n")
    before = text.split("\n")
    told = [shifts.get(i) for i in range(len(lines))]
    return "\n".join(_moved(line, _shift(i, before, told)) for i, line in enumerate(lines))


def _visit(spot: Spot, wanted: int, outer: int, text: str, shifts: dict[int, int], gaps: list[Edit]) -> None:
    """Note for every line that a value begins or goes on in by how much it moves; `outer` is that of what it stands under."""
    first, last = line_of(text, spot.start), line_of(text, max(spot.start, spot.end - 1))
    if spot.kind == "text" or spot.flow or not spot.items:
        for line in range(first + 1, last + 1):
            shifts.setdefault(line, outer)
        return
    shift = wanted - column(text, spot.start)
    if spot.kind == "mapping":
        for key, item in zip(spot.keys, spot.items, strict=True):
            shifts.setdefault(line_of(text, key.start), shift)
            below = line_of(text, item.start) > line_of(text, key.start)
            if below and (item.kind == "text" or item.flow or not item.items):
                shifts.setdefault(line_of(text, item.start), wanted + STEP - column(text, item.start))
            _visit(item, wanted + STEP, shifts.get(line_of(text, item.start), shift), text, shifts, gaps)
        return
    for item in spot.items:
        dash = text.rfind("-", 0, item.start)
        shifts.setdefault(line_of(text, dash), shift)
        if line_of(text, dash) == line_of(text, item.start) and item.start > dash + STEP:
            gaps.append(Edit(dash + 1, item.start, " "))
        _visit(item, wanted + STEP, shift, text, shifts, gaps)


def _shift(i: int, lines: list[str], told: list[int | None]) -> int:
    """Return by how much a line moves; one that holds a comment alone moves with the line near it that is set in alike."""
    found = told[i]
    if found is not None or not lines[i].strip():
        return found or 0
    here = len(lines[i]) - len(lines[i].lstrip())
    after = next((j for j in range(i + 1, len(lines)) if told[j] is not None), None)
    before = next((j for j in range(i - 1, -1, -1) if told[j] is not None), None)
    for j in (after, before):
        if j is not None and len(lines[j]) - len(lines[j].lstrip()) == here:
            return told[j] or 0
    return (told[after] or 0) if after is not None else 0


def _moved(line: str, shift: int) -> str:
    if not line.strip() or shift == 0:
        return line
    if shift > 0:
        return " " * shift + line
    return re.sub(rf"^ {{0,{-shift}}}", "", line)
