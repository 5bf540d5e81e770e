"""All that the benchmark asks of kam-rules, in one file; what it measures moves with the engine, so that the rest need not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl

from kam_rules.backends import backend
from kam_rules.backends.columnar import Columnar
from kam_rules.model.book import AccountsSource, ColumnMap
from kam_rules.model.outcome import Layout, Slot, Verdict
from kam_rules.model.parts import Parts
from kam_rules.model.program import Program, RuleList, Stage
from kam_rules.pipeline.check import check
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.datafile import for_frame
from kam_rules.pipeline.decide import decide as decide_parts
from kam_rules.pipeline.read import read_raw, read_source
from kam_rules.pipeline.spill import Spill, write_parquet
from kam_rules.sources._frame import read as read_frame

POLICIES = Path(__file__).parent / "policies"
BUILT_IN_STATES = 2
"""Rules for accounts with base 0, in front of a policy's own states and targets."""
TIERS = {"T1": 1, "T2": 2, "T3": 3, "T4": 4, "not_qualified": 4}


@dataclass(frozen=True, slots=True)
class Book:
    """A book that has been read by a policy's contract."""

    program: Program
    accounts: Parts


def ready(policy: str, table: pl.DataFrame, as_of: dt.date) -> Book:
    """Return the book as the engines take it, in memory."""
    program = compile_policy(check(POLICIES / f"{policy}.yaml"), as_of).program
    names = [name for name in table.columns if name in {"account_id", "owner", *(f.name for f in program.fields)}]
    read = read_raw([read_frame(table.select(names), "book")], for_frame({name: name for name in names}, as_of), program, Spill())
    assert read.table.height == table.height, "the contract refuses no account of the book"
    return Book(program, read.table)


def decide(book: Book, engine: str = "columnar") -> Parts:
    """Decide every account, the trail included."""
    return decide_parts(book.program, book.accounts, backend(engine), Spill())


class Untold(Layout):
    """A layout that keeps no trail: only the numbers that tier, state and action are read from."""

    KEPT = (("tiers", "rule"), ("states", "rule"), ("triggers", "true"))

    def __init__(self, *stages: Stage) -> None:
        """Lay out what is kept; the rest has a word that no one writes, or no bits at all."""
        named = {id_ for id_, _ in self.KEPT}
        super().__init__(*(replace(s, steps=tuple(x for x in s.steps if not isinstance(x, RuleList) or x.id in named)) for s in stages))
        for found in (rules for stage in stages for rules in stage.lists):
            dropped = Slot(found.id, "rule", 0, "dropped", 0, 0)
            if (found.id, "rule") not in self.KEPT:
                self.slots[found.id, "rule"] = (dropped,)
            if (found.id, "true") not in self.KEPT:
                self.slots[found.id, "true"] = ()
            self.slots[found.id, "unknown"] = ()


UNTOLD = Columnar()
"""An engine of its own, since an engine keeps what it has compiled."""


def decide_untold(book: Book) -> Parts:
    """Decide every account without a trail: the same decisions and figures are asked for, and nothing that explains them."""
    with ExitStack() as stack:
        for module in ("backends.columnar", "backends._table", "pipeline.decide"):
            stack.enter_context(patch(f"kam_rules.{module}.Layout", Untold))
        return decide_parts(book.program, book.accounts, UNTOLD, Spill())


def figures(decided: Parts) -> pl.DataFrame:
    """Return what is decided with or without a trail."""
    return decided.lazy().select("account_id", "score", "needs_data", "tier", "state", "target_nrr", "target_amount", "action").collect()


def told(policy: str, program: Program, decided: pl.LazyFrame, count: int) -> list[tuple[Any, ...]]:
    """Return the first decisions as plain Python tells them, the trail read from its codes."""
    layout, tell = Layout(*program.stages), {"kam_ref": _kam_ref, "second": _second}[policy]
    return [tell(row, layout) for row in decided.head(count).collect().iter_rows(named=True)]


