"""The criteria of a policy in plain words: what counts, how much, and how a measure becomes a score."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kam_rules.backends.reference import evaluate
from kam_rules.feel.printer import value
from kam_rules.model.amounts import percent
from kam_rules.model.program import Criterion, Derive, Program
from kam_rules.model.report import Cell, Column, Table, Unit
from kam_rules.model.tree import type_of
from kam_rules.model.types import Type
from kam_rules.reports.sentences import figure, name

MISSING = {
    "reject": "the account then has no score",
    "zero": "counts 0",
    "renormalise": "left out; the others carry its weight",
}


def criteria(program: Program) -> Table:
    """Return the criteria with their weights."""
    labels = {"criterion": "Criterion", "weight": "Weight", "purpose": "Is for", "stands": "Looks at", "because": "Because"}
    columns = tuple(Column(key, label, Unit.RATIO if key == "weight" else Unit.TEXT) for key, label in labels.items())
    rows: list[tuple[Cell, ...]] = []
    for criterion in program.criteria:
        tags = dict(criterion.tags)
        about = "the customer" if tags["about"] == "customer" else "us"
        looks = f"{about}, {'today' if tags['horizon'] == 'current' else 'what may come'}, {name(tags['kind'])}"
        rows.append((name(criterion.id), criterion.weight, name(tags["purpose"]), looks, tags.get("because", "")))
    rows.append(("all together", sum((c.weight for c in program.criteria), Fraction(0)), "", "", ""))
    return Table("criteria", "What counts, and how much", columns, tuple(rows))


def scores(program: Program) -> Iterable[str]:
    """Walk how each criterion scores, and what makes the score."""
    for criterion in program.criteria:
        yield f"{name(criterion.id)} scores by {_measure(program, criterion)}."
        yield f"    {'; '.join(_scale(program, criterion))}."
        missing = MISSING.get(criterion.if_missing, f"counts {_plain(criterion.neutral)}")
        yield f"    Where it is missing: {missing}."
    coverage = percent(program.min_coverage)
    yield f"The score is the weighted mean, from 0 to 100; answers for less than {coverage} of the weight make no score."


def _measure(program: Program, criterion: Criterion) -> str:
    figures = {s.name: s.node for s in program.ranking.steps if isinstance(s, Derive)}
    node = figures[f"{criterion.id}.measure"]
    return f"the answer to '{figure(node)}'" if type_of(node) is Type.FLAG else figure(node, program.minor)


def _scale(program: Program, criterion: Criterion) -> Iterable[str]:
    type_, minor = type_of(criterion.measure), program.minor
    if criterion.line is not None:
        worst, best = (value(end, type_, minor=minor) for end in criterion.line)
        yield f"a straight line from 0 at {worst} to 100 at {best}"
    elif criterion.edges:
        ends = [*(low for low, _ in criterion.edges[1:]), None]
        for (low, score), high in zip(criterion.edges, ends, strict=True):
            start, end = (None if e is None else value(e, type_, minor=minor) for e in (low, high))
            span = f"below {end}" if start is None else f"from {start} on" if end is None else f"from {start} to below {end}"
            yield f"{span}: {_plain(score)}"
    else:
        for rule in program.ranking.list(f"criteria.{criterion.id}").rules:
            label = f" ({dict(rule.note)['label']})" if "label" in dict(rule.note) else ""
            given = evaluate(rule.gives[0], {})
            word = rule.text.removeprefix("is ")
            told = {"true": "yes", "false": "no", "otherwise": "all else"}.get(word, name(word))
            yield f"{told}{label}: {_plain(given) if isinstance(given, Fraction) else ''}"


def _plain(score: Fraction) -> str:
    return percent(score / 100).rstrip("%")
