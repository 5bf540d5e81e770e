"""Many conditions at once: every quantity is cut where some condition has an edge, and a condition is a set of cells.

A set of conditions is one whole number with a bit for each, so which conditions hold in a cell, lie around a box or cross
it is a handful of whole numbers, however many conditions there are. What has too many boxes is left to be asked by itself.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import or_

from kam_rules.pipeline.analyse.boxes import Box, boxes, holds_word
from kam_rules.pipeline.analyse.formula import Among, Bound, Formula, Terms, Within, Word, every
from kam_rules.pipeline.analyse.world import World

STEPS = 6
"""Cells of a quantity that are tried on the way out of other boxes: both ends, and as many in between less one."""
OTHER = "\0other"
"""Stands for any text that no condition names."""


@dataclass
class _Axis:
    """One sum: its cuts, and which boxes begin at or before a cell, end at or after it, or say nothing of it."""

    cuts: list[int]
    begin: list[int]
    end: list[int]
    free: int

    def holding(self, cell: int) -> int:
        """Return the boxes that hold in a cell."""
        return self.free | (self.begin[cell] & self.end[cell])

    def cells(self, low: Bound, high: Bound) -> tuple[int, int]:
        """Return the first and the last cell of a stretch."""
        first = 0 if low is None else bisect_right(self.cuts, low)
        return first, len(self.cuts) if high is None else bisect_right(self.cuts, high)

    def around(self, first: int, last: int) -> int:
        """Return the boxes that hold in all these cells."""
        return self.free | (self.begin[first] & self.end[last])

    def across(self, first: int, last: int) -> int:
        """Return the boxes that hold in some of these cells."""
        return self.free | (self.begin[last] & self.end[first])

    def limits(self, cell: int) -> tuple[Bound, Bound]:
        """Return the ends of a cell."""
        low = self.cuts[cell - 1] if cell else None
        return low, self.cuts[cell] - 1 if cell < len(self.cuts) else None


class Grid:
    """The boxes of a list's conditions; `of` tells the condition of each box, `whole` the conditions with too many boxes."""

    def __init__(self, formulas: Sequence[Formula], world: World) -> None:
        """Cut the world at the edges of all formulas."""
        self.world = world
        self.items: list[Box] = []
        self.of: list[int] = []
        self.rules: list[int] = []
        self.whole = 0
        for i, formula in enumerate(formulas):
            found = boxes(formula)
            self.whole |= 0 if found is not None else 1 << i
            start = len(self.items)
            self.items += found or []
            self.of += [i] * (len(self.items) - start)
            self.rules.append(((1 << len(self.items)) - 1) & ~((1 << start) - 1))
        self.every = (1 << len(self.items)) - 1
        self.axes = {terms: self._axis(terms) for terms in dict.fromkeys(t for box in self.items for t in box.sums)}
        self.texts = {name: self._text(name, world.words.get(name)) for name in dict.fromkeys(n for box in self.items for n in box.words)}
        self.needs = {name: self._needs(name) for name in dict.fromkeys(n for box in self.items for n in box.known)}

    def _axis(self, terms: Terms) -> _Axis:
        ends = {i: box.sums[terms] for i, box in enumerate(self.items) if terms in box.sums}
        lows = {low for low, _ in ends.values() if low is not None}
        cuts = sorted(lows | {high + 1 for _, high in ends.values() if high is not None})
        begin, end = [0] * (len(cuts) + 1), [0] * (len(cuts) + 1)
        for i, (low, high) in ends.items():
            begin[0 if low is None else bisect_right(cuts, low)] |= 1 << i
            end[len(cuts) if high is None else bisect_left(cuts, high + 1)] |= 1 << i
        free = self.every & ~sum(1 << i for i in ends)
        return _Axis(cuts, list(accumulate(begin, or_)), list(accumulate(reversed(end), or_))[::-1], free)

    def _text(self, name: str, values: tuple[Word, ...] | None) -> dict[Word, int]:
        named = {word for box in self.items for word in box.words.get(name, (frozenset(), False))[0]}
        words: Iterable[Word] = values if values is not None else (*sorted(named, key=str), OTHER)
        found = {}
        for word in words:
            found[word] = sum(1 << i for i, box in enumerate(self.items) if holds_word(box, name, word))
        return found

    def _needs(self, name: str) -> tuple[int, int]:
        known = sum(1 << i for i, box in enumerate(self.items) if box.known.get(name) is True)
        return known, sum(1 << i for i, box in enumerate(self.items) if box.known.get(name) is False)

    def items_of(self, rules: Iterable[int]) -> int:
        """Return the boxes of some conditions."""
        found = 0
        for i in rules:
            found |= self.rules[i]
        return found

    def conditions(self, items: int) -> tuple[int, ...]:
        """Return the conditions of some boxes, in order."""
        return tuple(dict.fromkeys(self.of[i] for i in bits(items)))

    def holding(self, units: Callable[[str], int | None], word: Callable[[str], object], among: int) -> int:
        """Return the boxes that hold for one account, told by its numbers in units and its words; None is missing."""
        for terms, axis in self.axes.items():
            numbers = [units(name) for name, _ in terms]
            if None in numbers:
                among &= axis.free
            else:
                total = sum(by * number for (_, by), number in zip(terms, numbers, strict=True) if number is not None)
                among &= axis.holding(bisect_right(axis.cuts, total))
        for name, words in self.texts.items():
            found = word(name)
            if isinstance(found, str | bool):
                among &= words[found] if found in words else words.get(OTHER, self.every)
        for name, (known, missing) in self.needs.items():
            among &= ~known if word(name) is None else ~missing
        return among

    def around(self, box: Box, among: int) -> int:
        """Return the boxes that hold wherever this one does."""
        for terms, axis in self.axes.items():
            among &= axis.around(*axis.cells(*box.sums[terms])) if terms in box.sums else axis.free
        for name, words in self.texts.items():
            for word, holding in words.items():
                if holds_word(box, name, word):
                    among &= holding
        for name, (known, missing) in self.needs.items():
            among &= ~known if box.known.get(name) is not True else self.every
            among &= ~missing if box.known.get(name) is not False else self.every
        return among

    def across(self, box: Box, among: int) -> int:
        """Return the boxes that share a cell of every quantity with this one."""
        for terms, ends in box.sums.items():
            among &= self.axes[terms].across(*self.axes[terms].cells(*ends)) if terms in self.axes else self.every
        for name in box.words:
            if name in self.texts:
                shared = 0
                for word, holding in self.texts[name].items():
                    shared |= holding if holds_word(box, name, word) else 0
                among &= shared
        for name, known in box.known.items():
            if name in self.needs:
                among &= ~self.needs[name][1] if known else ~self.needs[name][0]
        return among

    def escape(self, box: Box, among: int) -> Formula | None:
        """Return a cell of the box that lies outside the boxes `among`, picked quantity by quantity; None where that fails.

        Whether the quantities can lie so together is not asked here.
        """
        parts: list[Formula] = []
        taken: set[object] = set()
        left = among
        while left:
            best: tuple[int, object, Formula] | None = None
            for key, part, holding in self._cells(box, taken):
                rest = (left & holding).bit_count()
                if best is None or rest < best[0]:
                    best = (rest, key, part)
                    kept = left & holding
            if best is None or best[0] == left.bit_count():
                return None
            taken.add(best[1])
            parts.append(best[2])
            left = kept
        return every(parts)

    def _cells(self, box: Box, taken: set[object]) -> Iterator[tuple[object, Formula, int]]:
        for terms, axis in self.axes.items():
            if terms in taken or any(box.known.get(name) is False for name, _ in terms):
                continue
            first, last = axis.cells(*box.sums[terms]) if terms in box.sums else (0, len(axis.cuts))
            for cell in dict.fromkeys(first + (last - first) * step // STEPS for step in range(STEPS + 1)):
                part = self.world.fit(Within(terms, *axis.limits(cell)))
                if part is not False:
                    yield terms, part, axis.holding(cell)
        for name, words in self.texts.items():
            if name in taken or box.known.get(name) is False:
                continue
            for word, holding in words.items():
                if holds_word(box, name, word) and word != OTHER:
                    yield name, Among(name, frozenset({word}), inside=True), holding


def bits(mask: int) -> Iterator[int]:
    """Walk the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
