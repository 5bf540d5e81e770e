"""What has been said of an account so far, and what that leaves open."""

from __future__ import annotations

from dataclasses import dataclass, field

from kam_rules.pipeline.analyse.formula import All, Among, Bound, Formula, Has, Literal, Some, Terms, Word
from kam_rules.pipeline.analyse.linear import Limits
from kam_rules.pipeline.analyse.world import World


@dataclass
class State:
    """What has been said so far of every sum, word and value."""

    world: World
    sums: dict[Terms, Limits] = field(default_factory=dict)
    inside: dict[str, frozenset[Word]] = field(default_factory=dict)
    outside: dict[str, frozenset[Word]] = field(default_factory=dict)
    known: dict[str, bool] = field(default_factory=dict)
    joint: bool = False
    """Whether sums of several numbers changed since they were last held against one another."""

    def copy(self) -> State:
        """Return another that can be told more."""
        return State(self.world, dict(self.sums), dict(self.inside), dict(self.outside), dict(self.known), self.joint)

    def told(self, part: Formula) -> bool | None:
        """Tell whether the state settles a formula; of one with several parts, whether it rules one out."""
        if isinstance(part, All):
            told = [self.told(item) for item in part.parts]
            return False if False in told else True if all(told) else None
        if isinstance(part, Some):
            told = [self.told(item) for item in part.parts]
            return True if True in told else None if None in told else False
        if isinstance(part, bool):
            return part
        return self.literal(part)

    def literal(self, part: Literal) -> bool | None:
        """Tell whether what was said settles a literal."""
        if isinstance(part, Has):
            known = self.known.get(part.name)
            return None if known is None else known is part.known
        if isinstance(part, Among):
            return self.word(part)
        if any(self.known.get(name) is False for name, _ in part.terms):
            return False
        low, high = self.limits(part.terms)
        if beyond(part.low, high) or beyond(low, part.high):
            return False
        sure = all(self.known.get(name) or name not in self.world.optional for name, _ in part.terms)
        above = part.low is None or (low is not None and low >= part.low)
        below = part.high is None or (high is not None and high <= part.high)
        return True if sure and above and below else None

    def word(self, part: Among) -> bool | None:
        """Tell whether what was said settles what is asked of a word."""
        if self.known.get(part.name) is False:
            return False
        open_, words = self.left(part.name)
        fits = None if open_ else words & part.words if part.inside else words - part.words
        if fits is not None and not fits:
            return False
        if open_ and part.inside and not part.words - words:
            return False
        sure = self.known.get(part.name) or part.name not in self.world.optional
        return True if sure and fits is not None and fits == words else None

    def left(self, name: str) -> tuple[bool, frozenset[Word]]:
        """Return the words that are left; or, where any text can stand, True and those ruled out."""
        inside, outside = self.inside.get(name), self.outside.get(name, frozenset())
        values = self.world.words.get(name)
        if inside is None and values is None:
            return True, outside
        return False, (frozenset(values or ()) if inside is None else inside) - outside

    def limits(self, terms: Terms) -> Limits:
        """Return the limits of a sum."""
        found = self.sums.get(terms)
        if found is not None:
            return found
        if len(terms) == 1:
            number = self.world.numbers[terms[0][0]]
            return number.low, number.high
        return None, None

    def say(self, part: Literal) -> bool:
        """Add a literal; False where it contradicts what was said."""
        if isinstance(part, Has):
            return self.known.setdefault(part.name, part.known) is part.known
        if isinstance(part, Among):
            return self._say_word(part)
        for name, _ in part.terms:
            if name in self.world.optional and not self.known.setdefault(name, True):
                return False
        low, high = self.limits(part.terms)
        new = (higher(low, part.low), lower(high, part.high))
        if beyond(*new):
            return False
        self.joint = self.joint or new != (low, high)
        self.sums[part.terms] = new
        return True

    def _say_word(self, part: Among) -> bool:
        if part.name in self.world.optional and not self.known.setdefault(part.name, True):
            return False
        if part.inside:
            open_, words = self.left(part.name)
            self.inside[part.name] = part.words - words if open_ else part.words & words
            return bool(self.inside[part.name])
        self.outside[part.name] = self.outside.get(part.name, frozenset()) | part.words
        open_, words = self.left(part.name)
        return open_ or bool(words)

    def chosen(self, name: str) -> Word:
        """Return a word of those that are left."""
        open_, words = self.left(name)
        if not open_:
            values = self.world.words.get(name)
            return next((word for word in values or () if word in words), None) or min(words, key=str)
        return next(f"other{'' if i == 0 else i}" for i in range(len(words) + 1) if f"other{'' if i == 0 else i}" not in words)


def beyond(low: Bound, high: Bound) -> bool:
    """Tell whether one end lies beyond the other."""
    return low is not None and high is not None and low > high


def higher(a: Bound, b: Bound) -> Bound:
    """Return the higher of two lower ends; None is no end."""
    return b if a is None else a if b is None else max(a, b)


def lower(a: Bound, b: Bound) -> Bound:
    """Return the lower of two upper ends; None is no end."""
    return b if a is None else a if b is None else min(a, b)
