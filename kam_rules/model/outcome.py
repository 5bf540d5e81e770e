"""What an engine returns: per list the deciding rule and what was unknown, as integer codes, and the figures that are kept.

Engines are compared on exactly this. In a table each account is a row: the words `STAGE.0`, `STAGE.1` and so on are
whole numbers of which every list has some bits (see `Layout`), and each kept figure is a whole number of its smallest
unit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction

from kam_rules.model.program import Hit, RuleList, Stage
from kam_rules.model.tree import Value
from kam_rules.model.types import Type

WORD = 63
"""Bits of a word; with the sign bit left alone it is a whole number of 64 bits that every reader of Parquet knows."""
NONE = -1
EPOCH = dt.date(1970, 1, 1)

Stored = int | str | bool | dt.date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one list for one account; masks have bit i for rule i."""

    rule: int | None = None
    true: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one stage for one account."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    figures: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where part of a list's outcome stands: `bits` bits of a word, from bit `shift` up.

    `kind` is rule (the deciding rule's number counted from 1, 0 where none decides), true or unknown (a mask of which
    these bits begin with rule `first`).
    """

    list: str
    kind: str
    first: int
    word: str
    shift: int
    bits: int


class Layout:
    """Which bits of which word hold the outcome of each list of some stages."""

    def __init__(self, *stages: Stage) -> None:
        """Lay out the lists of the stages in order, without a gap."""
        self.slots: dict[tuple[str, str], tuple[Slot, ...]] = {}
        self.words: dict[str, None] = {}
        for stage in stages:
            self._free, self._count = 0, 0
            for found in stage.lists:
                for kind in _kinds(found):
                    self.slots[found.id, kind] = tuple(self._take(stage, found, kind))

    def _take(self, stage: Stage, found: RuleList, kind: str) -> Iterator[Slot]:
        """Take bits for one part: the number of a rule in one piece, a mask in as many as it needs."""
        wanted = len(found.rules).bit_length() if kind == "rule" else len(found.rules)
        first = 0
        while first < wanted:
            if self._free < (wanted if kind == "rule" else 1):
                self._free, self._count = WORD, self._count + 1
            word = f"{stage.name}.{self._count - 1}"
            self.words[word] = None
            bits = min(wanted - first, self._free)
            yield Slot(found.id, kind, first, word, WORD - self._free, bits)
            self._free, first = self._free - bits, first + bits

    def encode(self, verdicts: Mapping[str, Verdict]) -> dict[str, int]:
        """Return the words of one account's outcome."""
        words = dict.fromkeys(self.words, 0)
        for (id_, kind), slots in self.slots.items():
            verdict = verdicts[id_]
            whole = {"rule": 0 if verdict.rule is None else verdict.rule + 1, "true": verdict.true, "unknown": verdict.unknown}[kind]
            for slot in slots:
                words[slot.word] |= (whole >> slot.first & (1 << slot.bits) - 1) << slot.shift
        return words

    def verdict(self, row: Mapping[str, Stored], id_: str) -> Verdict:
        """Return one list's outcome from the words of a row."""
        rule = self._part(row, id_, "rule")
        return Verdict(rule - 1 if rule else None, self._part(row, id_, "true"), self._part(row, id_, "unknown"))

    def _part(self, row: Mapping[str, Stored], id_: str, kind: str) -> int:
        slots = self.slots.get((id_, kind), ())
        words = {slot: row[slot.word] for slot in slots}
        return sum((word >> s.shift & (1 << s.bits) - 1) << s.first for s, word in words.items() if isinstance(word, int))

    def described(self) -> list[dict[str, object]]:
        """Return the layout as data, for whoever reads the words without this program."""
        return [asdict(slot) for slots in self.slots.values() for slot in slots]


def _kinds(found: RuleList) -> tuple[str, str]:
    return ("true", "unknown") if found.hit is Hit.COLLECT else ("rule", "unknown")


def store(value: Value, places: int) -> Stored:
    """Return a value as a table keeps it: numbers as whole numbers of the smallest unit.

    Raises:
        ValueError: the number has more than `places` decimals.
    """
    if not isinstance(value, Fraction):
        return value
    scaled = value * 10**places
    if scaled.denominator != 1:
        message = f"{value} does not fit {places} decimals"
        raise ValueError(message)
    return int(scaled)


def restore(value: Stored, type_: Type, places: int) -> Value:
    """Return a stored value in the unit of its field."""
    return Fraction(value, 10**places) if type_.numeric and isinstance(value, int) else value  # type: ignore[return-value]


def flatten(stage: Stage, layout: Layout, outcome: Outcome) -> dict[str, Stored]:
    """Return the outcome as one row of the table."""
    return {**layout.encode(outcome.verdicts), **{f.name: store(outcome.figures[f.name], f.places or 0) for f in stage.kept}}
