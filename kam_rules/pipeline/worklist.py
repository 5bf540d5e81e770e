"""The answers that are missing, by the revenue that waits for them: what to send to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kam_rules.backends.reference import facts_of, take
from kam_rules.evidence.pack import writing
from kam_rules.formats._cells import csv_of
from kam_rules.model.outcome import Layout
from kam_rules.model.program import Derive, Program
from kam_rules.model.progress import Progress, silent
from kam_rules.model.run import Run
from kam_rules.model.tree import Arith, Const, If, Read, Value, walk
from kam_rules.pipeline import codes
from kam_rules.pipeline.assemble import GATES
from kam_rules.pipeline.decide import HANDED
from kam_rules.pipeline.findings import fault_reason
from kam_rules.pipeline.replay import Replay, work
from kam_rules.pipeline.tabulate import decimal

NOBODY = "no-owner"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that is missing: whose account it is, what it brings in smallest units, the field, and what waits for it.

    `read` is what stands in the cell and cannot be taken; nothing where the cell is blank.
    """

    owner: str
    account_id: str
    account_name: str
    base: int
    field: str
    column: str
    meaning: str
    uses: str
    read: str
    row: int


def needing(run: Run) -> pl.Expr:
    """Return whether an answer is missing that could change an account's outcome."""
    open_ = pl.col("tier").is_null() | pl.col("state").is_null() | pl.col("needs_data")
    for key, _ in run.ready.program.state_inputs:
        open_ |= ~pl.col(f"{key}_known") & (pl.col("base") > 0)
    if any(rules.id == GATES for rules in run.ready.program.lists):
        open_ |= codes.some(Layout(*run.ready.program.stages), GATES, "unknown")
    return open_


def work_list(run: Run, progress: Progress = silent) -> tuple[Answer, ...]:
    """Return every missing answer that could change a decision, and every fault that refuses a row.

    They are grouped by owner, who has most at stake first, and of each the largest account first.

    Args:
        run: a run.
        progress: called with the number of accounts looked at since its last call.
    """
    read = {(row, field): raw for row, field, raw in run.book.faults.frame().select("row", "field", "raw").iter_rows()}
    found = [*_refused(run), *_missing(run, read, progress)]
    stake: Counter[str] = Counter()
    for owner, _, base in {(a.owner, a.row, a.base) for a in found}:
        stake[owner] += base
    return tuple(sorted(found, key=lambda a: (-stake[a.owner], a.owner, -a.base, a.account_id, a.row, a.field)))


Gaps = tuple[tuple[str, str], ...]
"""The fields that an account lacks, and what waits for each."""


def _missing(run: Run, read: Mapping[tuple[int, str], str], progress: Progress) -> Iterator[Answer]:
    contract, columns = {f.name: f for f in run.ready.program.fields}, run.book.source.columns
    for account, base, gaps in _gaps(run, progress):
        who = (account["owner"] or "", account["account_id"], account["account_name"] or "", base)
        for name, uses in gaps:
            column = columns[name].column if name in columns else ""
            meaning, raw = contract[name].meaning if name in contract else "", read.get((account["row"], name), "")
            yield Answer(*who, name, column, meaning, uses, raw, account["row"])


def _gaps(run: Run, progress: Progress) -> Iterator[tuple[Mapping[str, Any], int, Gaps]]:
    """Return every account that lacks an answer; accounts that lack the same with the same outcome are worked out once."""
    program, layout = run.ready.program, Layout(*run.ready.program.stages)
    names, plain, known = [f.name for f in program.fields], _plain(program), dict[object, Gaps]()
    for number in range(len(run.table.items)):
        records = run.table.lazy_part(number).filter(needing(run)).collect()
        rows = run.book.table.lazy_part(number).filter(pl.col("row").is_in(records["row"].implode())).collect()
        for account, record in zip(rows.iter_rows(named=True), records.iter_rows(named=True), strict=True):
            alike = (*(record[word] for word in layout.words), *(account[name] if account[name] in {None, 0} else "" for name in names))
            key = alike if plain else account["row"]
            if key not in known:
                items = work(_again(run, account, record, (rows, records)))
                known[key] = tuple((item.field, ", ".join(item.uses)) for item in items if item.field)
            yield account, record["base"] or 0, known[key]
            progress(1)


