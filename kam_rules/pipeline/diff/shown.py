"""The account that shows a change: looked for among those at hand, stripped of what is not needed, with both answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kam_rules.feel.printer import value as said
from kam_rules.model.amounts import percent
from kam_rules.model.tree import Value
from kam_rules.model.trial import Attempt
from kam_rules.model.types import Type
from kam_rules.pipeline.diff.sides import Pair, Side, Sides
from kam_rules.pipeline.diff.subjects import Subject

DECIDES = {
    "gates": ("qualified",), "criteria": ("tier",), "scoring": ("tier",), "tiers": ("tier",), "states": ("state",),
    "targets": ("target_nrr",), "metrics": ("tier", "state"),
}  # fmt: skip
"""What of an account a change in a section is there to decide."""


class Kind(StrEnum):
    """How a change was settled."""

    WITNESS = "witness"
    SAME = "same"
    WORDS = "words"
    BOOK = "book"
    STATED = "stated"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Settled:
    """A change and what came of it: the account that shows it, each value by field, with both answers and both outcomes."""

    subject: Subject
    kind: Kind
    why: str
    account: tuple[tuple[str, str], ...] = ()
    answers: tuple[str, str] = ("", "")
    outcomes: tuple[str, str] = ("", "")

    @property
    def material(self) -> bool:
        """Whether it wants every signature again: all does that can change what is decided, paid or promised."""
        return self.kind not in {Kind.SAME, Kind.WORDS}


Answer = Callable[[Side, Attempt], object]


def shown(found: Sides, subject: Subject, answer: Answer) -> Settled | None:
    """Return an account that each policy answers otherwise, if there is one at hand."""

    def differs(pair: Pair) -> bool:
        first, second = (answer(side, attempt) for side, attempt in zip(found.both, pair, strict=True))
        return first != second

    return witness(found, subject, differs, answer, ())


def witness(found: Sides, subject: Subject, differs: Callable[[Pair], bool], answer: Answer, more: Iterable[Pair]) -> Settled | None:
    """Return an account that shows a change, if there is one at hand: best one that is decided otherwise by it, and by little else."""
    shown_by = [pair for pair in (*more, *found.pairs) if found.fits({**pair[0].given, **pair[1].given}) and differs(pair)]
    if not shown_by:
        return None
    decides = DECIDES.get(subject.name.partition(".")[0], ())

    def rank(pair: Pair) -> tuple[bool, int, int]:
        given = [answer(side, attempt) for side, attempt in zip(found.both, pair, strict=True)]
        differs_too = not decides or any(pair[0].facts.get(name) != pair[1].facts.get(name) for name in decides)
        return differs_too, -sum(one in {None, "open"} for one in given), -_apart(pair)

    best = max(shown_by, key=rank)
    pair = found.least({**best[0].given, **best[1].given}, lambda p: differs(p) and rank(p) >= rank(best))
    answers = tuple(_text(answer(side, attempt)) for side, attempt in zip(found.both, pair, strict=True))
    why = (
        "this account is decided otherwise"
        if rank(pair)[0]
        else "this account is answered otherwise, though nothing else of it rests on that"
    )
    outcomes = (_outcome(pair[0]), _outcome(pair[1]))
    return Settled(subject, Kind.WITNESS, why, tuple(_values(found, pair)), (answers[0], answers[1]), outcomes)


def _apart(pair: Pair) -> int:
    """Count in how many ways an account is decided otherwise: the fewer, the plainer it shows one change."""
    return sum(pair[0].facts.get(name) != pair[1].facts.get(name) for name in ("qualified", "score", "tier", "state", "target_nrr"))


def not_settled(subject: Subject) -> Settled:
    """Say that neither an account nor a proof was found."""
    why = "no account was found that shows it, and none was proved impossible; kam-rules impact tells on a book"
    return Settled(subject, Kind.OPEN, why)


def _outcome(attempt: Attempt) -> str:
    found = attempt.found
    target = found["target"]
    triggers = found["triggers"]
    fires = f", fires {' '.join(triggers)}" if isinstance(triggers, tuple) and triggers else ""
    return f"{found['tier'] or 'undecided'}, {found['state'] or 'undecided'}, target {ratio(target)}{fires}"


def _values(found: Sides, pair: Pair) -> Iterator[tuple[str, str]]:
    given: dict[str, Value] = {**pair[0].given, **pair[1].given}
    types = {f.name: f.type for side in found.both for f in side.program.fields}
    minor = found.new.program.minor
    yield from ((name, said(value, types[name], minor=minor)) for name, value in given.items() if value is not None)


def ratio(value: object) -> str:
    """Write a percent, or that there is none."""
    return percent(value) if isinstance(value, Fraction) else "none"


def _text(answer: object) -> str:
    if isinstance(answer, Fraction):
        return said(answer, Type.NUMBER)
    if isinstance(answer, tuple):
        return " ".join(map(str, answer)) or "none"
    return "none" if answer is None else str(answer)
