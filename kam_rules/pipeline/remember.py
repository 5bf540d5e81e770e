"""A run as rows of history: what was decided of each account, added to the file that later runs read, never over it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from kam_rules.model.errors import DataError, Finding, UsageError, Where
from kam_rules.model.run import Run
from kam_rules.pipeline.final import put
from kam_rules.pipeline.save import save
from kam_rules.pipeline.tables import MOST
from kam_rules.pipeline.tabulate import decimal
from kam_rules.tables import table

COLUMNS = tuple(field.name for field in table("history").FIELDS)
FILLED_IN = ("needs", "resources_in_place", "outcome")
"""Columns that a person fills in at the review."""


def rows_of(run: Run) -> pl.DataFrame:
    """Return one row an account, its columns named as `history` names them; what a person fills in is blank.

    Tier and state are those after overrides: what people decided is what an account holds at the next review.
    """
    day, program = run.ready.effective_on, run.ready.program
    changes = program.seating.changes is not None
    since = pl.col("since") if changes else pl.when(pl.col("tier").is_not_null()).then(pl.lit(day))
    below = (pl.col("below_for") > 0) if changes else pl.lit(None, pl.Boolean)
    found = run.table.lazy().select(
        "account_id",
        pl.lit(day).cast(pl.String).alias("review"),
        pl.col("tier").cast(pl.String),
        since.cast(pl.String).alias("since"),
        pl.col("state").cast(pl.String),
        decimal("score", program.round).cast(pl.String).alias("score"),
        below.cast(pl.String).alias("below"),
        *(pl.lit(None, pl.String).alias(name) for name in FILLED_IN),
    )
    overridden = run.overridden.effects if run.overridden is not None else {}
    moved = [account for account, change in overridden.items() if change.before["tier"] != change.after["tier"]]
    since_now = pl.when(pl.col("account_id").is_in(moved)).then(pl.lit(day).cast(pl.String)).otherwise("since")
    return put(found.collect(), run.overridden).with_columns(since_now.alias("since"))


def remember(run: Run, path: Path) -> int:
    """Add the rows of a run to a history file, which is made where there is none; return how many were added.

    A row that stands there already is not added again, whatever a person has filled in beside it.

    Raises:
        UsageError: KR572 the file has other columns, KR502 it cannot be written.
        DataError: KR473 the file holds another decision of the same account and day; nothing is added.
    """
    old = _read(path)
    known = {(row["account_id"], row["review"]): row for row in old}
    new, faults = [], []
    for row in rows_of(run).iter_rows(named=True):
        told = {name: value or "" for name, value in row.items()}
        found = known.get((told["account_id"], told["review"]))
        if found is None:
            new.append(told)
        elif _differs(found, told):
            faults.append(_fault(path, found, told))
    if faults:
        raise DataError(faults[:MOST])
    if new:
        save(path, _written([*old, *new]), replacing=path.exists())
    return len(new)


def _read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            message = f"this file has other columns than a history: {', '.join(reader.fieldnames or ())[:80] or 'none'}"
            raise UsageError(Finding("KR572", message, Where(str(path)), f"name another file; its columns are {', '.join(COLUMNS)}"))
        return [{name: row[name] or "" for name in COLUMNS} for row in reader]


def _differs(found: Mapping[str, str], told: Mapping[str, str]) -> bool:
    return any(found[name] != told[name] for name in COLUMNS if name not in FILLED_IN)


def _fault(path: Path, found: Mapping[str, str], told: Mapping[str, str]) -> Finding:
    unlike = [f"{name} {found[name] or 'blank'}, not {told[name] or 'blank'}" for name in COLUMNS if found[name] != told[name]]
    message = f"{told['account_id']} has a review of {told['review']} already: {'; '.join(u for u in unlike)}"
    return Finding("KR473", message, Where(str(path)), "history is never overwritten; decide for another day, or keep what stands there")


def _written(rows: list[dict[str, str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
