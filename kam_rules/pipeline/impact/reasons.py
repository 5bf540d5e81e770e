"""The rules that moved an account: what was asked of it before and after, and where the answers part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from kam_rules.model.amounts import percent, shown
from kam_rules.model.outcome import Layout, Verdict
from kam_rules.model.program import TIERS, Rule
from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.pipeline.assemble import GATES, STATES, TARGETS
from kam_rules.pipeline.replay import retaken

FIGURES = ("tier", "state", "base", "target")


@dataclass(frozen=True, slots=True)
class Mover:
    """An account that moves: each figure before and after, the parts of its change of target, what moves it, and by which rules."""

    account_id: str
    name: str
    owner: str
    figures: Mapping[str, tuple[Any, Any]]
    policy: int
    data: int
    by: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One account in one run."""

    run: Run
    record: Mapping[str, Any]
    facts: Mapping[str, Value]

    def verdict(self, id_: str) -> Verdict | None:
        known = any(rules.id == id_ for rules in self.run.ready.program.lists)
        return Layout(*self.run.ready.program.stages).verdict(self.record, id_) if known else None

    def rule(self, id_: str) -> Rule | None:
        found = self.verdict(id_)
        return None if found is None or found.rule is None else self.run.ready.program.list(id_).rules[found.rule]

    def gates(self) -> dict[str, str]:
        """Return each gate's answer."""
        found = self.verdict(GATES)
        if found is None:
            return {}
        answers = ("yes" if found.true >> i & 1 else "open" if found.unknown >> i & 1 else "no" for i in range(10**3))
        return {rule.id: answer for rule, answer in zip(self.run.ready.program.list(GATES).rules, answers, strict=False)}

    def score(self) -> str:
        found = self.facts["score"]
        return shown(found, self.run.ready.program.round) if isinstance(found, Fraction) else "none"

    def points(self) -> dict[str, Fraction]:
        """Return what each criterion adds to the score at its weight; a missing one adds nothing here."""
        scores = ((c, self.facts.get(c.score)) for c in self.run.ready.program.criteria)
        return {c.id: c.weight * score if isinstance(score, Fraction) else Fraction(0) for c, score in scores}


def explained(old: Run, new: Run, movers: pl.DataFrame) -> tuple[Mover, ...]:
    """Return some movers with the rules that moved them, in their order."""
    ids = movers["account_id"].to_list()
    before, after = _seen(old, ids), _seen(new, ids)
    found = []
    for row in movers.iter_rows(named=True):
        id_ = row["account_id"]
        one, other = before.get(id_), after.get(id_)
        record = (other or one).record  # type: ignore[union-attr]
        why = tuple(_why(one, other)) if one and other else ("it is new in the data",) if other else ("it is gone from the data",)
        figures = {name: (row[f"{name}_old"], row[f"{name}_new"]) for name in FIGURES}
        name = record["account_name"] or id_
        found.append(Mover(id_, name, record["owner"] or "", figures, row["policy"], row["data"], row["by"], why))
    return tuple(found)


def _seen(run: Run, ids: list[str]) -> dict[str, _Seen]:
    wanted = pl.col("account_id").is_in(ids)
    tables = (table.lazy().filter(wanted).collect() for table in (run.book.table, run.table))
    accounts, records = ({row["account_id"]: row for row in table.iter_rows(named=True)} for table in tables)
    return {id_: _Seen(run, record, retaken(run, accounts[id_], record)) for id_, record in records.items()}


def _why(old: _Seen, new: _Seen) -> Iterator[str]:
    """Say where the answers part, from the first question on."""
    before, after = old.gates(), new.gates()
    for id_ in dict.fromkeys((*before, *after)):
        if before.get(id_, "yes") != after.get(id_, "yes"):
            gate = _gate(new, id_) or _gate(old, id_)
            yield f"gate {id_}: {before.get(id_, 'not asked')}, now {after.get(id_, 'not asked')}{_place(gate)}"
    if old.record["tier"] != new.record["tier"]:
        yield from tuple(_tier(old, new)) or (f"its seat: {_seat(old)} before, {_seat(new)} now",)
    if old.record["state"] != new.record["state"]:
        rule = new.rule(STATES)
        yield f"state {_id(old.rule(STATES))}, now {_said(rule)}{_place(rule)}"
    asked, now = old.rule(TARGETS), new.rule(TARGETS)
    figures = [_nrr(one) for one in (old, new)]
    if figures[0] != figures[1]:
        yield f"target {_id(asked)} {figures[0]}, now {_id(now)} {figures[1]}{_place(now)}"


def _tier(old: _Seen, new: _Seen) -> Iterator[str]:
    qualified = [one.record["qualified"] for one in (old, new)]
    if all(qualified) and old.score() != new.score():
        points, later = old.points(), new.points()
        most = max(dict.fromkeys((*points, *later)), key=lambda id_: abs(later.get(id_, Fraction(0)) - points.get(id_, Fraction(0))))
        by = later.get(most, Fraction(0)) - points.get(most, Fraction(0))
        yield f"score {old.score()}, now {new.score()}; most by {most}: {'+' if by > 0 else ''}{shown(by, 2)} points at its weight"
    rule, was = new.rule(TIERS), old.rule(TIERS)
    if _id(rule) != _id(was) and all(qualified):
        yield f"tier {_id(was)}, now {_said(rule)}{_place(rule)}"
    for one, when in ((old, "before"), (new, "now")):
        if one.record["lost_tier"] is not None:
            yield f"no seat in {one.record['lost_tier']} {when}: {_seat(one)}"


def _seat(seen: _Seen) -> str:
    return str(seen.record["seat"]).replace("_", " ")


def _gate(seen: _Seen, id_: str) -> Rule | None:
    rules = seen.run.ready.program.list(GATES).rules if seen.verdict(GATES) else ()
    return next((rule for rule in rules if rule.id == id_), None)


def _nrr(seen: _Seen) -> str:
    found = seen.facts.get("target_nrr")
    return percent(found) if isinstance(found, Fraction) else "none"


def _id(rule: Rule | None) -> str:
    return rule.id if rule else "undecided"


def _said(rule: Rule | None) -> str:
    return f"{rule.id} ({rule.text})" if rule and rule.text else _id(rule)


def _place(rule: Rule | None) -> str:
    return f", {Path(rule.where.path).name}:{rule.where.line}" if rule and rule.where else ""
