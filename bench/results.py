"""What was measured, as lines of `results.md`: each with its target, whether it was met, and where not, why."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

TARGETS = {
    "kam_ref/plain/100000": (">=", 12),
    "kam_ref/plain/1000000": (">=", 40),
    "kam_ref/datalogic/1000000": (">=", 200),
    "kam_ref/zen/1000000": (">=", 3000),
    "kam_ref/zen_trace/1000000": (">=", 3000),
    "second/plain/1000000": (">=", 25),
    "trail/kam_ref/1000000": ("<=", 1.15),
    "trail/second/1000000": ("<=", 1.15),
    "exact/kam_ref/1000000": ("<=", 1.2),
    "exact/second/1000000": ("<=", 1.6),
    "durable/1000": (">=", 0.65),
    "csv/1000000": (">=", 0.33),
    "core/1000000": ("<=", 1.4),
    "core/10000000": ("<=", 1.5),
    "core/memory/10000000": ("<=", 500),
    "core/growth": ("<=", 7),
    "run/1000000": ("<=", 4),
    "impact/1000000": ("<=", 3),
    "run/memory/10000000": ("<=", 1000),
    "adventureworks/no witness": ("<=", 60),
    "adventureworks/witness": ("<=", 120),
    "help": ("<=", 6),
    "check/500": ("<=", 60),
}
"""By the key of a figure: at least or at most so much."""

_MORE = "the engine also gives coverage, score interval, floor, aspiration and what was unknown; the line below tells arithmetic alone"
_WORDS = "words for tier, state and action, seats, and every figure of an outcome cost twice what the rules by hand cost, below"
_START = "over a second goes before the first row: imports, the policy read, proved and compiled; the floor has none of it"
REASONS = {
    "kam_ref/plain/1000000": _WORDS,
    "kam_ref/datalogic/1000000": "datalogic-py is half as fast as plain Python here, a seventh where the target was set",
    "kam_ref/zen/1000000": _WORDS,
    "second/plain/1000000": "Polars by hand, exact, in the line below, does not reach it either: 128 bits and Kleene's logic cost both",
    "trail/kam_ref/1000000": "without its trail the engine drops every band and mask, some 15 of its 60 columns",
    "exact/kam_ref/1000000": _MORE,
    "exact/second/1000000": _MORE,
    "csv/1000000": "a pass of its own tells the encoding, and signs are counted, so that no row is lost",
    "core/1000000": _START,
    "core/10000000": "rows wait in files, so that every id is known before any account is decided: each is written and read twice",
    "core/growth": "a million accounts wait in memory, ten million in files",
    "run/1000000": f"{_START}; then CSV, hashes, and 999 accounts by durable-rules, one by one",
}
"""By the key of a figure that misses its target: why."""

TABLES = {
    "memory": ("In memory, trail on", "accounts/s", "accounts/s beside it", "ours / theirs"),
    "costs": ("What trail and exactness cost", "seconds", "seconds beside it", "ours / theirs"),
    "single": ("One account at a time", "accounts/s", "accounts/s beside it", "ours / theirs"),
    "intake": ("Reading", "rows/s", "rows/s beside it", "ours / theirs"),
    "process": ("Whole processes", "ours", "beside it", "figure"),
}
"""By table: its title and the heads of its three columns of figures."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: its table, key and name, the two figures as they are shown, and the number that a target is held against.

    `failed` says why there is no number.
    """

    table: str
    key: str
    name: str
    ours: str
    beside: str
    value: float | None
    failed: str = ""

    def json(self) -> str:
        """Return the figure as one line, for the process that gathers them."""
        return json.dumps(asdict(self))


def read(line: str) -> Figure:
    """Return the figure of a line."""
    return Figure(**json.loads(line))


def rate(accounts: int, seconds: float) -> str:
    """Return accounts a second, as they are shown."""
    return f"{accounts / seconds:,.0f}"


def render(head: str, figures: list[Figure]) -> str:
    """Return the page."""
    parts = [f"# Measured\n\n{head}\n"]
    for table, (title, *heads) in TABLES.items():
        rows = [figure for figure in figures if figure.table == table]
        if rows:
            columns = ["measured", *heads, "target", ""]
            lines = [columns, ["---"] * len(columns), *(_row(figure) for figure in rows)]
            parts.append(f"## {title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")
    absent = [key for key in TARGETS if key not in {figure.key for figure in figures}]
    if absent:
        parts.append("Targets that this series did not measure: " + ", ".join(absent) + ".\n")
    return "\n".join([*parts, ""])


def _row(figure: Figure) -> list[str]:
    target = TARGETS.get(figure.key)
    shown = "-" if figure.value is None else _number(figure.value)
    bound = "" if target is None else f"{'at least' if target[0] == '>=' else 'at most'} {_number(target[1])}"
    return [figure.name, figure.ours, figure.beside, shown, bound, _verdict(figure).replace("|", "/")]


def _verdict(figure: Figure) -> str:
    target, reason = TARGETS.get(figure.key), REASONS.get(figure.key, "")
    if target is None or (figure.value is None and not figure.failed):
        return figure.failed
    way, limit = target
    if figure.value is not None and (figure.value >= limit if way == ">=" else figure.value <= limit):
        return "met"
    return ": ".join(part for part in ("**missed**", figure.failed, reason) if part)


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0") if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"
