"""A table in parts of whole rows, so that one larger than memory is never held at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts in order, at least one; each is a frame in memory or a Parquet file.

    `sizes` are their numbers of rows; `keeps` is what the files live by, such as a temporary folder.
    """

    items: tuple[pl.DataFrame | Path, ...]
    sizes: tuple[int, ...]
    keeps: object = None

    @property
    def height(self) -> int:
        """The number of rows."""
        return sum(self.sizes)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Return one part after another."""
        return map(_read, self.items)

    def part(self, number: int) -> Parts:
        """Return one part, read, as a table of its own."""
        return Parts((_read(self.items[number]),), (self.sizes[number],))

    def lazy(self) -> pl.LazyFrame:
        """Return the whole table to ask questions of; what is asked for is read, the rest is not."""
        import polars as pl

        paths = [item for item in self.items if isinstance(item, Path)]
        if paths:
            return pl.scan_parquet(paths, glob=False)
        return pl.concat([item for item in self.items if isinstance(item, pl.DataFrame)]).lazy()

    def lazy_part(self, number: int) -> pl.LazyFrame:
        """Return one part to ask questions of."""
        return Parts((self.items[number],), (self.sizes[number],)).lazy()

    def frame(self) -> pl.DataFrame:
        """Return the whole table, in memory."""
        return self.lazy().collect()

    def rows(self, numbers: Sequence[int]) -> pl.DataFrame:
        """Return some rows, by number over the whole table, in rising order."""
        import polars as pl

        found, start = list[pl.DataFrame](), 0
        wanted = pl.Series(sorted(numbers), dtype=pl.Int64)
        for item, size in zip(self.items, self.sizes, strict=True):
            here = wanted.filter(wanted.is_between(start, start + size - 1)) - start
            if len(here) or not found:
                found.append(_read(item)[here])
            start += size
        return pl.concat([part for part in found if part.height] or found[:1])


def _read(item: pl.DataFrame | Path) -> pl.DataFrame:
    import polars as pl

    return pl.read_parquet(item, glob=False) if isinstance(item, Path) else item


def whole(table: pl.DataFrame) -> Parts:
    """Return a table in memory as its only part."""
    return Parts((table,), (table.height,))
