"""A run as rows of history: what was decided of each account, added to the file that later runs read, never over it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from kam_rules.formats._cells import plain, safe
from kam_rules.model.errors import DataError, Finding, UsageError, Where
from kam_rules.model.run import Run
from kam_rules.pipeline.final import put
from kam_rules.pipeline.save import save
from kam_rules.pipeline.tables import MOST
from kam_rules.pipeline.tabulate import decimal
from kam_rules.tables import table

COLUMNS = tuple(field.name for field in table("history").FIELDS)
ENDING = ".csv"
"""What a history's name ends in, so that the data file that names it later has it read as what it is."""
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


def remember(rows: Iterable[Mapping[str, str | None]], path: Path) -> int:
    """Add rows to a history file, which is made where there is none; return how many were added or filled in.

    A row that stands there already is not added again; what a person filled in is added to it where it is blank.

    Raises:
        UsageError: KR572 the name is no CSV file's or the file has other columns, KR502 it cannot be written.
        DataError: KR473 the file holds another decision of the same account and day; nothing is added.
    """
    if path.suffix.lower() != ENDING:
        fix = f"name it {path.with_suffix(ENDING).name}, or as you like with {ENDING} at the end"
        raise UsageError(Finding("KR572", "a history is a CSV file, and this is not the name of one", Where(str(path)), fix))
    old = read(path) if path.exists() else []
    known = {(row["account_id"], row["review"]): row for row in old}
    faults, changed = [], 0
    for row in rows:
        told = {name: row[name] or "" for name in COLUMNS}
        found = known.setdefault((told["account_id"], told["review"]), told)
        if _differs(found, told):
            faults.append(_fault(path, found, told))
        filled = {name: told[name] for name in FILLED_IN if told[name] and not found[name]}
        changed += found is told or bool(filled)
        found.update(filled)
    if faults:
        raise DataError(faults[:MOST])
    if changed:
        save(path, written(known.values()), replacing=path.exists())
    return changed


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a history or of a review record.

    Raises:
        UsageError: KR572 the file has other columns, KR401 it cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = tuple(reader.fieldnames or ())
            rows = [{name: plain(row[name] or "") for name in COLUMNS} for row in reader] if names == COLUMNS else []
    except (OSError, UnicodeError) as error:
        why = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(Finding("KR401", f"cannot read this file: {why}", Where(str(path)), "name a CSV file in UTF-8")) from None
    if names != COLUMNS:
        message = f"this file has other columns than a history: {', '.join(names)[:80] or 'none'}"
        raise UsageError(Finding("KR572", message, Where(str(path)), f"name another file; its columns are {', '.join(COLUMNS)}"))
    return rows


def _differs(found: Mapping[str, str], told: Mapping[str, str]) -> bool:
    decided = any(found[name] != told[name] for name in COLUMNS if name not in FILLED_IN)
    return decided or any(found[name] and told[name] and found[name] != told[name] for name in FILLED_IN)


def _fault(path: Path, found: Mapping[str, str], told: Mapping[str, str]) -> Finding:
    unlike = [f"{name} {found[name] or 'blank'}, not {told[name] or 'blank'}" for name in COLUMNS if found[name] != told[name]]
    message = f"{told['account_id']} has a review of {told['review']} already: {'; '.join(u for u in unlike)}"
    return Finding("KR473", message, Where(str(path)), "history is never overwritten; decide for another day, or keep what stands there")


def written(rows: Iterable[Mapping[str, str | None]]) -> str:
    """Return rows as the text of a history file in which no cell runs as a formula; who reads it takes the guard away again."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: safe(row[name] or "") for name in COLUMNS} for row in rows)
    return text.getvalue()