def _plain(program: Program) -> bool:
    """Tell whether it follows from missing fields and fields of 0 what else is missing.

    So it does where the policy's own arithmetic has no branches and no divisor that is worked out; coverage and score branch
    on what is known alone, and amounts answer no question.
    """
    fields = {f.name for f in program.fields}
    steps = [step for stage in program.stages for step in stage.steps if isinstance(step, Derive)]
    own = [step.node for step in steps if step.name not in {"coverage", "score"} and not step.name.endswith("_amount")]
    nodes = [node for step in own for node in walk(step)]
    divisors = [node.right for node in nodes if isinstance(node, Arith) and node.op == "/"]
    given = all(isinstance(node, Const) or (isinstance(node, Read) and node.name in fields) for node in divisors)
    return given and not any(isinstance(node, If) for node in nodes)


def _again(run: Run, account: Mapping[str, Any], record: Mapping[str, Any], frames: tuple[pl.DataFrame, pl.DataFrame]) -> Replay:
    """Return an account with every fact behind its outcome."""
    facts: dict[str, Value] = {}
    for stage in run.ready.program.stages:
        handed = {name: record[name] for name in HANDED} if facts else {}
        here = facts_of(stage, {**account, **handed})
        take(stage, here)
        facts |= here
    return Replay(run, account, record, {}, facts, Layout(*run.ready.program.stages), frames)


def _refused(run: Run) -> Iterator[Answer]:
    """Return what has to be mended before a row can be decided at all."""
    faults = run.book.faults.frame().filter("refused")
    rows = faults.join(run.book.rejected.frame().select("row", "owner", "base"), on="row", how="left", maintain_order="left")
    for row in rows.iter_rows(named=True):
        what, fix = fault_reason(run.book, run.ready.program, row["code"], row["field"], row["raw"])
        who = (row["owner"] or "", row["account_id"], "", row["base"] or 0)
        yield Answer(*who, row["field"], row["column"], fix, f"{what}; until then it is refused", row["raw"], row["row"])


def write_lists(answers: Iterable[Answer], out: Path, minor: int) -> tuple[Path, ...]:
    """Write one CSV an owner, with a blank column for the answers, into a new folder; return the files.

    No cell runs as a formula in a spreadsheet, whatever it holds.

    Raises:
        UsageError: KR501 the folder exists already, KR502 it cannot be written.
    """
    by_owner: dict[str, list[Answer]] = {}
    for answer in answers:
        by_owner.setdefault(answer.owner, []).append(answer)
    names = dict(zip(by_owner, _names(by_owner), strict=True))
    with writing(out) as folder:
        for owner, items in by_owner.items():
            (folder / names[owner]).write_text(csv_of(_table(items, minor)), encoding="utf-8", newline="")
    return tuple(out / name for name in names.values())


def _names(owners: Iterable[str]) -> Iterator[str]:
    """Return a file name for each owner, no two alike on any disk."""
    taken: set[str] = set()
    for owner in owners:
        plain = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in owner).strip(".") or NOBODY
        name, number = plain[:100], 1
        while name.lower() in taken:
            number += 1
            name = f"{plain[:100]}-{number}"
        taken.add(name.lower())
        yield f"{name}.csv"


def _table(items: Iterable[Answer], minor: int) -> pl.DataFrame:
    columns = ("account_id", "account_name", "base", "field", "column", "meaning", "uses", "read", "row")
    schema = {name: pl.Int64 if name in {"base", "row"} else pl.String for name in columns}
    table = pl.DataFrame([[getattr(item, name) for name in columns] for item in items], schema=schema, orient="row")
    told = table.with_columns(decimal("base", minor).alias("base_revenue"), pl.col(pl.String).replace("", None), answer=pl.lit(None))
    return told.select("account_id", "account_name", "base_revenue", "field", "meaning", "read", "answer", "uses", "column", "row")
