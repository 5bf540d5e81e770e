"""Readers of sources: one file each, named for the ending of the files it reads. A reader returns text, no meaning."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol

from kam_rules.model.book import Layout, Raw
from kam_rules.model.catalogue import words_of
from kam_rules.model.errors import DataError, Finding, Where


class Reader(Protocol):
    """Reads one kind of file."""

    def read(self, path: Path, shown: str, wanted: Collection[str], layout: Layout = ...) -> Iterator[Raw]:
        """Return the rows of the file, part by part: at least one part, of the columns wanted.

        What `layout` does not say of how the file lies is found, and told in the first part.

        Raises:
            DataError: KR401 it cannot be opened, KR402 it cannot be read as this kind, KR403 it holds no rows,
                KR405 two columns share a name, KR409 its encoding changes, KR410 it names no columns.
        """


def read_whole(path: Path, shown: str, where: Where | None, wanted: Collection[str], layout: Layout = Layout()) -> Raw:  # noqa: B008 - frozen
    """Return a file that is small enough to be held at once, such as a table of reps; see `Reader`."""
    import polars as pl

    parts = list(reader(path, shown, where).read(path, shown, wanted, layout))
    faults = tuple(fault for part in parts for fault in part.faults)
    aside = [part.aside for part in parts if part.aside is not None]
    beside = pl.concat(aside, how="diagonal") if aside else None
    return Raw(pl.concat(part.table for part in parts), faults, beside, parts[0].names, 0, parts[0].told)


def readers() -> tuple[str, ...]:
    """Return the endings that can be read."""
    return words_of(__path__)


def reader(path: Path, shown: str, where: Where | None) -> Reader:
    """Return the reader for a file, by its ending.

    Raises:
        DataError: KR401 it is a folder, KR402 nothing reads files with this ending.
    """
    ending = path.suffix.removeprefix(".").lower()
    if path.is_dir():
        raise DataError(Finding("KR401", f"this is a folder: {shown}", where, "name the file in it"))
    if ending not in readers():
        fix = f"save it as {' or '.join('.' + word for word in readers())}"
        raise DataError(Finding("KR402", f"cannot read files that end in '.{ending}': {shown}", where, fix))
    return import_module(f"{__name__}.{ending}_" if ending == "csv" else f"{__name__}.{ending}")
