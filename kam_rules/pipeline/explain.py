"""Why an account was decided so: every rule that was asked, from which values, at which place, and by what margin.

The trail is JSON, `kam-rules.trail/1`; text and pages are views of it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.backends.reference import evaluate
from kam_rules.feel.printer import say
from kam_rules.feel.printer import value as said
from kam_rules.model.amounts import percent, shown
from kam_rules.model.book import ColumnMap
from kam_rules.model.program import TIERS, Criterion, Derive, Hit, Rule, RuleList
from kam_rules.model.run import Run, Taken
from kam_rules.model.tree import Value, type_of
from kam_rules.model.types import BUILT_IN, Field, Type
from kam_rules.pipeline.assemble import AT_ONCE, INNER
from kam_rules.pipeline.explain_past import change, incumbents
from kam_rules.pipeline.explain_watch import watched
from kam_rules.pipeline.flip import Flip, flips
from kam_rules.pipeline.parts import Part, parts, read_values
from kam_rules.pipeline.read import rates_of
from kam_rules.pipeline.replay import Replay, replay, work
from kam_rules.pipeline.told_overrides import held_lines
from kam_rules.pipeline.witness import WITNESS, compare
from kam_rules.sources._conventions import told as written
from kam_rules.sources._rates import told

FORMAT = "kam-rules.trail/1"
Trail = dict[str, Any]


def explain(run: Run, account_id: str) -> Trail:
    """Return the trail of one account, which the reference engine and durable-rules decide again on the way.

    Raises:
        UsageError: KR505 the account is not in the run, or was refused.
        DisagreementError: KR509 the record and one of the two engines differ.
    """
    found = replay(run, account_id)
    compare(run, *found.frames, WITNESS)
    return _Explainer(found).trail()


def _told(cell: object) -> str:
    """Write a cell as its source shows it; a whole float without a point, as the count or flag that it is."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(cell).removesuffix(".0") if isinstance(cell, float) else str(cell)


