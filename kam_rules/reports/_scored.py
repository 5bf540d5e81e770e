"""What an explanation says of the score: every criterion with its points, and what a missing answer could still change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kam_rules.model.report import Column, Table
from kam_rules.reports._place import short

Json = dict[str, Any]
REJECTS = "leaves no score"
"""What a trail says of a missing measure that the policy does not do without."""


def criteria(score: Json) -> Table:
    """Return one row a criterion: where its value fell, what that scores, and the points that it adds."""
    labels = {
        "id": "Criterion",
        "weight": "Weight",
        "measure": "Measure",
        "value": "Value",
        "rule": "Fell into",
        "score": "Score",
        "points": "Points",
        "where": "Where",
    }
    rows = []
    for item in score["criteria"]:
        rule = item.get("rule") or {}
        label = f" ({rule['label']})" if rule.get("label") else ""
        fell = f"{rule.get('text', '')}{label}" if item["score"] is not None else f"missing: {item['if_missing']}"
        front = (item["id"], item["weight"], item["measure"], item["value"] or "missing", fell)
        rows.append((*front, item["score"] or "-", item["points"] or "-", short(rule.get("where", item["where"]))))
    return Table("criteria", "Criteria", tuple(Column(key, label) for key, label in labels.items()), tuple(rows))


def score_lines(trail: Json, tiers: Json) -> Iterable[str]:
    """Say what the score is, or why there is none, and how far missing answers could move it."""
    score = trail["score"]
    if score["score"] is None:
        rejecting = [item["id"] for item in score["criteria"] if item.get("if_missing") == REJECTS]
        if rejecting:
            yield f"There is no score: {', '.join(rejecting)} is missing, and the policy does not do without (if_missing: reject)"
        else:
            yield f"There is no score: criteria with data weigh {score['coverage']}, and the policy asks for {score['min_coverage']}"
    else:
        exact = score["carried"] == "100%" and score["points"] == score["score"].rstrip("0").rstrip(".")
        rounded = "" if exact else ", rounded half to even"
        yield f"The score is {score['score']} of 100: {score['points']} points on a weight of {score['carried']}{rounded}"
        yield f"    criteria with data weigh {score['coverage']}"
    if score["score_low"] != score["score_high"]:
        yield f"With the missing answers it could lie anywhere from {score['score_low']} to {score['score_high']}"
    if score["needs_data"]:
        yield "Needs data: an edge of a tier lies inside that range"
    yield from (_flip(flip) for flip in score["flips"])
    gate = next((r for r in tiers["rules"] if r["id"] == "not_qualified"), None)
    if gate and gate["outcome"] == "true":
        yield "The score stands for the record alone: the account did not pass the gates"


def _flip(flip: Json) -> str:
    tier = f"eligible for {flip['tier']}" if flip["tier"] else "undecided"
    if flip["values"]:
        return f"  {flip['field']} {' or '.join(flip['values'])} alone would make it {tier}"
    return f"  {flip['field']} {_span(flip['from'], flip['to'])} alone would make it {tier}"


def _span(low: str | None, high: str | None) -> str:
    if low and high:
        return low if low == high else f"from {low} to {high}"
    if low:
        return f"from {low} on"
    return f"up to {high}" if high else "of any value"
