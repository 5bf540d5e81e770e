"""Take times: alternating pairs of calls in one process, and whole processes with their memory. Imports nothing heavy.

What a child process takes is asked of the system. A child starts with its parent's high-water mark, so whoever measures
memory must itself stay small.
"""

from __future__ import annotations

import gc
import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

MEGABYTE = 1024
"""Of the kilobytes in which Linux tells the memory of a process."""
TICK = 0.1
ENOUGH, FEWEST = 60, 3
"""Seconds after which no further pair is begun, once there are so many."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Medians of alternating pairs: the seconds of each, and the ratio other / one of each pair."""

    one: float
    other: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Process:
    """One whole process: seconds on the wall, its largest resident memory, and why it ended early, if it did."""

    seconds: float
    megabytes: float
    failed: str = ""


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(one: Callable[[], object], other: Callable[[], object], pairs: int) -> Pair:
    """Time two calls in alternating pairs after a warm-up, so that a drift of the machine meets both."""
    one(), other()
    times, start = [], time.perf_counter()
    while len(times) < pairs and (len(times) < FEWEST or time.perf_counter() < start + ENOUGH):
        times.append((seconds(one), seconds(other)))
    return Pair(median(a for a, _ in times), median(b for _, b in times), median(b / a for a, b in times))


def process(command: Sequence[str], cwd: Path, *, fine: Sequence[int] = (0,), most: float = 300, memory: float = 8000) -> Process:
    """Run a command once, ended after so many seconds or megabytes; an exit code that is not among the fine ones is a failure."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603 - our own
    said: list[bytes] = []
    reader = threading.Thread(target=lambda: said.append(child.stderr.read() if child.stderr else b""))
    reader.start()
    over: list[str] = []
    done = threading.Event()
    guard = threading.Thread(target=_guard, args=(child.pid, done, over, start + most, memory))
    guard.start()
    _, status, usage = os.wait4(child.pid, 0)
    took = time.perf_counter() - start
    done.set()
    guard.join()
    reader.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    failed = "" if child.returncode in fine else over[0] if over else _last(said[0]) or f"exit {child.returncode}"
    return Process(took, usage.ru_maxrss / MEGABYTE, failed)


def _last(said: bytes) -> str:
    """Return the line that tells what went wrong."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "Error" in line] or lines
    return telling[-1][:160] if telling else ""


def _guard(pid: int, done: threading.Event, over: list[str], end: float, memory: float) -> None:
    page = os.sysconf("SC_PAGE_SIZE") / 2**20
    while not done.wait(TICK):
        try:
            held = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * page
        except (OSError, IndexError):
            return
        if time.perf_counter() > end or held > memory:
            over.append(f"ended at {held:,.0f} MB" if held > memory else "ended: it took too long")
            os.kill(pid, 9)
            return
