"""The seat of one account among all others, who stay as they are: an exact function of its own standing.

Only where the account stands among the others' scores matters, not the score itself; so one answer serves a whole gap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from kam_rules.model.outcome import store
from kam_rules.model.parts import whole
from kam_rules.model.past import NAMES
from kam_rules.model.program import HIGHER, Program, Seating
from kam_rules.model.tree import Value
from kam_rules.pipeline.decide import close_of, seats, standing
from kam_rules.pipeline.seat import LEAST, Close
from kam_rules.pipeline.slopes import Sure

Ranked = Mapping[str, Any]
"""What the first stage gives an account: its words, `qualified` and `score`, as a table keeps them."""


@dataclass
class Rivals:
    """All accounts of a run, one of them (`row`) free to stand elsewhere.

    Attributes:
        book: what seating looks at; its scores are even places among the distinct scores of the others.
        scores: those scores, rising; a missing one is `LEAST`.
        at: for each place, the rows of the others there.
        known: seats found before, by all that they rest on; `stood` and `walks` keep what leads to them.
    """

    program: Program
    row: int
    accounts: pl.DataFrame
    record: pl.DataFrame
    book: pl.DataFrame
    scores: list[int]
    at: dict[int, list[int]]
    close: Close
    known: dict[tuple[Any, ...], str | None] = field(default_factory=dict)
    stood: dict[tuple[Any, ...], pl.DataFrame] = field(default_factory=dict)
    walks: dict[tuple[Any, ...], dict[int, tuple[str | None, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, program: Program, row: int, accounts: pl.DataFrame, record: pl.DataFrame) -> Rivals:
        """Rank the others once."""
        book = standing(program, whole(accounts), whole(record)) if len(program.stages) > 1 else record.select("score")
        found = [LEAST if score is None else score for score in book["score"].to_list()]
        scores = sorted({score for i, score in enumerate(found) if i != row})
        even = {score: 2 * i for i, score in enumerate(scores)}
        places = [even.get(score, -1) for score in found]
        at: dict[int, list[int]] = {}
        for i, place in enumerate(places):
            if i != row:
                at.setdefault(place, []).append(i)
        book = book.with_columns(score=pl.Series(places, dtype=pl.Int64))
        return cls(program, row, accounts, record, book, scores, at, close_of(program.stages[0], whole(accounts)))

    def place(self, score: int | None) -> int:
        """Return where a score stands: even where others have it, odd between two of theirs."""
        own = LEAST if score is None else score
        i = bisect_left(self.scores, own)
        return 2 * i if i < len(self.scores) and self.scores[i] == own else 2 * i - 1

    def others(self, place: int, name: str) -> list[Value]:
        """Return what breaks a tie, of every other account at a place."""
        return [self.close.value(row, name) for row in self.at.get(place, ())]

    def changed(self, name: str, value: Value) -> pl.DataFrame:
        """Return all accounts, one value of this one changed."""
        decimals = next(f.decimals for f in self.program.fields if f.name == name)
        new = pl.lit(store(value, decimals), self.accounts.schema[name])
        return self.accounts.with_columns(pl.when(pl.int_range(pl.len()) == self.row).then(new).otherwise(pl.col(name)).alias(name))

    def tier(self, ranked: Ranked, place: int, facts: Mapping[str, Value], name: str, seating: Seating | None = None) -> str | None:
        """Return the tier in which the account comes to sit.

        Args:
            ranked: what the first stage gives it.
            place: where it stands by its score.
            facts: its values and figures, by which it is ranked on a tie.
            name: the field that is changed.
            seating: how seats are given; by default as the policy says.
        """
        ties = [tie for seats_ in self.program.seating.tiers for tie, _ in seats_.tie_break] if place in self.at else []
        seating = seating or self.program.seating
        key = (seating, place, *self._key(ranked, facts, name), *(facts.get(tie) for tie in ties))
        if key not in self.known:
            self.known[key] = self._seated(ranked, place, facts, name, seating)
        return self.known[key]

    @staticmethod
    def _key(ranked: Ranked, facts: Mapping[str, Value], name: str) -> tuple[Any, ...]:
        """Return what the seat rests on beside the score and what breaks ties."""
        return (*(value for word, value in ranked.items() if word != "score"), name in NAMES and (name, facts[name]))

    def _seated(self, ranked: Ranked, place: int, facts: Mapping[str, Value], name: str, seating: Seating) -> str | None:
        own = self._own(ranked, facts, name).with_columns(score=pl.lit(place, pl.Int64))
        book = pl.concat([self.book[: self.row], own, self.book[self.row + 1 :]])

        def value(row: int, tie: str) -> Value:
            return facts.get(tie) if row == self.row else self.close.value(row, tie)

        program = replace(self.program, seating=seating)
        tier: str | None = seats(program, book, whole(self.accounts), Close(self._ids, value))["tier"].cast(pl.String)[self.row]
        return tier

    def _own(self, ranked: Ranked, facts: Mapping[str, Value], name: str) -> pl.DataFrame:
        """Return what seating looks at of the account."""
        key = self._key(ranked, facts, name)
        if key not in self.stood:
            accounts = self.changed(name, facts[name]) if name in NAMES else self.accounts
            record = pl.DataFrame([ranked], schema={column: self.record.schema[column] for column in ranked})
            self.stood[key] = standing(self.program, whole(accounts[self.row : self.row + 1]), whole(record)).select(self.book.columns)
        return self.stood[key]

    def _ids(self, rows: Sequence[int]) -> list[str]:
        ids: list[str] = self.accounts["account_id"].gather(list(rows)).to_list()
        return ids

    def alike(self, ranked: Ranked, low: int, high: int, facts: Mapping[str, Value], name: str) -> Sure | None:
        """Return the tier in which the account sits wherever it stands from one place to another, ties broken for it or against.

        With the conditions as they are, each walk over the tiers seats it down to some place and no further; while it stays
        out, all others sit the same, and while it is in, too. So the same tier at both ends of the first walk gives the same
        share limit all along, and the same tier at both ends of the second the same seat. Of incumbents who keep their place
        each leaves one seat less, wherever it ranks. Where members of a group may sit higher than its head, the walks are
        compared before any member takes over its head's tier.

        Returns:
            The tier, or None where it is not proved to be one and the same.
        """
        ends = (low - 1 if low in self.at else low, high + 1 if high in self.at else high)
        found = {self._walked(ranked, end, facts, name) for end in ends}
        return Sure(found.pop()[-1]) if len(found) == 1 else None

    def _walked(self, ranked: Ranked, place: int, facts: Mapping[str, Value], name: str) -> tuple[str | None, ...]:
        """Return the tier at the end of each walk, of a place that no other has; between two places alike nothing is walked."""
        given = self.program.seating
        seating = replace(given, inherit="") if given.inherit == HIGHER else given
        walks = dict.fromkeys((replace(seating, at_most=None), seating, given))
        known = self.walks.setdefault(self._key(ranked, facts, name), {})
        if place not in known:
            under, over = [at for at in known if at < place], [at for at in known if at > place]
            alike = under and over and known[max(under)] == known[min(over)]
            known[place] = known[max(under)] if alike else tuple(self.tier(ranked, place, facts, name, walk) for walk in walks)
        return known[place]
