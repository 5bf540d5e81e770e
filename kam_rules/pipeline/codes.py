"""Read the integer codes of an outcome table as columns: which rule decided, which rules were true or unknown."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kam_rules.model.outcome import Layout, Slot
from kam_rules.model.program import RuleList


def rule(layout: Layout, id_: str) -> pl.Expr:
    """Return the number of the deciding rule, counted from 0; -1 where none decides."""
    return number(layout, id_) - 1


def number(layout: Layout, id_: str) -> pl.Expr:
    """Return the number of the deciding rule, counted from 1; 0 where none decides."""
    (slot,) = layout.slots[id_, "rule"]
    own: pl.Expr = (pl.col(slot.word) & _mask(slot)) // 2**slot.shift
    return own


def bit(layout: Layout, id_: str, kind: str, rule_: int) -> pl.Expr:
    """Tell whether one rule was true, or unknown."""
    slot = next(s for s in layout.slots[id_, kind] if s.first <= rule_ < s.first + s.bits)
    return (pl.col(slot.word) & (1 << slot.shift + rule_ - slot.first)).ne(0)


def some(layout: Layout, id_: str, kind: str) -> pl.Expr:
    """Tell whether any rule of a list was true, or unknown."""
    return pl.any_horizontal(pl.col(s.word) & _mask(s) != 0 for s in layout.slots[id_, kind])


def first(layout: Layout, id_: str, kind: str) -> pl.Expr:
    """Return the number of the first rule that was true, or unknown; null where none was."""
    found: pl.Expr = pl.lit(None, pl.Int64)
    for slot in reversed(layout.slots[id_, kind]):
        part = pl.col(slot.word) & _mask(slot)
        lowest = part.bitwise_trailing_zeros().cast(pl.Int64) + (slot.first - slot.shift)
        found = pl.when(part != 0).then(lowest).otherwise(found)
    return found


def word(layout: Layout, rules: RuleList, kind: pl.Enum | None = None) -> pl.Expr:
    """Return the word that the deciding rule of a list gives, where every rule gives one."""
    words = [str(rule_.gives[0].value) for rule_ in rules.rules]  # type: ignore[union-attr]
    return pick(number(layout, rules.id), [None, *words], kind or pl.Enum(list(dict.fromkeys(words))))


def pick(index: pl.Expr, words: Sequence[str | None], kind: pl.Enum) -> pl.Expr:
    """Return the word at a place of a list."""
    return pl.lit(pl.Series(words, dtype=kind)).gather(index.cast(pl.UInt32))


def _mask(slot: Slot) -> int:
    return ((1 << slot.bits) - 1) << slot.shift
