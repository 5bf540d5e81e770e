"""Measure kam-rules beside plain Python on the same book, in one process series; write bench/results.md.

Figures are medians of alternating pairs. The machine is shared: trust the ratios, not the seconds.
"""

from __future__ import annotations

import datetime as dt
import gc
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median

import polars as pl
from book import AS_OF, book, plain, rows_of

from kam_rules.backends import backend
from kam_rules.pipeline.check import check
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.datafile import for_frame
from kam_rules.pipeline.decide import decide
from kam_rules.pipeline.read import read_raw
from kam_rules.sources._frame import read as read_frame

HERE = Path(__file__).parent
ROOT = HERE.parent
POLICY = HERE / "policies" / "kam_ref.yaml"
PLAIN_AT_MOST = 100_000
TARGETS = {100_000: 12, 1_000_000: 40}
"""At least so many times plain Python, by the number of accounts."""
TIERS = {"T1": 1, "T2": 2, "T3": 3, "T4": 4, "not_qualified": 4}


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(one: Callable[[], object], other: Callable[[], object], pairs: int) -> tuple[float, float, float]:
    """Return both medians and the median of the ratios other / one, in alternating pairs after a warm-up."""
    one(), other()
    times = [(seconds(one), seconds(other)) for _ in range(pairs)]
    return median(a for a, _ in times), median(b for _, b in times), median(b / a for a, b in times)


def agree(decided: pl.DataFrame, by_hand: list[tuple]) -> None:  # type: ignore[type-arg]
    """Hold every decision of the two against each other."""
    columns = decided.head(len(by_hand)).select("account_id", "score", "tier", "state", "target_nrr", "target_amount", "action")
    for ours, theirs in zip(columns.iter_rows(), by_hand, strict=True):
        id_, score, tier, state, nrr, amount, action = ours
        found = (id_, score * 4 // 100, TIERS[tier], state, nrr // 10_000, amount, action)
        assert found == theirs[:7], (found, theirs)


def in_memory(count: int, lines: list[str]) -> None:
    """Measure the columnar engine on a book in memory."""
    program = compile_policy(check(POLICY), AS_OF).program
    raw = book(count)
    columns = {name: name for name in raw.columns}
    source = for_frame(columns, AS_OF)
    accounts = read_raw(read_frame(raw, "book"), source, program, ()).table
    rows = rows_of(raw.head(PLAIN_AT_MOST))
    agree(decide(program, accounts, backend("columnar")), plain(rows))
    scale = count / len(rows)
    ours, theirs, _ = paired(lambda: decide(program, accounts, backend("columnar")), lambda: plain(rows), 5)
    ratio = theirs * scale / ours
    target = TARGETS.get(count)
    verdict = "-" if target is None else f"{target}: {'met' if ratio >= target else 'missed'}"
    rates = f"{count / ours:,.0f} | {len(rows) / theirs:,.0f}"
    lines.append(f"| core in memory, {count:,} accounts | {rates} | {ratio:.1f} | {verdict} |")


def engines(count: int, lines: list[str]) -> None:
    """Measure the engines that take one account at a time."""
    program = compile_policy(check(POLICY), AS_OF).program
    raw = book(count)
    accounts = read_raw(read_frame(raw, "book"), for_frame({n: n for n in raw.columns}, AS_OF), program, ()).table
    rows = rows_of(raw)
    for name in ("reference", "durable"):
        ours, theirs, ratio = paired(lambda name=name: decide(program, accounts, backend(name)), lambda: plain(rows), 5)
        lines.append(f"| {name}, {count:,} accounts | {count / ours:,.0f} | {count / theirs:,.0f} | {ratio:.4f} | - |")


def whole(lines: list[str]) -> None:
    """Measure whole commands against a Python that does nothing."""
    nothing = [sys.executable, "-c", "pass"]
    data = ["policies/resellers/fy2021.yaml", "examples/adventureworks/data.yaml", "--out"]
    kam = [str(Path(sys.executable).parent / "kam-rules")]

    def call(command: list[str]) -> None:
        subprocess.run(command, cwd=ROOT, check=False, capture_output=True)  # noqa: S603 - our own command

    def run(*options: str) -> None:
        out = HERE / "data" / "run"
        subprocess.run(["rm", "-rf", str(out)], check=True)  # noqa: S603, S607
        call([*kam, "run", *data, str(out), *options])

    cases = {
        "kam-rules --help": (lambda: call([*kam, "--help"]), 6),
        "kam-rules run on AdventureWorks, no witness": (lambda: run("--no-witness"), 60),
        "kam-rules run on AdventureWorks, with witness": (run, 120),
    }
    for name, (work, target) in cases.items():
        _, ours, ratio = paired(lambda: call(nothing), work, 5)
        lines.append(f"| {name} | {ours:.2f} s | {ratio:.0f} | {target}: {'met' if ratio <= target else 'missed'} |")


def main() -> None:
    """Measure everything and write the results."""
    (HERE / "data").mkdir(exist_ok=True)
    told = ["| kam-ref, trail on | accounts/s | plain Python | ratio | target |", "|---|---|---|---|---|"]
    for count in (10_000, 100_000, 1_000_000):
        in_memory(count, told)
    engines(1000, told)
    processes = ["| whole process | median | × `python -c pass` | target |", "|---|---|---|---|"]
    whole(processes)
    versions = ", ".join(f"{name} {version(name)}" for name in ("kam-rules", "polars", "durable-rules"))
    head = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {versions}; {dt.date.today()}"  # noqa: DTZ011
    text = RESULTS.format(head=head, told="\n".join(told), processes="\n".join(processes))
    (HERE / "results.md").write_text(text, encoding="utf-8")
    print(text)


RESULTS = """# Measured

Written by `make bench`: {head}. Medians of alternating pairs on a shared machine: trust the ratios.
Decisions of every pair are held against each other before anything is timed. Plain Python is timed on at most 100,000
accounts.

{told}

{processes}

Not measured here: a policy of another shape, other engines beside these, trail on against off, exact against binary,
Parquet to Parquet, 10,000,000 accounts.
"""

if __name__ == "__main__":
    main()