def told_by(policy: str, book: Book, decided: Parts, count: int) -> list[tuple[Any, ...]]:
    """Return the first decisions of a book in memory."""
    return told(policy, book.program, decided.lazy(), count)


def told_in(file: Path, as_of: dt.date, count: int) -> list[tuple[Any, ...]]:
    """Return the first decisions that `core` wrote."""
    return told("kam_ref", compile_policy(check(POLICIES / "kam_ref.yaml"), as_of).program, pl.scan_parquet(file), count)


def _kam_ref(row: Mapping[str, Any], layout: Layout) -> tuple[Any, ...]:
    gates = layout.verdict(row, "gates").true
    bands = tuple(_rule(row, layout, f"criteria.C{i:02}") for i in range(1, 11))
    state_rule, nrr_rule = (_rule(row, layout, name) - BUILT_IN_STATES for name in ("states", "targets"))
    fired = [i for i in range(8) if layout.verdict(row, "triggers").true >> i & 1]
    trail = (tuple(bool(gates >> i & 1) for i in range(3)), bands, _rule(row, layout, "tiers"), state_rule, nrr_rule, fired)
    decision = (row["score"] * 4 // 100, TIERS[row["tier"]], row["state"], row["target_nrr"] // 10_000, row["target_amount"], row["action"])
    return (row["account_id"], *decision, trail)


def _second(row: Mapping[str, Any], layout: Layout) -> tuple[Any, ...]:
    def verdict(id_: str) -> Verdict:
        return layout.verdict(row, id_)

    def truths(id_: str, count: int) -> int:
        found = verdict(id_)
        return sum((found.unknown >> i & 1 | (found.true >> i & 1) << 1) << 2 * i for i in range(count))

    revenue, headroom, *rest = (_rule(row, layout, f"criteria.K{i:02}") for i in (1, 4, 6, 7, 8, 9, 10))
    scores = (row["K02.score"], row["K03.score"], headroom, row["K05.score"])
    decided = tuple(part for name in ("tiers", "states", "targets") for part in (_rule(row, layout, name), verdict(name).unknown))
    trail = (truths("gates", 4), revenue, *scores, *rest, *decided, truths("triggers", 14))
    nrr, floor = (None if row[name] is None else row[name] // 100 for name in ("target_nrr", "floor_nrr"))
    amounts = (nrr, row["target_amount"], floor, row["floor_amount"])
    return (row["account_id"], row["score"], row["needs_data"], row["tier"], row["state"], *amounts, row["action"], trail)


def _rule(row: Mapping[str, Any], layout: Layout, id_: str) -> int:
    rule = layout.verdict(row, id_).rule
    return -1 if rule is None else rule


def core(source: Path, out: Path, as_of: dt.date) -> None:
    """Decide a Parquet file of kam-ref's book into a folder of Parquet files, as a run keeps its trail: no witness, CSV, manifest."""
    program = compile_policy(check(POLICIES / "kam_ref.yaml"), as_of).program
    names = ("account_id", "owner", *(f.name for f in program.fields))
    columns = {name: ColumnMap(name, "fraction") for name in names}
    spill = Spill(out.parent)
    read = read_source(AccountsSource(str(source), source.name, as_of, columns), program, spill)
    decided = decide_parts(program, read.table, backend("columnar"), spill)
    out.mkdir()
    for number, part in enumerate(decided.items):
        place = out / f"{number:05}.parquet"
        if isinstance(part, Path):
            place.hardlink_to(part)
        else:
            write_parquet(part, place)


def data_file(source: Path, policy: str, as_of: dt.date) -> str:
    """Return the data file that lets `kam-rules run` read a book."""
    program = compile_policy(check(POLICIES / f"{policy}.yaml"), as_of).program
    fields = [
        f"    {f.name}: {{column: {f.name}, unit: fraction}}" if f.type == "ratio" else f"    {f.name}: {f.name}" for f in program.fields
    ]
    front = ["accounts:", f"  file: {source.name}", f"  as_of: {as_of}", "  columns:", "    account_id: account_id", "    owner: owner"]
    return "\n".join([*front, *fields, ""])
