"""How each method of setting quota falls on the books of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.pipeline.books import BookSum
from kam_rules.pipeline.fairness import Evenness, attainability, correlation, evenness

COMMITTED, TOTAL = "committed", "total"


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what each book can attain under it, how evenly, and whether that follows the book's potential or size.

    `attained` has an entry for each book, None where the method asks nothing of it.
    """

    name: str
    attained: tuple[Fraction | None, ...]
    evenness: Evenness
    with_potential: Fraction | str
    with_size: Fraction | str


def methods(books: Sequence[BookSum], baselines: Sequence[str], supplements: Mapping[str, int]) -> tuple[Method, ...]:
    """Return the policy's own targets, every baseline, and the total quota where a supplement was spread.

    Args:
        books: one a holder.
        baselines: the names of the baselines.
        supplements: what the ladder adds to a book, by holder.
    """
    found = [_method(COMMITTED, books, [attainability(book.supports, book.committed) for book in books])]
    for name in baselines:
        asked = [book.baselines[name] for book in books]
        found.append(_method(name, books, [attainability(one.supports, one.amount) for one in asked]))
    if any(supplements.values()):
        quotas = [book.committed + supplements.get(book.id, 0) for book in books]
        total = [attainability(book.supports, quota) for book, quota in zip(books, quotas, strict=True)]
        found.append(_method(TOTAL, books, total))
    return tuple(found)


def _method(name: str, books: Sequence[BookSum], attained: list[Fraction | None]) -> Method:
    both = [(value, book) for value, book in zip(attained, books, strict=True) if value is not None and book.par is not None]
    values = [value for value, _ in both]
    pars = [book.par or Fraction(0) for _, book in both]
    sizes = [Fraction(book.base) for _, book in both]
    return Method(name, tuple(attained), evenness(values), correlation(values, pars), correlation(values, sizes))
