"""Is there an account that fits a set of formulas: one that does, a proof that none does, or "not known" past a bound.

A search over the choices that the formulas leave, with limits on every sum kept on the way and held against one
another by `linear`. A question costs at most `BRANCHES` choices, each polynomial in the size of the formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kam_rules.pipeline.analyse.formula import All, Formula, Some, Terms, Within, Word
from kam_rules.pipeline.analyse.linear import GivenUp, Limits, Problem, clamp
from kam_rules.pipeline.analyse.linear import solve as point
from kam_rules.pipeline.analyse.state import State, beyond, higher, lower
from kam_rules.pipeline.analyse.world import World

BRANCHES = 400
"""Choices of one question; past them it is given up."""
WORK = 40_000
"""Parts of choices that one question looks at; past them it is given up, too."""
SCORE: Terms = (("score", 1),)
__all__ = ["BRANCHES", "SCORE", "GivenUp", "Model", "solve"]


@dataclass(frozen=True)
class Model:
    """An account that fits: what is fixed of it by name, a number in its units, and how far the score may lie."""

    numbers: Mapping[str, int]
    words: Mapping[str, Word]
    missing: frozenset[str]
    score: Limits = (None, None)


def solve(world: World, formulas: Iterable[Formula], branches: int = BRANCHES) -> Model | None:
    """Return an account that fits all formulas, or None where there is none.

    Raises:
        GivenUp: neither was found within the bound.
    """
    return _Search(world, branches).run(tuple(formulas))


class _Search:
    def __init__(self, world: World, branches: int) -> None:
        self.world, self.left, self.work = world, branches, WORK

    def run(self, formulas: tuple[Formula, ...]) -> Model | None:
        agenda: list[tuple[State, tuple[Formula, ...]]] = [(State(self.world), formulas)]
        open_ = False
        while agenda:
            self.left -= 1
            if self.left < 0:
                raise GivenUp
            state, todo = agenda.pop()
            choices = self._settle(state, todo)
            if choices is None:
                continue
            try:
                model = self._model(state) if not choices or state.joint else True
            except GivenUp:
                model, open_ = (None if not choices else True), True
            if model is None:
                continue
            if not choices:
                assert isinstance(model, Model)
                return model
            state.joint = False
            choice = min(choices, key=lambda found: len(found.parts))
            rest = tuple(found for found in choices if found is not choice)
            agenda += [(state.copy(), (part, *rest)) for part in reversed(choice.parts)]
        if open_:
            raise GivenUp
        return None

    def _settle(self, state: State, todo: tuple[Formula, ...]) -> list[Some] | None:
        """Say all that is certain; return the choices that are left, or None where the state contradicts itself."""
        choices: list[Some] = []
        stack = list(reversed(todo))
        while stack:
            item = stack.pop()
            if item is False:
                return None
            if isinstance(item, All):
                stack.extend(reversed(item.parts))
            elif isinstance(item, Some):
                choices.append(item)
            elif item is not True and not state.say(item):
                return None
            if not stack and choices:
                narrowed = [self._narrow(state, choice) for choice in choices]
                choices = [found for found in narrowed if isinstance(found, Some)]
                stack = [found for found in narrowed if not isinstance(found, Some) and found is not True]
        return choices

    def _narrow(self, state: State, choice: Some) -> Formula:
        """Return what the state leaves of a choice."""
        self.work -= len(choice.parts)
        if self.work < 0:
            raise GivenUp
        parts: list[Formula] = []
        for part in choice.parts:
            told = state.told(part)
            if told is True:
                return True
            if told is not False:
                parts.append(part)
        if len(parts) == len(choice.parts):
            return choice
        return False if not parts else parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _model(self, state: State) -> Model | None:
        """Return an account that fits what was said, its numbers moved no further than they must be; None where none fits."""
        single, sums = self._rows(state)
        if sums is None:
            return None
        used = dict.fromkeys((*single, *(name for terms in sums for name, _ in terms)))
        limits = {name: single.get(name) or state.limits(((name, 1),)) for name in used}
        wished = {name: self.world.numbers[name].wished for name in used}
        joint = {name: limits[name] for name in used if any(name == part for terms in sums for part, _ in terms)}
        found = point(Problem(joint, sums, wished)) if sums else {}
        if found is None:
            return None
        numbers = {name: found[name] if name in found else clamp(wished[name], *limits[name]) for name in used}
        words = {name: state.chosen(name) for name in dict.fromkeys((*state.inside, *state.outside))}
        absent = frozenset(name for name, known in state.known.items() if not known)
        return Model(numbers, words, absent, state.sums.get(SCORE, (None, None)))

    def _rows(self, state: State) -> tuple[dict[str, Limits], dict[Terms, Limits] | None]:
        """Return the limits of single numbers and of sums, quotients among them; None where they leave nothing."""
        single: dict[str, Limits] = {}
        sums: dict[Terms, Limits] = {}
        rows: list[Formula] = []
        for terms, found in state.sums.items():
            name = terms[0][0]
            if len(terms) == 1 and name in self.world.ratios:
                rows += self.world.rows(name, *found)
            elif len(terms) == 1:
                single[name] = found
            else:
                sums[terms] = found
        for row in rows:
            if row is False:
                return single, None
            if not isinstance(row, Within):
                continue
            name = row.terms[0][0]
            low, high = single.get(name) or state.limits(row.terms) if len(row.terms) == 1 else sums.get(row.terms, (None, None))
            new = (higher(low, row.low), lower(high, row.high))
            if beyond(*new):
                return single, None
            if len(row.terms) == 1:
                single[name] = new
            else:
                sums[row.terms] = new
        return single, sums