class _Explainer:
    """Tells one account; each method tells one part."""

    def __init__(self, found: Replay) -> None:
        self.found, self.run, self.facts = found, found.run, found.facts
        self.account, self.record = found.account, found.record
        self.program = self.run.ready.program
        self.minor = self.program.minor
        faults = self.run.book.faults.lazy().filter(pl.col("row") == self.account["row"]).select("field", "code").collect()
        self.faults = dict(reversed(faults.rows()))

    def trail(self) -> Trail:
        lists = [rules for rules in self.program.lists if rules.id not in INNER - {AT_ONCE} and not rules.id.startswith("criteria.")]
        rows = watched(self.run, self.account["account_id"], self.facts)
        return ({"watched": rows} if rows else {}) | {
            "format": FORMAT,
            "account": {name: self.account[name] for name in BUILT_IN},
            "policy": self._policy(),
            "decision": self._decision(),
            "score": self._score(),
            "seat": self._seat(),
            "lists": [self._list(rules) for rules in lists],
            "overrides": held_lines(self.run, self.account["account_id"]),
            "values": self._values(),
            "figures": self._figures(),
            "assumptions": self._assumptions(),
            "work": [{"field": item.field or None, "for": list(item.uses), "text": str(item)} for item in work(self.found)],
        }

    def text(self, value: Value, type_: Type) -> str | None:
        return None if value is None else said(value, type_, minor=self.minor)

    def _policy(self) -> dict[str, Any]:
        policy, ready = self.run.policy, self.run.ready
        return {
            "id": policy.id,
            "fiscal_year": policy.fiscal_year,
            "owner": policy.owner,
            "currency": self.program.currency,
            "files": [{"path": source.path, "sha256": source.sha256} for source in policy.sources],
            "data": [{"path": source.path, "sha256": source.sha256} for source in self.run.book.files],
            "as_of": ready.as_of.isoformat(),
            "effective_on": ready.effective_on.isoformat(),
            "known_at": self.run.book.source.known_at.isoformat() if self.run.book.source.known_at else None,
            "signed": self.run.standing.said,
            "ledger": self.run.standing.ledger,
            "engine": self.run.engine,
            "confirmed_by": [name for name in ("reference", WITNESS) if name != self.run.engine.split()[0]],
        }

    def _decision(self) -> dict[str, Any]:
        names = ["target", "floor", "aspirational"]
        found: dict[str, Any] = {
            "tier": self.record["tier"],
            "state": self.record["state"],
            "action": self.record["action"],
            "qualified": self.record["qualified"],
            "base": self.text(self.facts[self.program.base], Type.MONEY),
        }
        for name in names:
            found[f"{name}_nrr"] = self.text(self.facts[f"{name}_nrr"], Type.RATIO)
            found[f"{name}_amount"] = self.text(self.facts[f"{name}_amount"], Type.MONEY)
        found["prospect_amount"] = self.text(self.facts["prospect_amount"], Type.MONEY)
        found["baselines"] = {name: self.text(self.facts[f"{name}_amount"], Type.MONEY) for name in self.program.baselines}
        return found

    def _score(self) -> dict[str, Any]:
        score = {name: self._points(name) for name in ("score", "score_low", "score_high")}
        told = [self._criterion(c) for c in self.program.criteria]
        points = sum((Fraction(item["points"]) for item in told if item["points"]), Fraction(0))
        carried = sum((Fraction(item["carries"].rstrip("%")) for item in told), Fraction(0))
        return {
            **score,
            "points": shown(points, 6),
            "carried": f"{shown(carried, 4)}%",
            "coverage": self.text(self.facts["coverage"], Type.RATIO),
            "min_coverage": percent(self.program.min_coverage),
            "needs_data": self.facts["needs_data"],
            "criteria": told,
            "flips": [self._flip(f) for f in flips(self.program, self.facts, self._eligible())],
        }

    def _points(self, name: str) -> str | None:
        value = self.facts[name]
        return shown(value, self.program.round, least=self.program.round) if isinstance(value, Fraction) else None

    def _eligible(self) -> str | None:
        tiers = self.program.list(TIERS)
        rule = self.found.verdict(tiers).rule
        return None if rule is None else tiers.rules[rule].id

    def _criterion(self, criterion: Criterion) -> dict[str, Any]:
        score, measure = self.facts[criterion.score], self.facts[f"{criterion.id}.measure"]
        rules = next((f for f in self.program.lists if f.id == f"criteria.{criterion.id}"), None)
        found: dict[str, Any] = {
            "id": criterion.id,
            "weight": percent(criterion.weight),
            "measure": criterion.text,
            "value": self.text(measure, criterion.measure.type),  # type: ignore[union-attr]
            "score": shown(score, 2) if isinstance(score, Fraction) else None,
            "where": str(criterion.where),
            "tags": dict(criterion.tags),
        }
        found |= self._counted(criterion, score if isinstance(score, Fraction) else None)
        if score is None:
            stand_in = {"zero": "counts 0", "neutral": f"counts {shown(criterion.neutral, 2)}", "reject": "leaves no score"}
            found["if_missing"] = stand_in.get(criterion.if_missing, "left out, the others carry its weight")
            found["missing"] = list(self.found.absent(f"{criterion.id}.measure"))
        if rules is not None:
            found["rule"] = self._band(rules)
        elif criterion.line is not None:
            worst, best = (said(end, type_of(criterion.measure), minor=self.minor) for end in criterion.line)
            found["rule"] = {"id": f"{criterion.id}.line", "text": f"line from {worst} (0) to {best} (100)", "where": str(criterion.where)}
        return found

    def _counted(self, criterion: Criterion, score: Fraction | None) -> dict[str, Any]:
        """Return what the criterion adds to the composite: its points, and the weight that it carries."""
        stand_in = {"zero": Fraction(0), "neutral": criterion.neutral}.get(criterion.if_missing)
        counted = score if score is not None else stand_in
        carries = criterion.if_missing != "renormalise" or score is not None
        points = None if counted is None else shown(criterion.weight * counted, 6)
        return {"points": points, "carries": percent(criterion.weight if carries else Fraction(0))}

    def _band(self, rules: RuleList) -> dict[str, Any] | None:
        index = self.found.verdict(rules).rule
        if index is None:
            return None
        rule = rules.rules[index]
        return {"id": rule.id, "text": rule.text, "where": str(rule.where), **dict(rule.note)}

    def _flip(self, flip: Flip) -> dict[str, Any]:
        type_ = flip.field.type
        return {
            "field": flip.field.name,
            "tier": flip.tier,
            "from": self.text(flip.low, type_),
            "to": self.text(flip.high, type_),
            "values": [self.text(word, type_) for word in flip.words],
        }

    def _seat(self) -> dict[str, Any]:
        record, changes = self.record, self.program.seating.changes
        tier = record["lost_tier"] or record["tier"]
        seats = next((s for s in self.program.seating.tiers if s.tier == tier), None)
        taken = self.run.seats.get(tier, Taken(0, None))
        lowest = None if taken.lowest is None else Fraction(taken.lowest, 10**self.program.round)
        return {
            "outcome": record["seat"],
            "rank": record["seat_rank"],
            "seated_in": record["tier"],
            "lost_tier": record["lost_tier"],
            "tier": tier,
            "capacity": seats.capacity if seats else None,
            "seated": taken.seats,
            "lowest_seated_score": None if lowest is None else shown(lowest, self.program.round, least=self.program.round),
            "tie_break": [f"{name} {'desc' if down else 'asc'}" for name, down in seats.tie_break] if seats else [],
            "at_most": None if self.program.seating.at_most is None else percent(self.program.seating.at_most),
            "incumbents": incumbents(self.run),
            **({"head": record["head"]} if record.get("head") else {}),
            **({} if changes is None else {"change": change(self.run, changes, self.account, record)}),
        }

    def _list(self, rules: RuleList) -> dict[str, Any]:
        verdict = self.found.verdict(rules)
        told = [self._rule(rules, i, rule) for i, rule in enumerate(rules.rules)]
        decided = None if verdict.rule is None else rules.rules[verdict.rule].id
        unknown = [rules.rules[i].id for i in range(len(rules.rules)) if verdict.unknown >> i & 1]
        return {
            "id": rules.id,
            "hit": str(rules.hit),
            "if_unknown": rules.if_unknown if rules.hit is not Hit.COLLECT else None,
            "decided_by": decided,
            "fired": [rules.rules[i].id for i in range(len(rules.rules)) if verdict.true >> i & 1],
            "unknown": unknown,
            "undetermined": bool(decided and unknown),
            "rules": told,
        }

    def _rule(self, rules: RuleList, index: int, rule: Rule) -> dict[str, Any]:
        verdict = self.found.verdict(rules)
        truth = evaluate(rule.when, self.facts)
        outcome = {True: "true", False: "false", None: "unknown"}[truth]  # type: ignore[index]
        if rules.hit is not Hit.COLLECT and verdict.rule is not None and index > verdict.rule:
            outcome = "not reached"
        gives = [self.text(evaluate(node, self.facts), Type.TEXT) for node in rule.gives if rules.id != "targets"]
        return {
            "id": rule.id,
            "text": rule.text,
            "because": rule.because,
            "where": str(rule.where) if rule.where else "built in",
            "outcome": outcome,
            "decides": verdict.rule == index,
            "gives": [word.strip('"') for word in gives if word],
            "parts": [] if rule.text == "otherwise" else [self._part(p) for p in parts(rule.when, self.facts)],
            "note": dict(rule.note),
        }

    def _part(self, part: Part) -> dict[str, Any]:
        left = said(part.left, part.type, minor=self.minor)
        found: dict[str, Any] = {"text": say(part.node), "truth": part.truth, "left": left}
        if part.margin is not None:
            found["right"] = self.text(part.right, part.type)
            found["margin"] = self.text(part.margin, part.type)
        found["values"] = [
            {"name": name, "value": self.text(value, type_), "missing": list(self.found.absent(name)) if value is None else []}
            for name, type_, value in read_values(part.node, self.facts)
        ]
        return found

    def _values(self) -> list[dict[str, Any]]:
        """Return every field that any stage read, with the cell it came from."""
        names = {f.name for stage in self.program.stages for f in stage.fields}
        return [self._field(f) for f in self.program.fields if f.name in names]

    def _field(self, field: Field) -> dict[str, Any]:
        column = self.run.book.source.columns.get(field.name)
        cell = self.found.cells.get(field.name)
        return {
            "name": field.name,
            "type": str(field.type),
            "meaning": field.meaning,
            "value": self.text(self.facts.get(field.name), field.type),
            "file": self._file(field),
            "row": self.account["row"],
            "column": column.column if column else None,
            "raw": None if cell is None else _told(cell),
            "unit": self._unit(field, column) or None,
            "fault": self.faults.get(field.name),
            "contract": f"worked out from {field.beside}" if field.beside else str(field.where),
        }

    def _file(self, field: Field) -> str:
        tables = self.run.book.source.tables
        return tables[field.beside].shown if field.beside in tables else self.run.book.source.shown

    def _unit(self, field: Field, column: ColumnMap | None) -> str:
        """Return how the text in the cell is meant: percent or fraction, the currency it was converted from, its convention."""
        if column is None:
            return ""
        book, meant = self.run.book, column.unit if field.type is Type.RATIO else ""
        if field.type is Type.MONEY:
            meant = told(rates_of(book.source, book.tables, self.program.currency), self.account["currency"])
        return "; ".join(part for part in (meant, written(column)) if part)

    def _figures(self) -> list[dict[str, Any]]:
        """Return every metric that any stage worked out."""
        steps = [step for stage in self.program.stages for step in stage.steps]
        metrics = {step.name: step for step in steps if isinstance(step, Derive) and step.text}
        return [self._figure(metric) for metric in metrics.values()]

    def _figure(self, metric: Derive) -> dict[str, Any]:
        value = self.facts.get(metric.name)
        return {
            "name": metric.name,
            "is": metric.text,
            "value": self.text(value, metric.type),
            "where": str(metric.where),
            "missing": list(self.found.absent(metric.name)) if value is None else [],
        }

    def _assumptions(self) -> list[dict[str, Any]]:
        ready = self.run.ready
        return [
            {"name": name, "value": self.text(const.value, const.type), "source": ready.sources[name]}
            for name, const in ready.assumed.items()
        ]
