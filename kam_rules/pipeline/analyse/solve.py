"""Is there an account that fits a set of formulas: one that does, a proof that none does, or "not known" past a bound.

A search over the choices that the formulas leave, with limits on every sum kept on the way and held against one
another by `linear`. A question costs at most `BRANCHES` choices, each polynomial in the size of the formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kam_rules.pipeline.analyse.formula import All, Among, Bound, Formula, Has, Literal, Some, Terms, Within, Word
from kam_rules.pipeline.analyse.linear import GivenUp, Limits, Problem, clamp
from kam_rules.pipeline.analyse.linear import solve as point
from kam_rules.pipeline.analyse.world import World

BRANCHES = 400
"""Choices of one question; past them it is given up."""
SCORE: Terms = (("score", 1),)
__all__ = ["BRANCHES", "SCORE", "GivenUp", "Model", "solve"]


@dataclass(frozen=True)
class Model:
    """An account that fits: what is fixed of it by name, a number in its units, and how far the score may lie."""

    numbers: Mapping[str, int]
    words: Mapping[str, Word]
    missing: frozenset[str]
    score: Limits = (None, None)


@dataclass
class _State:
    """What has been said so far of every sum, word and value."""

    sums: dict[Terms, Limits] = field(default_factory=dict)
    inside: dict[str, frozenset[Word]] = field(default_factory=dict)
    outside: dict[str, frozenset[Word]] = field(default_factory=dict)
    known: dict[str, bool] = field(default_factory=dict)
    joint: bool = False
    """Whether sums of several numbers changed since they were last held against one another."""

    def copy(self) -> _State:
        return _State(dict(self.sums), dict(self.inside), dict(self.outside), dict(self.known), self.joint)


def solve(world: World, formulas: Iterable[Formula], branches: int = BRANCHES) -> Model | None:
    """Return an account that fits all formulas, or None where there is none.

    Raises:
        GivenUp: neither was found within the bound.
    """
    return _Search(world, branches).run(tuple(formulas))


class _Search:
    def __init__(self, world: World, branches: int) -> None:
        self.world, self.left = world, branches

    def run(self, formulas: tuple[Formula, ...]) -> Model | None:
        agenda: list[tuple[_State, tuple[Formula, ...]]] = [(_State(), formulas)]
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

    def _settle(self, state: _State, todo: tuple[Formula, ...]) -> list[Some] | None:
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
            elif item is not True and not self._say(state, item):
                return None
            if not stack and choices:
                narrowed = [self._narrow(state, choice) for choice in choices]
                choices = [found for found in narrowed if isinstance(found, Some)]
                stack = [found for found in narrowed if not isinstance(found, Some) and found is not True]
        return choices

    def _narrow(self, state: _State, choice: Some) -> Formula:
        """Return what the state leaves of a choice."""
        parts: list[Formula] = []
        for part in choice.parts:
            told = self._told(state, part)
            if told is True:
                return True
            if told is not False:
                parts.append(part)
        if len(parts) == len(choice.parts):
            return choice
        return False if not parts else parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _told(self, state: _State, part: Formula) -> bool | None:
        """Tell whether the state settles a formula; of one with several parts, whether it rules one out."""
        if isinstance(part, All):
            told = [self._told(state, item) for item in part.parts]
            return False if False in told else True if all(told) else None
        if isinstance(part, Some):
            told = [self._told(state, item) for item in part.parts]
            return True if True in told else None if None in told else False
        if isinstance(part, bool):
            return part
        return self._literal(state, part)

    def _literal(self, state: _State, part: Literal) -> bool | None:
        if isinstance(part, Has):
            known = state.known.get(part.name)
            return None if known is None else known is part.known
        if isinstance(part, Among):
            return self._word(state, part)
        if any(state.known.get(name) is False for name, _ in part.terms):
            return False
        low, high = self._limits(state, part.terms)
        if _beyond(part.low, high) or _beyond(low, part.high):
            return False
        sure = all(state.known.get(name) or name not in self.world.optional for name, _ in part.terms)
        above = part.low is None or (low is not None and low >= part.low)
        below = part.high is None or (high is not None and high <= part.high)
        return True if sure and above and below else None

    def _word(self, state: _State, part: Among) -> bool | None:
        if state.known.get(part.name) is False:
            return False
        open_, words = self._words(state, part.name)
        fits = None if open_ else words & part.words if part.inside else words - part.words
        if fits is not None and not fits:
            return False
        if open_ and part.inside and not part.words - words:
            return False
        sure = state.known.get(part.name) or part.name not in self.world.optional
        return True if sure and fits is not None and fits == words else None

    def _words(self, state: _State, name: str) -> tuple[bool, frozenset[Word]]:
        """Return the words that are left; or, where any text can stand, True and those ruled out."""
        inside, outside = state.inside.get(name), state.outside.get(name, frozenset())
        values = self.world.words.get(name)
        if inside is None and values is None:
            return True, outside
        return False, (frozenset(values or ()) if inside is None else inside) - outside

    def _limits(self, state: _State, terms: Terms) -> Limits:
        found = state.sums.get(terms)
        if found is not None:
            return found
        if len(terms) == 1:
            number = self.world.numbers[terms[0][0]]
            return number.low, number.high
        return None, None

    def _say(self, state: _State, part: Literal) -> bool:
        """Add a literal; False where it contradicts what was said."""
        if isinstance(part, Has):
            return state.known.setdefault(part.name, part.known) is part.known
        if isinstance(part, Among):
            return self._say_word(state, part)
        for name, _ in part.terms:
            if name in self.world.optional and not state.known.setdefault(name, True):
                return False
        low, high = self._limits(state, part.terms)
        new = (_higher(low, part.low), _lower(high, part.high))
        if _beyond(*new):
            return False
        state.joint = state.joint or new != (low, high)
        state.sums[part.terms] = new
        return True

    def _say_word(self, state: _State, part: Among) -> bool:
        if part.name in self.world.optional and not state.known.setdefault(part.name, True):
            return False
        if part.inside:
            open_, words = self._words(state, part.name)
            state.inside[part.name] = part.words - words if open_ else part.words & words
            return bool(state.inside[part.name])
        state.outside[part.name] = state.outside.get(part.name, frozenset()) | part.words
        open_, words = self._words(state, part.name)
        return open_ or bool(words)

    def _model(self, state: _State) -> Model | None:
        """Return an account that fits what was said, its numbers moved no further than they must be; None where none fits."""
        single, sums = self._rows(state)
        if sums is None:
            return None
        used = dict.fromkeys((*single, *(name for terms in sums for name, _ in terms)))
        limits = {name: single.get(name) or self._limits(state, ((name, 1),)) for name in used}
        wished = {name: self.world.numbers[name].wished for name in used}
        joint = {name: limits[name] for name in used if any(name == part for terms in sums for part, _ in terms)}
        found = point(Problem(joint, sums, wished)) if sums else {}
        if found is None:
            return None
        numbers = {name: found[name] if name in found else clamp(wished[name], *limits[name]) for name in used}
        words = {name: self._chosen(state, name) for name in dict.fromkeys((*state.inside, *state.outside))}
        absent = frozenset(name for name, known in state.known.items() if not known)
        return Model(numbers, words, absent, state.sums.get(SCORE, (None, None)))

    def _rows(self, state: _State) -> tuple[dict[str, Limits], dict[Terms, Limits] | None]:
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
            low, high = single.get(name) or self._limits(state, row.terms) if len(row.terms) == 1 else sums.get(row.terms, (None, None))
            new = (_higher(low, row.low), _lower(high, row.high))
            if _beyond(*new):
                return single, None
            if len(row.terms) == 1:
                single[name] = new
            else:
                sums[row.terms] = new
        return single, sums

    def _chosen(self, state: _State, name: str) -> Word:
        open_, words = self._words(state, name)
        if not open_:
            values = self.world.words.get(name)
            return next((word for word in values or () if word in words), None) or min(words, key=str)
        return next(f"other{'' if i == 0 else i}" for i in range(len(words) + 1) if f"other{'' if i == 0 else i}" not in words)


def _beyond(low: Bound, high: Bound) -> bool:
    return low is not None and high is not None and low > high


def _higher(a: Bound, b: Bound) -> Bound:
    return b if a is None else a if b is None else max(a, b)


def _lower(a: Bound, b: Bound) -> Bound:
    return b if a is None else a if b is None else min(a, b)
