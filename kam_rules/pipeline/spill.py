"""Where the tables of a run wait until it is written: in memory while they are small, else in files."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from kam_rules.model.parts import Parts

QUICK = 1
"""The compression that takes two thirds of the usual one's time, for files of the same size."""


class Spill:
    """Keeps tables part by part."""

    def __init__(self, above: Path | None = None) -> None:
        """Start empty; files go into a temporary folder in `above`, by default where the system keeps such."""
        self._above = above
        self._folder: Path | None = None
        self._cleaner: Callable[[], object] = lambda: None
        self._items: dict[str, list[pl.DataFrame | Path]] = {}
        self._sizes: dict[str, list[int]] = {}
        self._notes: dict[str, Mapping[str, str]] = {}

    def note(self, name: str, notes: Mapping[str, str]) -> None:
        """Let these notes stand in the footer of every file of a table."""
        self._notes[name] = notes

    def to_files(self) -> None:
        """Keep every part in a file, those of before too: the tables are too large for memory.

        Raises:
            OSError: the disk is full, or not to be written.
        """
        if self._folder is not None:
            return
        self._folder = Path(tempfile.mkdtemp(prefix=".kam-rules-", dir=self._above))
        self._cleaner = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        before, self._items, self._sizes = self._items, {}, {}
        for name, parts in before.items():
            for part in parts:
                assert isinstance(part, pl.DataFrame)
                self.keep(name, part)

    def close(self) -> None:
        """Take the files away at once; else they go when nothing reads them any more."""
        self._cleaner()

    def keep(self, name: str, part: pl.DataFrame) -> None:
        """Add a part to a table.

        Raises:
            OSError: the disk is full, or not to be written.
        """
        items = self._items.setdefault(name, [])
        self._sizes.setdefault(name, []).append(part.height)
        if self._folder is None:
            items.append(part)
            return
        path = self._folder / f"{name}.{len(items):05}.parquet"
        write_parquet(part, path, self._notes.get(name))
        items.append(path)

    def kept(self, name: str) -> Parts:
        """Return a table; its files live as long as it is used."""
        return Parts(tuple(self._items[name]), tuple(self._sizes[name]), self)

    def share(self, name: str, number: int, other: str) -> None:
        """Add a part of one table to another as it is; a file serves both."""
        self._items.setdefault(other, []).append(self._items[name][number])
        self._sizes.setdefault(other, []).append(self._sizes[name][number])

    def drop(self, name: str) -> None:
        """Forget a table, and its files where no other has a share in them."""
        items = self._items.pop(name, [])
        still = {item for others in self._items.values() for item in others if isinstance(item, Path)}
        for item in items:
            if isinstance(item, Path) and item not in still:
                item.unlink()
        self._sizes.pop(name, None)


def write_parquet(table: pl.DataFrame, path: Path, notes: Mapping[str, str] | None = None) -> None:
    """Write a Parquet file; `notes` stand in its footer.

    Raises:
        OSError: the disk is full, or not to be written.
    """
    try:
        table.write_parquet(path, compression="zstd", compression_level=QUICK, metadata=dict(notes or {}))
    except pl.exceptions.PolarsError as error:  # how Polars tells a full disk
        raise OSError(str(error).splitlines()[0]) from error
