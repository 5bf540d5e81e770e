"""How a score came about: every criterion, the points of each, and what a missing answer could still change."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from kam_rules.model.amounts import percent, shown
from kam_rules.model.program import TIERS, Criterion, RuleList
from kam_rules.model.tree import type_of
from kam_rules.model.types import Type
from kam_rules.pipeline.flip import Flip, flips
from kam_rules.pipeline.replay import Replay


def score(found: Replay) -> dict[str, Any]:
    """Return the composite of an account with its interval, its criteria and what a missing answer could still change.

    Points, scores and percents are texts, as `kam-rules.trail/1` has them; None: there is no score.
    """
    told = [_criterion(found, c) for c in found.program.criteria]
    points = sum((Fraction(item["points"]) for item in told if item["points"]), Fraction(0))
    carried = sum((Fraction(item["carries"].rstrip("%")) for item in told), Fraction(0))
    return {
        **{name: _points(found, name) for name in ("score", "score_low", "score_high")},
        "points": shown(points, 6),
        "carried": f"{shown(carried, 4)}%",
        "coverage": found.text(found.facts["coverage"], Type.RATIO),
        "min_coverage": percent(found.program.min_coverage),
        "needs_data": found.facts["needs_data"],
        "criteria": told,
        "flips": [_flip(found, f) for f in flips(found.program, found.facts, _eligible(found))],
    }


def _points(found: Replay, name: str) -> str | None:
    value, places = found.facts[name], found.program.round
    return shown(value, places, least=places) if isinstance(value, Fraction) else None


def _eligible(found: Replay) -> str | None:
    tiers = found.program.list(TIERS)
    rule = found.verdict(tiers).rule
    return None if rule is None else tiers.rules[rule].id


def _criterion(found: Replay, criterion: Criterion) -> dict[str, Any]:
    score, measure = found.facts[criterion.score], found.facts[f"{criterion.id}.measure"]
    rules = next((f for f in found.program.lists if f.id == f"criteria.{criterion.id}"), None)
    told: dict[str, Any] = {
        "id": criterion.id,
        "weight": percent(criterion.weight),
        "measure": criterion.text,
        "value": found.text(measure, criterion.measure.type),  # type: ignore[union-attr]
        "score": shown(score, 2) if isinstance(score, Fraction) else None,
        "where": str(criterion.where),
        "tags": dict(criterion.tags),
    }
    told |= _counted(criterion, score if isinstance(score, Fraction) else None)
    if score is None:
        stand_in = {"zero": "counts 0", "neutral": f"counts {shown(criterion.neutral, 2)}", "reject": "leaves no score"}
        told["if_missing"] = stand_in.get(criterion.if_missing, "left out, the others carry its weight")
        told["missing"] = list(found.absent(f"{criterion.id}.measure"))
    if rules is not None:
        told["rule"] = _band(found, rules)
    elif criterion.line is not None:
        worst, best = (found.text(end, type_of(criterion.measure)) for end in criterion.line)
        told["rule"] = {"id": f"{criterion.id}.line", "text": f"line from {worst} (0) to {best} (100)", "where": str(criterion.where)}
    return told


def _counted(criterion: Criterion, score: Fraction | None) -> dict[str, Any]:
    """Return what the criterion adds to the composite: its points, and the weight that it carries."""
    stand_in = {"zero": Fraction(0), "neutral": criterion.neutral}.get(criterion.if_missing)
    counted = score if score is not None else stand_in
    carries = criterion.if_missing != "renormalise" or score is not None
    points = None if counted is None else shown(criterion.weight * counted, 6)
    return {"points": points, "carries": percent(criterion.weight if carries else Fraction(0))}


def _band(found: Replay, rules: RuleList) -> dict[str, Any] | None:
    index = found.verdict(rules).rule
    if index is None:
        return None
    rule = rules.rules[index]
    return {"id": rule.id, "text": rule.text, "where": str(rule.where), **dict(rule.note)}


def _flip(found: Replay, flip: Flip) -> dict[str, Any]:
    type_ = flip.field.type
    return {
        "field": flip.field.name,
        "tier": flip.tier,
        "from": found.text(flip.low, type_),
        "to": found.text(flip.high, type_),
        "values": [found.text(word, type_) for word in flip.words],
    }
