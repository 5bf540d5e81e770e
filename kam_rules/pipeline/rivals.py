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
from kam_rules.model.program import Program
from kam_rules.model.tree import Value
from kam_rules.pipeline.decide import close_of, seats, standing
from kam_rules.pipeline.seat import LEAST, Close

Ranked = Mapping[str, Any]
"""What the first stage gives an account: its words, `qualified` and `score`, as a table keeps them."""


@dataclass
class Rivals:
    """All accounts of a run, one of them (`row`) free to stand elsewhere.

    Attributes:
        book: what seating looks at; its scores are even places among the distinct scores of the others.
        scores: those scores, rising; a missing one is `LEAST`.
        at: for each place, the rows of the others there.
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

    def tier(self, ranked: Ranked, place: int, facts: Mapping[str, Value], name: str, *, free: bool = False) -> str | None:
        """Return the tier in which the account comes to sit.

        Args:
            ranked: what the first stage gives it.
            place: where it stands by its score.
            facts: its values and figures, by which it is ranked on a tie.
            name: the field that is changed.
            free: whether the share limit is left out, as seating does in its first walk.
        """
        ties = [tie for seats_ in self.program.seating.tiers for tie, _ in seats_.tie_break] if place in self.at else []
        past = name if name in NAMES else None
        words = tuple(value for key, value in ranked.items() if key != "score")
        key = (free, place, words, *(facts.get(tie) for tie in ties), past and facts[past])
        if key not in self.known:
            self.known[key] = self._seated(ranked, place, facts, past, free=free)
        return self.known[key]

    def _seated(self, ranked: Ranked, place: int, facts: Mapping[str, Value], past: str | None, *, free: bool) -> str | None:
        accounts = self.changed(past, facts[past]) if past else self.accounts
        record = pl.DataFrame([ranked], schema={column: self.record.schema[column] for column in ranked})
        own = standing(self.program, whole(accounts[self.row : self.row + 1]), whole(record))
        own = own.with_columns(score=pl.lit(place, pl.Int64)).select(self.book.columns)
        book = pl.concat([self.book[: self.row], own, self.book[self.row + 1 :]])

        def value(row: int, tie: str) -> Value:
            return facts.get(tie) if row == self.row else self.close.value(row, tie)

        seating = replace(self.program.seating, at_most=None) if free else self.program.seating
        program = replace(self.program, seating=seating)
        tier: str | None = seats(program, book, whole(accounts), Close(self._ids, value))["tier"].cast(pl.String)[self.row]
        return tier

    def _ids(self, rows: Sequence[int]) -> list[str]:
        ids: list[str] = self.accounts["account_id"].gather(list(rows)).to_list()
        return ids

    def alike(self, ranked: Ranked, low: int, high: int, name: str) -> bool:
        """Tell whether the account sits in one tier, wherever it stands from one place to another, ties broken for it or against.

        With the conditions as they are, each walk over the tiers seats it down to some place and no further; while it stays
        out, all others sit the same, and while it is in, too. So the same tier at both ends of the first walk gives the same
        share limit all along, and the same tier at both ends of the second the same seat. Incumbents and groups are not
        walked so simply; of them nothing is told.
        """
        if self.program.seating.changes is not None or self.program.seating.inherit:
            return False
        ends = (low - 1 if low in self.at else low, high + 1 if high in self.at else high)
        walks = (True, False) if self.program.seating.at_most is not None else (False,)
        return all(len({self.tier(ranked, end, {}, name, free=free) for end in ends}) == 1 for free in walks)
