"""Whole processes: from Parquet to Parquet, complete runs, and commands; each beside the least that a process could do."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from measure import ENOUGH, Process, process
from results import Figure

HERE = Path(__file__).parent
DATA = HERE / "data"
PYTHON = sys.executable
KAM = str(Path(sys.executable).parent / "kam-rules")
RESELLERS = ("policies/resellers/fy2021.yaml", "examples/adventureworks/data.yaml")
BIG, HUGE = 1_000_000, 10_000_000
ON_RESELLERS = "`kam-rules run` on AdventureWorks"
MANY = DATA / "many.yaml"
LAST = "A009999999"
"""The last account of the largest book."""
NOTHING = [PYTHON, "-c", "pass"]
SOURCES = ("book.py", "write.py", "ours.py", "policies/kam_ref.yaml")
"""What a book on disk is made by; one that is older is written anew."""


def fresh(path: Path) -> Path:
    """Return the path with nothing there."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    return path


def written(count: int) -> Path:
    """Return the book of so many accounts on disk; drawing it is left to a process of its own, so that this one stays small."""
    path = DATA / f"book_{count}.parquet"
    newest = max((HERE / name).stat().st_mtime for name in SOURCES)
    if not path.exists() or path.stat().st_mtime < newest:
        made = process([PYTHON, "write.py", str(count), str(path)], HERE)
        assert not made.failed, made
    return path


def core(source: Path) -> Process:
    """Decide the book by our engine, from Parquet to Parquet."""
    return process([PYTHON, "core.py", str(source), str(fresh(DATA / "core"))], HERE)


def floor(source: Path) -> Process:
    """Read the same and write the same shape, without a rule."""
    return process([PYTHON, "floor.py", str(source), str(fresh(DATA / "floor.parquet")), str(DATA / "shape.json")], HERE)


def complete(source: Path) -> Process:
    """Run the whole of `kam-rules run` on the book."""
    out = fresh(DATA / "run")
    command = [KAM, "run", str(HERE / "policies" / "kam_ref.yaml"), str(source.with_suffix(".yaml")), "--out", str(out)]
    return _run(command, out)


def changed(source: Path) -> Process:
    """Run the whole of `kam-rules impact`: each of two policies on the book as the old data and as the new."""
    data, old = source.with_suffix(".yaml"), DATA / "old.yaml"
    shutil.copyfile(data, old)
    policies = (str(HERE / "policies" / f"{name}.yaml") for name in ("kam_ref", "kam_ref_next"))
    return process([KAM, "impact", *policies, str(data), "--data-old", str(old)], HERE)


def both(source: Path) -> Process:
    """Run the whole of `kam-rules run` twice, as what `impact` is held against."""
    one, other = complete(source), complete(source)
    return one if one.failed else other if other.failed else Process(one.seconds + other.seconds, max(one.megabytes, other.megabytes))


def resellers(*options: str) -> Process:
    """Run the whole of `kam-rules run` on the AdventureWorks data."""
    out = fresh(DATA / "resellers")
    return _run([KAM, "run", *(str(HERE.parent / path) for path in RESELLERS), "--out", str(out), *options], out)


def _explained() -> Process:
    """Explain one account of the run on AdventureWorks that was made last."""
    return process([KAM, "explain", str(DATA / "resellers"), "AW00000245"], HERE)


def _explained_huge() -> Process:
    """Explain one account of the complete run that was made last."""
    return process([KAM, "explain", str(DATA / "run"), LAST], HERE)


def _run(command: list[str], out: Path) -> Process:
    """Run, and see that the run was written; findings in the data (exit 1) are no failure."""
    found = process(command, HERE, fine=(0, 1))
    return found if found.failed or (out / "manifest.json").exists() else replace(found, failed="nothing was written")


def checked() -> Process:
    """Check a policy of 500 rules; what is told of it (exit 1) is no failure."""
    return process([KAM, "check", str(MANY)], HERE, fine=(0, 1))


Work = Callable[[], Process]


def pairs(one: Work, other: Work, count: int) -> tuple[Process, Process, float]:
    """Run two in alternation; return medians of both, largest memory, and the median of the ratios one / other; or a failure."""
    found: list[tuple[Process, Process]] = []
    start = time.perf_counter()
    while len(found) < count and time.perf_counter() < start + ENOUGH:
        first = one()
        if first.failed:
            return first, first, 0
        found.append((first, other()))
        if found[-1][1].failed:
            return found[-1][1], found[-1][1], 0
    ones, others = zip(*found, strict=True)
    return _middle(ones), _middle(others), median(a.seconds / b.seconds for a, b in found)


