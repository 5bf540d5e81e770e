"""The rule program and the values as plain JSON: what `rederive.py` of a run reads, and an auditor beside it.

A tree is an object of one operation and its operands, such as ``{">=": [{"read": "headroom"}, {"number": "250000"}]}``.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
from fractions import Fraction
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kam_rules.model.past import NAMES as PAST
from kam_rules.model.program import TIERS, Changes, Derive, Program, RuleList, Stage, Step
from kam_rules.model.run import Run
from kam_rules.model.tree import (
    And,
    Arith,
    Compare,
    Const,
    Extreme,
    FirstKnown,
    If,
    Known,
    Node,
    Not,
    Or,
    Read,
    Round,
    children,
)
from kam_rules.model.types import BUILT_IN, Type
from kam_rules.pipeline.assemble import GATES, STATES, TARGETS, TRIGGERS
from kam_rules.pipeline.tabulate import COMMITTED, RENAMED

if TYPE_CHECKING:
    import polars as pl

FORMAT = "kam-rules.program/1"
PROGRAM, VALUES, SCRIPT = "program.json", "values.jsonl.gz", "rederive.py"
VALUES_UP_TO = 100_000
"""Accounts up to which a run keeps its values twice, in Parquet and as lines that Python reads unaided."""
QUICK = 1
NAMES = {And: "and", Or: "or", Not: "not", Known: "known", If: "if", FirstKnown: "first_known", Round: "round"}


def tree(node: Node) -> dict[str, Any]:
    """Return a tree as JSON.

    Examples:
        >>> tree(Compare("<", Read("penetration", Type.RATIO), Const(Fraction(2, 5), Type.RATIO)))
        {'<': [{'read': 'penetration'}, {'number': '2/5'}]}
    """
    if isinstance(node, Const):
        return _literal(node)
    if isinstance(node, Read):
        return {"read": node.name}
    name = node.op if isinstance(node, Arith | Compare | Extreme) else NAMES.get(type(node), type(node).__name__.lower())
    found: dict[str, Any] = {name: [tree(child) for child in children(node)]}
    return found | {"places": node.places} if isinstance(node, Round) else found


def _literal(node: Const) -> dict[str, Any]:
    match node.value:
        case None:
            return {"missing": True}
        case bool():
            return {"flag": node.value}
        case dt.date():
            return {"date": node.value.isoformat()}
        case Fraction():
            return {"number": str(node.value)}
        case str():
            return {"text": node.value}


def told_program(run: Run) -> str:
    """Return the program of a run as JSON text, with what its seating and its decisions.csv need beside it."""
    program = run.ready.program
    names = {field.name: field for stage in program.stages for field in stage.fields} | {field.name: field for field in program.fields}
    seating = program.seating
    told = {
        "format": FORMAT,
        "as_of": run.ready.as_of.isoformat(),
        "effective_on": run.ready.effective_on.isoformat(),
        "fields": [{"name": f.name, "kind": _kind(f.type), "decimals": f.decimals, "meaning": f.meaning} for f in names.values()],
        "stages": [_stage(stage) for stage in program.stages],
        "tiers_if_unknown": program.list(TIERS).if_unknown,
        "seating": {
            "tiers": [{"tier": s.tier, "capacity": s.capacity, "tie_break": [list(pair) for pair in s.tie_break]} for s in seating.tiers],
            "key_tiers": list(seating.key_tiers),
            "at_most": None if seating.at_most is None else str(seating.at_most),
            "changes": None if seating.changes is None else _changes(seating.changes),
            "inherit": seating.inherit,
        },
        "columns": _columns(program),
        "named": _named(program),
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _changes(changes: Changes) -> dict[str, Any]:
    """Return when incumbents leave their tier; by how much their score is raised stands in the trees of `tiers.kept`."""
    return {
        "demote_after": changes.demote_after,
        "wait_at_least": changes.wait_at_least,
        "incumbents_first": changes.incumbents_first,
        "where": str(changes.where or ""),
    }


def _kind(type_: Type) -> str:
    return "number" if type_.numeric else "date" if type_ is Type.DATE else "flag" if type_ is Type.FLAG else "text"


def _stage(stage: Stage) -> dict[str, Any]:
    return {"name": stage.name, "steps": [_step(step) for step in stage.steps]}


def _step(step: Step) -> dict[str, Any]:
    if isinstance(step, Derive):
        return {"derive": step.name, "is": tree(step.node), "text": step.text, "where": str(step.where or "")}
    return _list(step)


def _list(rules: RuleList) -> dict[str, Any]:
    told = [
        {
            "id": rule.id,
            "when": tree(rule.when),
            "gives": [tree(node) for node in rule.gives],
            "text": rule.text,
            "because": rule.because,
            "where": str(rule.where or ""),
        }
        for rule in rules.rules
    ]
    return {
        "list": rules.id,
        "hit": str(rules.hit),
        "if_unknown": rules.if_unknown,
        "binds": [name for name, _ in rules.binds],
        "rules": told,
    }


def _columns(program: Program) -> list[dict[str, str]]:
    """Return which column of decisions.csv is which figure, and the list it comes of; a baseline stands beside a target alone."""
    plain = ("qualified", "score", "coverage", "score_low", "score_high", "needs_data")
    targets = {name: name for name in ("target_nrr", "floor_nrr", "aspirational_nrr")} | RENAMED
    found = [{"column": "base_revenue", "figure": program.base}, *({"column": name, "figure": name} for name in plain)]
    found += [{"column": column, "figure": figure, "list": TARGETS} for figure, column in targets.items()]
    return found + [{"column": f"{b}_target", "figure": f"{b}_amount", "beside": COMMITTED} for b in program.baselines]


def _named(program: Program) -> list[dict[str, str]]:
    """Return which column of decisions.csv names rules of which list, or what they give."""
    there = {rules.id for rules in program.lists}
    told = [
        ("state", STATES, "gives"),
        ("state_rule", STATES, "rule"),
        ("target_rule", TARGETS, "rule"),
        ("gates_passed", GATES, "true"),
        ("gates_unanswered", GATES, "unknown"),
        ("action", TRIGGERS, "first"),
        ("triggers", TRIGGERS, "true"),
    ]
    return [{"column": column, "list": list_, "is": kind} for column, list_, kind in told if list_ in there]


def script() -> bytes:
    """Return the text of rederive.py as every run keeps it."""
    return files("kam_rules.evidence").joinpath(SCRIPT).read_bytes()


def packed(values: bytes) -> bytes:
    """Return values as the file of them keeps them; the same values give the same bytes."""
    return gzip.compress(values, QUICK, mtime=0)


def _wanted(part: pl.DataFrame, names: set[str]) -> list[str]:
    return [name for name in part.columns if name in {"row", *BUILT_IN, *PAST} or name in names]


def values_text(run: Run) -> bytes:
    """Return the values of every account as rederive.py reads them, one a line, unpacked."""
    names = {field.name for stage in run.ready.program.stages for field in stage.fields}
    found = io.BytesIO()
    for part in run.book.table:
        part.select(_wanted(part, names)).write_ndjson(found)
    return found.getvalue()
