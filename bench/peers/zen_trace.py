"""zen-engine with its trace on: the same decision tables, the trail read from the engine's own record of the rules that hit."""

from __future__ import annotations

from typing import Any

from peers import Decision
from peers.rules import STATES
from peers.zen import ready, told

__all__ = ["decide", "ready", "told"]
BANDS = [f"band{i}" for i in range(10)]


def decide(book: tuple[Any, list[dict[str, Any]]]) -> list[Decision]:
    """Decide every row."""
    graph, rows = book
    found: list[Decision] = []
    for row in rows:
        answer = graph.evaluate(row, {"trace": True})
        hits = {node["name"]: node["traceData"] for node in answer["trace"].values()}

        def hit(name: str, hits: dict[str, Any] = hits) -> int:
            return int(hits[name]["rule"]["_id"])

        r = answer["result"]
        fired = [int(item["rule"]["_id"]) for item in hits["triggers"]]
        gates = tuple(hit(f"gate{i}") == 0 for i in range(3))
        trail = (gates, tuple(hit(band) for band in BANDS), hit("tier"), hit("state"), hit("nrr"), fired)
        action = r["fired"][0]["action"] if fired else None
        found.append((r["account_id"], r["score"], r["tier"], STATES[r["state"]], r["nrr"], r["target"], action, trail))
    return found