def _middle(found: tuple[Process, ...]) -> Process:
    return Process(median(p.seconds for p in found), max(p.megabytes for p in found))


def _figure(key: str, name: str, found: tuple[Process, Process, float]) -> Figure:
    ours, beside, ratio = found
    if ours.failed:
        return Figure("process", key, name, "-", "-", None, ours.failed)
    return Figure("process", key, name, _shown(ours), _shown(beside), ratio)


def _shown(found: Process) -> str:
    return f"{found.seconds:.2f} s, {found.megabytes:,.0f} MB"


def _memory(key: str, name: str, found: Process) -> Figure:
    if found.failed:
        return Figure("process", key, name, "-", "-", None, found.failed)
    return Figure("process", key, name, f"{found.megabytes:,.0f} MB", "", found.megabytes)


def measure(rows: int, *, huge: bool) -> list[Figure]:
    """Measure everything: on a book of so many accounts, and with `huge` on one of 10,000,000."""
    DATA.mkdir(exist_ok=True)
    nothing = lambda: process(NOTHING, HERE)  # noqa: E731
    bare = lambda: resellers("--no-witness")  # noqa: E731
    told = [
        _figure("help", "`kam-rules --help` / `python -c pass`", pairs(lambda: process([KAM, "--help"], HERE), nothing, 5)),
        _figure("adventureworks/no witness", f"{ON_RESELLERS}, no witness / `python -c pass`", pairs(bare, nothing, 5)),
        _figure("adventureworks/witness", f"{ON_RESELLERS}, with witness / `python -c pass`", pairs(resellers, nothing, 5)),
    ]
    made = process([PYTHON, "many.py", str(MANY)], HERE)
    assert not made.failed, made
    told.append(_figure("check/500", "`kam-rules check` on a policy of 500 rules / `python -c pass`", pairs(checked, nothing, 5)))
    source = written(rows)
    failed = _shape(source, rows)
    if failed:
        return [*told, Figure("process", f"core/{rows}", f"Parquet to Parquet, {rows:,} accounts", "-", "-", None, failed)]
    small = pairs(lambda: core(source), lambda: floor(source), 5)
    told.append(_figure(f"core/{rows}", f"Parquet to Parquet, {rows:,} accounts / Polars floor", small))
    run = pairs(lambda: complete(source), lambda: floor(source), 3)
    told.append(_figure(f"run/{rows}", f"complete `kam-rules run`, {rows:,} accounts / Polars floor", run))
    moved = pairs(lambda: changed(source), lambda: both(source), 1)
    told.append(_figure(f"impact/{rows}", f"`kam-rules impact` of two policies on two books, {rows:,} accounts / two complete runs", moved))
    return [*told, *(_huge(small[0]) if huge else [])]


def _shape(source: Path, rows: int) -> str:
    """See that our engine writes what plain Python decides, and let the floor know its shape; return what failed, if anything did."""
    file, shape = str(DATA / "core"), str(DATA / "shape.json")
    steps: tuple[Work, ...] = (
        lambda: core(source),
        lambda: process([PYTHON, "agree.py", file, str(rows)], HERE),
        lambda: process([PYTHON, "shape.py", str(source), file, shape], HERE),
    )
    return next((found.failed for step in steps if (found := step()).failed), "")


def _huge(small: Process) -> list[Figure]:
    source, what = written(HUGE), f"{HUGE:,} accounts"
    large = pairs(lambda: core(source), lambda: floor(source), 3)
    ours = large[0]
    told = [
        _figure(f"core/{HUGE}", f"Parquet to Parquet, {what} / Polars floor", large),
        _memory(f"core/memory/{HUGE}", f"Parquet to Parquet, {what}: largest memory in MB", ours),
    ]
    if not ours.failed and not small.failed:
        name = f"Parquet to Parquet, {what} / {BIG:,}: time"
        told.append(Figure("process", "core/growth", name, _shown(ours), _shown(small), ours.seconds / small.seconds))
    run = complete(source)
    told.append(_memory(f"run/memory/{HUGE}", f"complete `kam-rules run`, {what}: largest memory in MB", run))
    if not run.failed and not ours.failed:
        found = run, large[1], run.seconds / large[1].seconds
        told.append(_figure(f"run/{HUGE}", f"complete `kam-rules run`, {what} / Polars floor", found))
        one = "`kam-rules explain` of one account"
        told.append(_figure("explain", f"{one}, run of {what} / run on AdventureWorks", pairs(_explained_huge, _explained, 3)))
    for name in ("core", "floor.parquet", "run"):
        fresh(DATA / name)
    return told
