"""zen-engine: a graph of decision tables, trace off; each table gives the number of the rule that decided as a column."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import zen

from peers import Decision
from peers.rules import ACTIONS, CRITERIA, GATES, NRR, POINTS, STATE_OF_RULE, STATE_RULES, STATES, TIER_EDGES, TRIGGERS, Test, rows_of

Rule = tuple[dict[str, str], dict[str, Any]]
"""The cells of one row of a table by column: conditions, and what it gives."""


class Graph:
    """A decision graph in the making."""

    def __init__(self) -> None:
        """Begin with the input node."""
        self.nodes: list[dict[str, Any]] = [{"id": "in", "name": "in", "type": "inputNode"}]
        self.edges: list[dict[str, str]] = []

    def join(self, source: str, target: str) -> None:
        """Draw an edge."""
        self.edges.append({"id": f"e{len(self.edges)}", "type": "edge", "sourceId": source, "targetId": target})

    def _add(self, name: str, kind: str, content: dict[str, Any]) -> None:
        self.nodes.append({"id": name, "name": name, "type": kind, "content": content})

    def expressions(self, name: str, pairs: dict[str, str], *, keep: bool = True) -> None:
        """Add a node that works out figures."""
        listed = [{"id": f"{name}.{key}", "key": key, "value": value} for key, value in pairs.items()]
        self._add(name, "expressionNode", {"expressions": listed, "passThrough": keep, "executionMode": "single"})

    def table(self, name: str, rules: list[Rule], *, collect: str = "", keep: bool = False) -> None:
        """Add a decision table; the number of the rule is its `_id`, and among what it gives."""
        fields = list(dict.fromkeys(field for when, _ in rules for field in when))
        given = list(rules[0][1])
        rows = []
        for number, (when, gives) in enumerate(rules):
            cells = {field: when.get(field, "") for field in fields}
            rows.append({"_id": str(number), **cells, **{f"={key}": json.dumps(gives[key]) for key in given}})
        content = {
            "hitPolicy": "collect" if collect else "first",
            "inputs": [{"id": field, "name": field, "field": field} for field in fields],
            "outputs": [{"id": f"={key}", "name": key, "field": key} for key in given],
            "rules": rows,
            "passThrough": keep,
            "outputPath": collect or None,
            "executionMode": "single",
        }
        self._add(name, "decisionTableNode", content)

    def written(self) -> str:
        """Return the graph as the engine reads it."""
        return json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": self.nodes, "edges": self.edges})


def _cells(tests: tuple[Test, ...]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, op, value in tests:
        one = json.dumps(value) if op == "==" else f"{op} {value}"
        cells[name] = f"{cells[name]} and {one}" if name in cells else one
    return {name: cell.replace(">= 2 and <= 3", "2, 3") for name, cell in cells.items()}


def _tables(graph: Graph) -> list[str]:
    """Add the tables that read the account alone, and return their names."""
    for i, gate in enumerate(GATES):
        graph.table(f"gate{i}", [(_cells((gate,)), {f"g{i}": True}), ({gate[0]: ""}, {f"g{i}": False})])
    for i, (name, edges, _, _) in enumerate(CRITERIA):
        cells = [{name: f"< {edge}"} for edge in edges] + [{name: ""}]
        graph.table(f"band{i}", [(cell, {f"b{i}": band, f"p{i}": POINTS[i][band]}) for band, cell in enumerate(cells)])
    conditions = [_cells(tests) for tests in STATE_RULES] + [{"health_score": ""}]
    graph.table("state", [(cell, {"sr": i, "state": STATE_OF_RULE[i]}) for i, cell in enumerate(conditions)])
    return [f"gate{i}" for i in range(3)] + [f"band{i}" for i in range(10)] + ["state"]


def written() -> str:
    """Return kam-ref as a decision graph."""
    graph = Graph()
    ratios = {
        "share": "revenue_current / potential_spend",
        "headroom": "potential_spend - revenue_current",
        "growth": "(revenue_current - revenue_prior) / revenue_prior",
        "cts": "cost_to_serve / revenue_current",
    }
    graph.expressions("derive", ratios)
    graph.join("in", "derive")
    names = _tables(graph)
    graph.expressions("sum", {"qualified": "g0 and g1 and g2", "score": " + ".join(f"p{i}" for i in range(10))})
    for name in names:
        graph.join("derive", name)
        graph.join(name, "sum")
    graph.join("derive", "sum")
    tiers: list[Rule] = [({"qualified": "false"}, {"tr": 0, "tier": 4})]
    tiers += [({"score": f">= {edge}"}, {"tr": i, "tier": i}) for i, edge in enumerate(TIER_EDGES, start=1)]
    graph.table("tier", [*tiers, ({}, {"tr": 4, "tier": 4})], keep=True)
    ratios_by = [({"state": str(i // 4), "tier": str(i % 4 + 1)}, {"nr": i, "nrr": nrr}) for i, nrr in enumerate(NRR)]
    graph.table("nrr", ratios_by, keep=True)
    fired = [(_cells(tests), {"rule": i, "action": ACTIONS[i]}) for i, tests in enumerate(TRIGGERS)]
    graph.table("triggers", fired, collect="fired", keep=True)
    bands = ", ".join(f"b{i}" for i in range(10))
    kept = {key: key for key in ("account_id", "score", "tier", "state", "nrr", "tr", "sr", "nr", "fired")}
    graph.expressions("told", {**kept, "target": "revenue_current * nrr", "gates": "[g0, g1, g2]", "bands": f"[{bands}]"}, keep=False)
    graph.nodes.append({"id": "out", "name": "out", "type": "outputNode"})
    for one, other in (("sum", "tier"), ("tier", "nrr"), ("nrr", "triggers"), ("triggers", "told"), ("told", "out")):
        graph.join(one, other)
    return graph.written()


def ready(table: pl.DataFrame) -> tuple[Any, list[dict[str, Any]]]:
    """Return the graph made ready, and rows."""
    return zen.ZenEngine().create_decision(written()), rows_of(table)


def decide(book: tuple[Any, list[dict[str, Any]]]) -> list[Decision]:
    """Decide every row."""
    graph, rows = book
    found: list[Decision] = []
    for row in rows:
        r = graph.evaluate(row)["result"]
        fired = [item["rule"] for item in r["fired"]]
        trail = (tuple(r["gates"]), tuple(r["bands"]), r["tr"], r["sr"], r["nr"], fired)
        action = r["fired"][0]["action"] if fired else None
        found.append((r["account_id"], r["score"], r["tier"], STATES[r["state"]], r["nrr"], r["target"], action, trail))
    return found


def told(decided: list[Decision]) -> list[Decision]:
    """Return the decisions."""
    return decided
