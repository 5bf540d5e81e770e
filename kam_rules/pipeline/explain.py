"""Why an account was decided so: every rule that was asked, from which values, at which place, and by what margin.

The trail is JSON, `kam-rules.trail/1`; text and pages are views of it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from kam_rules.backends.reference import evaluate
from kam_rules.feel.printer import say
from kam_rules.feel.printer import value as said
from kam_rules.model.amounts import percent, shown
from kam_rules.model.program import Hit, Rule, RuleList
from kam_rules.model.run import Run, Taken
from kam_rules.model.types import BUILT_IN, Type
from kam_rules.pipeline.assemble import AT_ONCE, INNER
from kam_rules.pipeline.explain_inputs import inputs
from kam_rules.pipeline.explain_past import change, incumbents
from kam_rules.pipeline.explain_score import score
from kam_rules.pipeline.explain_values import assumptions, figures, values
from kam_rules.pipeline.explain_watch import watched
from kam_rules.pipeline.parts import Part, parts, read_values
from kam_rules.pipeline.replay import Replay, replay, work
from kam_rules.pipeline.told_overrides import held_lines
from kam_rules.pipeline.witness import WITNESS, compare

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


class _Explainer:
    """Tells one account; each method tells one part."""

    def __init__(self, found: Replay) -> None:
        self.found, self.run, self.facts = found, found.run, found.facts
        self.account, self.record = found.account, found.record
        self.program = found.program

    def trail(self) -> Trail:
        lists = [rules for rules in self.program.lists if rules.id not in INNER - {AT_ONCE} and not rules.id.startswith("criteria.")]
        rows = watched(self.run, self.account["account_id"], self.facts)
        return ({"watched": rows} if rows else {}) | {
            "format": FORMAT,
            "account": {name: self.account[name] for name in BUILT_IN},
            "policy": self._policy(),
            "decision": self._decision(),
            "score": score(self.found),
            "seat": self._seat(),
            "lists": [self._list(rules) for rules in lists],
            "overrides": held_lines(self.run, self.account["account_id"]),
            "values": values(self.found),
            "figures": figures(self.found),
            "assumptions": assumptions(self.found),
            "work": [{"field": item.field or None, "for": list(item.uses), "text": str(item)} for item in work(self.found)],
        }

    def _policy(self) -> dict[str, Any]:
        policy = self.run.policy
        return {
            "id": policy.id,
            "fiscal_year": policy.fiscal_year,
            "owner": policy.owner,
            "currency": self.program.currency,
            **inputs(self.run),
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
            "base": self.found.text(self.facts[self.program.base], Type.MONEY),
        }
        for name in names:
            found[f"{name}_nrr"] = self.found.text(self.facts[f"{name}_nrr"], Type.RATIO)
            found[f"{name}_amount"] = self.found.text(self.facts[f"{name}_amount"], Type.MONEY)
        found["prospect_amount"] = self.found.text(self.facts["prospect_amount"], Type.MONEY)
        found["baselines"] = {name: self.found.text(self.facts[f"{name}_amount"], Type.MONEY) for name in self.program.baselines}
        return found

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
        gives = [self.found.text(evaluate(node, self.facts), Type.TEXT) for node in rule.gives if rules.id != "targets"]
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
        left = said(part.left, part.type, minor=self.program.minor)
        found: dict[str, Any] = {"text": say(part.node), "truth": part.truth, "left": left}
        if part.margin is not None:
            found["right"] = self.found.text(part.right, part.type)
            found["margin"] = self.found.text(part.margin, part.type)
        found["values"] = [
            {"name": name, "value": self.found.text(value, type_), "missing": list(self.found.absent(name)) if value is None else []}
            for name, type_, value in read_values(part.node, self.facts)
        ]
        return found
