"""Measure kam-rules beside its peers, and write bench/results.md.

    python bench/run.py                      everything, on the sizes that targets name
    python bench/run.py --rows 10000         a quick series, to see that all of it works
    python bench/run.py --only second        one series: kam_ref, second, intake or whole

This process stays small: what it starts is measured with its memory, and a child begins with its parent's.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from results import Figure, read, render
from whole import BIG, HERE, measure

PACKAGES = ("kam-rules", "polars", "numpy", "durable-rules", "datalogic-py", "zen-engine", "duckdb")
SERIES = ("kam_ref", "second", "intake", "whole")


def main() -> None:
    """Measure what is asked for, and write the results of a whole series."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=int(os.environ.get("BENCH_ROWS", BIG)), help="accounts at most; also $BENCH_ROWS")
    asked.add_argument("--only", choices=SERIES, help="one series; it is printed, and results.md is left alone")
    options = asked.parse_args()
    told: list[Figure] = []
    for series in (options.only,) if options.only else SERIES:
        told += measure(options.rows, huge=options.rows >= BIG) if series == "whole" else in_memory(series, options.rows)
    text = render(head(options.rows), told) + (HERE / "how.md").read_text(encoding="utf-8")
    print(text)
    if options.rows >= BIG and not options.only:
        (HERE / "results.md").write_text(text, encoding="utf-8")


def in_memory(series: str, rows: int) -> list[Figure]:
    """Return the figures of a series that a process of its own measures."""
    command = [sys.executable, *(["intake.py"] if series == "intake" else ["memory.py", series]), str(rows)]
    done = subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    return [read(line) for line in done.stdout.splitlines() if line.startswith("{")]


def head(rows: int) -> str:
    """Return when, on what and with what it was measured."""
    made = "`make bench`" if rows >= BIG else f"a quick series of at most {rows:,} accounts"
    return f"Written by {made} on {dt.date.today()}: {_machine()}; Python {platform.python_version()}, {_versions()}."  # noqa: DTZ011


def _machine() -> str:
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) // 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return f"{os.cpu_count()} cores of {names[0] if names else platform.machine()}, {memory} GB, {platform.system()} {platform.release()}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def _versions() -> str:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    return ", ".join(found)


if __name__ == "__main__":
    main()
