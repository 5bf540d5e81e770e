"""From a model to an account: the values that make it, decided by the reference engine before anybody is told."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice, product

from kam_rules.backends.reference import evaluate, months, take
from kam_rules.feel.printer import say
from kam_rules.model.program import TIERS, Program
from kam_rules.model.tree import Const, Node, Read, Value, reads
from kam_rules.model.types import BUILT_IN
from kam_rules.pipeline.analyse.aim import Aim, ordered
from kam_rules.pipeline.analyse.formula import Among, Formula, every, names, some
from kam_rules.pipeline.analyse.linear import clamp
from kam_rules.pipeline.analyse.meaning import Meaning, TooComplex, Want
from kam_rules.pipeline.analyse.scores import Reach
from kam_rules.pipeline.analyse.solve import GivenUp, Model, solve
from kam_rules.pipeline.analyse.world import World
from kam_rules.pipeline.assemble import STATES

Facts = Mapping[str, Value]
TRIES = 120
"""Questions asked to bring an account to a score; past them none is given as an example."""


@dataclass(frozen=True)
class Examples:
    """Makes examples of accounts for one program."""

    program: Program
    meaning: Meaning
    reach: tuple[Reach, ...]
    named: Mapping[str, Const]

    @property
    def world(self) -> World:
        """What accounts can be."""
        return self.meaning.world

    @cached_property
    def ordinary(self) -> dict[str, Value]:
        """An account of which nothing is asked."""
        facts: dict[str, Value] = {name: const.value for name, const in self.named.items()}
        for name in ("as_of", *self.world.fields):
            number = self.world.numbers.get(name)
            values = () if number is not None else self.world.words[name]
            facts[name] = values[0] if values else "other"
            if number is not None:
                facts[name] = self.world.value(name, clamp(number.wished, number.low, number.high))
        return facts | dict.fromkeys(BUILT_IN) | {"account_id": "EXAMPLE"}

    def facts(self, model: Model) -> dict[str, Value]:
        """Return a whole account with the values of a model; what the model leaves open has an ordinary value."""
        facts = dict(self.ordinary)
        facts |= {name: self.world.value(name, units) for name, units in model.numbers.items() if name in facts}
        facts |= {name: word for name, word in model.words.items() if name in facts}
        facts |= {name: None for name in model.missing if name in facts}
        self._repair(facts, model)
        return facts

    def _repair(self, facts: dict[str, Value], model: Model) -> None:
        """Move a date so that completed months are what the model asks for."""
        for node in self.meaning.months:
            wanted = model.numbers.get(say(node))
            start, end = evaluate(node.start, facts), evaluate(node.end, facts)
            if wanted is None or not isinstance(start, dt.date) or not isinstance(end, dt.date) or months(start, end) == wanted:
                continue
            if isinstance(node.start, Read) and node.start.name in self.world.fields:
                facts[node.start.name] = later(end, -wanted)
            elif isinstance(node.end, Read) and node.end.name in self.world.fields:
                facts[node.end.name] = later(start, wanted)

    def given_facts(self, model: Model) -> dict[str, Value]:
        """Return the account with what earlier lists decide of it as the model says; figures are worked out when read."""
        facts = self.facts(model)
        for name in ("tier", "state"):
            values = self.world.words[name] or ()
            facts[name] = None if name in model.missing else model.words.get(name, values[0])
        for name in ("score", "coverage"):
            units = model.numbers.get(name, self.world.numbers[name].wished)
            facts[name] = None if name in model.missing else self.world.value(name, units)
        for name in self.meaning.loose:
            facts.pop(name, None)
        return facts

    def around(self, model: Model) -> Iterator[dict[str, Value]]:
        """Walk the account of a model and, where terms stand as numbers of their own, others with their fields moved."""
        yield self.given_facts(model)
        read = dict.fromkeys(name for node in self.meaning.loose.values() for name in self._fields(node))
        free = [name for name in read if name in self.world.numbers and name not in model.missing]
        choices = [tuple(self._tried(name)) for name in free]
        for units in islice(product(*choices), TRIES):
            yield self.given_facts(replace(model, numbers={**model.numbers, **dict(zip(free, units, strict=True))}))

    def _fields(self, node: Node) -> Iterator[str]:
        for name in reads(node):
            if name in self.world.figures:
                yield from self._fields(self.world.figures[name])
            elif name in self.world.fields:
                yield name

    def _tried(self, name: str) -> dict[int, None]:
        number = self.world.numbers[name]
        wanted = (number.wished, 0, 10**number.places, number.low or 0, number.high or 0, 1, -(10**number.places))
        return dict.fromkeys(clamp(units, number.low, number.high) for units in wanted)

    def decided(self, facts: Facts) -> Facts:
        """Return the account with everything that is decided of it by itself; its tier is the one it is eligible for."""
        found = dict(facts)
        take(self.program.ranking, found)
        take(self.program.assigning, found)
        return found

    def given(self, facts: Facts, model: Model) -> Facts:
        """Return the account as an assigning rule sees it, with the tier and the score that the model asks for."""
        found = dict(facts)
        take(self.program.ranking, found)
        if "tier" in model.words or "tier" in model.missing:
            found["tier"] = model.words.get("tier")
        if "score" in model.numbers:
            found["score"] = self.world.value("score", model.numbers["score"])
        take(self.program.assigning, found)
        return found

    def plain(self, formulas: Iterable[Formula], test: Callable[[Facts], bool]) -> Facts | None:
        """Return an account that fits the formulas and passes the test, where neither asks what lists decide."""
        try:
            model = solve(self.world, formulas)
        except GivenUp:
            return None
        facts = None if model is None else self.facts(model)
        return facts if facts is not None and test(facts) else None

    def find(self, formulas: Iterable[Formula], test: Callable[[Facts], bool], *, assigning: bool) -> Facts | None:
        """Return a decided account that fits the formulas and passes the test; None where none was found.

        Found is one whose own tier, state and score fit, or else, for rules of the assigning stage, one whose tier is given.
        """
        wanted = tuple(formulas)
        for tied in (self._tied(wanted), wanted):
            try:
                model = solve(self.world, tied)
            except (GivenUp, TooComplex):
                continue
            if model is None:
                continue
            for candidate in self._candidates(tied, model):
                facts = self.decided(self.facts(candidate))
                if test(facts):
                    return facts
            if assigning:
                facts = self.given(self.facts(model), model)
                if test(facts):
                    return facts
        return None

    def _candidates(self, formulas: tuple[Formula, ...], model: Model) -> Iterator[Model]:
        if model.score == (None, None):
            yield model
        else:
            yield from self._scored(formulas, model)

    # --- Words that lists decide ---------------------------------------------------------------------------------------

    def _tied(self, formulas: tuple[Formula, ...]) -> tuple[Formula, ...]:
        """Return the formulas with what makes the state and the tier what they ask for."""
        found = list(formulas)
        for name, list_id in (("state", STATES), ("tier", TIERS)):
            asked = any(name == part for formula in found for part in names(formula))
            if asked:
                try:
                    found.append(self.tie(name, list_id))
                except TooComplex:
                    continue
        return tuple(found)

    def tie(self, name: str, list_id: str) -> Formula:
        """Return what links a decided word to the rules that decide it.

        Raises:
            TooComplex: a rule has too many cases.
        """
        stage = self.program.ranking if list_id == TIERS else self.program.assigning
        above: list[Formula] = []
        parts: list[Formula] = []
        for rule in stage.list(list_id).rules:
            (word,) = rule.gives
            assert isinstance(word, Const)
            here = Among(name, frozenset({str(word.value)}), inside=True)
            parts.append(every((here, self.meaning.truth(rule.when, Want.TRUE), *above)))
            above.append(self.meaning.truth(rule.when, Want.FALSE))
        return some(parts)

    # --- Scores -------------------------------------------------------------------------------------------------------

    def _scored(self, formulas: tuple[Formula, ...], model: Model) -> Iterator[Model]:
        """Walk models whose criteria add up to a score within the limits of a model."""
        scale = 10**self.program.round
        half = Fraction(1, 2 * scale)
        low, high = model.score
        window = (
            Fraction(-1) if low is None else Fraction(low, scale) - half,
            Fraction(101) if high is None else Fraction(high, scale) + half,
        )
        lines = any(reach.criterion.line is not None for reach in self.reach)
        yield from Aim(self.meaning, window, TRIES, lines=lines).walk(ordered(self.reach), formulas, Fraction(0), Fraction(0))


def later(day: dt.date, by: int) -> dt.date:
    """Return the day some months later, or the last of its month."""
    year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
