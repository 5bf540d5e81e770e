"""Engines: each decides one stage of a program for every row of a table. They read no policy and write no report."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from kam_rules.model.catalogue import words_of
from kam_rules.model.errors import UnsupportedError
from kam_rules.model.progress import Progress, silent

if TYPE_CHECKING:
    import polars as pl

    from kam_rules.model.program import Stage


class Backend(Protocol):
    """One engine."""

    def decide(self, stage: Stage, table: pl.DataFrame, progress: Progress) -> pl.DataFrame:
        """Decide the stage for every row.

        Args:
            stage: the steps to take.
            table: one row an account; a column for each of `stage.fields`, numbers as whole numbers of the field's
                smallest unit, missing as null.
            progress: called now and then with the number of rows decided since the last call.

        Returns:
            One row an account in the same order: the columns that `kam_rules.model.outcome` describes.

        Raises:
            UnsupportedError: the engine cannot carry this stage.
        """


def backends() -> tuple[str, ...]:
    """Return the names of the engines."""
    return words_of(__path__)


def backend(name: str) -> Backend:
    """Return the engine of that name; it is imported at first use."""
    engine: Backend = import_module(f"{__name__}.{name}").ENGINE
    return engine


def decide_any(stage: Stage, table: pl.DataFrame) -> pl.DataFrame:
    """Decide a stage by columns; what columns cannot carry, by the reference engine; see `Backend.decide`."""
    try:
        return backend("columnar").decide(stage, table, silent)
    except UnsupportedError:
        return backend("reference").decide(stage, table, silent)
