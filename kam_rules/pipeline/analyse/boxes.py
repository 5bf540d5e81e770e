"""Conditions as boxes: limits of sums, words, and what is known; a condition is a union of few of them, or is none."""

from __future__ import annotations

from dataclasses import dataclass, field

from kam_rules.pipeline.analyse.formula import All, Among, Bound, Formula, Has, Some, Terms, Within, Word, every

MOST = 16
"""Boxes of one condition."""


@dataclass
class Box:
    """Limits of sums, words, and what is known or missing: a part of the world in which a condition holds."""

    sums: dict[Terms, tuple[Bound, Bound]] = field(default_factory=dict)
    words: dict[str, tuple[frozenset[Word], bool]] = field(default_factory=dict)
    known: dict[str, bool] = field(default_factory=dict)

    def formula(self) -> Formula:
        """Return the box as a formula."""
        sums = (Within(terms, *ends) for terms, ends in self.sums.items())
        words = (Among(name, found, inside) for name, (found, inside) in self.words.items())
        return every((*sums, *words, *(Has(name, known) for name, known in self.known.items())))

    def add(self, part: Formula) -> bool:
        """Narrow the box; False where nothing is left of it, or where it would be no box."""
        if isinstance(part, bool):
            return part
        if isinstance(part, Has):
            return self.known.setdefault(part.name, part.known) is part.known
        if isinstance(part, Among):
            return self._word(part)
        if not isinstance(part, Within):
            return False
        if not all(self.known.setdefault(name, True) for name, _ in part.terms):
            return False
        low, high = self.sums.get(part.terms, (None, None))
        low = part.low if low is None else low if part.low is None else max(low, part.low)
        high = part.high if high is None else high if part.high is None else min(high, part.high)
        self.sums[part.terms] = (low, high)
        return low is None or high is None or low <= high

    def _word(self, part: Among) -> bool:
        if not self.known.setdefault(part.name, True):
            return False
        words, inside = self.words.get(part.name, (frozenset(), False))
        if inside and part.inside:
            words = words & part.words
        elif inside or part.inside:
            words = words - part.words if inside else part.words - words
        else:
            words = words | part.words
        self.words[part.name] = (words, inside or part.inside)
        return bool(words) or not (inside or part.inside)


def boxes(formula: Formula) -> list[Box] | None:
    """Return the boxes whose union is a formula; None where there are too many."""
    picked = _picked(formula)
    if picked is None:
        return None
    found = []
    for parts in picked:
        box = Box()
        if all(box.add(part) for part in parts):
            found.append(box)
    return found


def _picked(formula: Formula) -> list[tuple[Formula, ...]] | None:
    if isinstance(formula, Some):
        found: list[tuple[Formula, ...]] = []
        for part in formula.parts:
            below = _picked(part)
            if below is None or len(found) + len(below) > MOST:
                return None
            found += below
        return found
    if isinstance(formula, All):
        found = [()]
        for part in formula.parts:
            below = _picked(part)
            if below is None or len(found) * len(below) > MOST:
                return None
            found = [(*a, *b) for a in found for b in below]
        return found
    return [] if formula is False else [(formula,)]


def holds_word(box: Box, name: str, word: Word) -> bool:
    """Tell whether a box holds a word."""
    words, inside = box.words.get(name, (frozenset(), False))
    return (word in words) is inside
