"""Why a rep, a manager or a team is asked for so much: from the line of quota back to rules, rows and cells.

The trail is JSON, `kam-rules.quota/1`; text and pages are views of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.model.amounts import percent
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.quota import TOTAL, Quota, Reconciled, TeamOutcome
from kam_rules.model.run import Run
from kam_rules.pipeline.credit import book_reasons
from kam_rules.pipeline.explain_inputs import inputs
from kam_rules.pipeline.holders import FULL, REPS
from kam_rules.pipeline.quotas import MANAGER
from kam_rules.pipeline.tables import columns_of
from kam_rules.pipeline.told_quota import Told, Writer

FORMAT = "kam-rules.quota/1"
QUOTAS = ("rep", "team")
"""What can stand before the colon."""


def explain(run: Run, kind: str, name: str) -> Told:
    """Return the trail of a rep's or a team's quota.

    Raises:
        UsageError: KR807 the run is not reconciled, KR809 there is no such rep or team.
    """
    if run.reconciled is None:
        raise UsageError(Finding("KR807", "this run is not reconciled", None, "kam-rules schema KR807 tells what it needs"))
    teller = _Teller(run, run.reconciled)
    return teller.rep(name) if kind == "rep" else teller.team(name)


class _Teller:
    """Tells quotas; each method tells one part."""

    def __init__(self, run: Run, found: Reconciled) -> None:
        policy = run.ready.program.reconciliation
        assert policy is not None, "a run is reconciled by its policy"
        self.run, self.found, self.policy = run, found, policy
        self.writer = Writer(run, policy, found)

    def rep(self, id_: str) -> Told:
        lines = [line for line in self.found.quotas if line.holder.id == id_]
        if not lines:
            raise self._unknown("rep", id_, [h.id for h in self.found.holders])
        below = [line for line in self.found.quotas if line.holder.manager == id_]
        leads = next((line for line in lines if line.role == MANAGER), None)
        return {
            **self._front(f"rep:{id_}"),
            "holder": self._holder(lines[0]),
            "lines": [self.writer.line(line) for line in lines],
            "team": self._team_of(lines[0]),
            "below": [self.writer.line(line) for line in self._highest(below)] if leads else [],
            "accounts": self._accounts(id_),
        }

    def team(self, name: str) -> Told:
        teams = {team.team: team for team in self.found.teams}
        outcome = self.found.total if name == TOTAL and name not in teams else teams.get(name)
        if outcome is None:
            raise self._unknown("team", name, [*teams, TOTAL])
        lines = [line for line in self.found.quotas if line.team == name or outcome is self.found.total]
        return {
            **self._front(f"team:{name}"),
            "holder": None,
            "lines": [self.writer.line(line) for line in lines],
            "team": self.writer.team(outcome),
            "below": [],
            "accounts": [],
        }

    @staticmethod
    def _unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
        return UsageError(Finding("KR809", f"the run has no {kind} '{name}' with a quota", None, did_you_mean(name, known)))

    def _front(self, what: str) -> Told:
        policy = self.run.policy
        return {
            "format": FORMAT,
            "of": what,
            "policy": {
                "id": policy.id,
                "fiscal_year": policy.fiscal_year,
                "currency": self.run.ready.program.currency,
                **inputs(self.run),
                "signed": self.run.standing.said,
                "ledger": self.run.standing.ledger,
            },
        }

    def _holder(self, line: Quota) -> Told:
        holder, source = line.holder, self.run.book.source
        shown = source.tables[REPS].shown if REPS in source.tables else REPS
        cell = {"file": shown, "row": holder.row, "columns": dict(columns_of(source.tables, REPS))}
        dates = {"start": holder.start.isoformat() if holder.start else None, "end": holder.end.isoformat() if holder.end else None}
        chain = []
        by_id = {h.id: h for h in self.found.holders}
        above = holder.manager
        while above:
            chain.append(above)
            above = by_id[above].manager
        return {"id": holder.id, "name": holder.name, "status": holder.status, **dates, "reports_to": chain, "cell": cell}

    def _team_of(self, line: Quota) -> Told | None:
        team: TeamOutcome | None = next((t for t in self.found.teams if t.team == line.team), None)
        return None if team is None else self.writer.team(team)

    @staticmethod
    def _highest(lines: Iterable[Quota]) -> list[Quota]:
        """Return one line for each holder: a manager's roll-up holds its own book already."""
        found: dict[str, Quota] = {}
        for line in lines:
            if line.role == MANAGER or line.holder.id not in found:
                found[line.holder.id] = line
        return list(found.values())

    def _accounts(self, id_: str) -> list[Told]:
        """Return every account on a holder's own line, with the rules and the cell behind its target."""
        mine = self.found.credits.filter(pl.col("holder") == id_).sort("account_id", "overlay")
        reasons = book_reasons(self.run, mine["account_id"].to_list()).rows_by_key("account_id", named=True, unique=True)
        return [self._account(row, reasons[row["account_id"]]) for row in mine.iter_rows(named=True)]

    def _account(self, row: dict[str, Any], why: dict[str, Any]) -> Told:
        program, source = self.run.ready.program, self.run.book.source
        wheres = {(rules.id, rule.id): str(rule.where or "built in") for rules in program.lists for rule in rules.rules}
        base, column = program.base, source.columns.get(program.base)
        nrr = why["target_nrr"]
        return {
            "account_id": row["account_id"],
            "share": percent(Fraction(row["share"], FULL), 4),
            "overlay": row["overlay"],
            "line": row["kind"],
            "tier": row["tier"],
            "state": row["state"],
            "state_rule": why["state_rule"],
            "state_where": wheres.get(("states", why["state_rule"])),
            "target_rule": why["target_rule"],
            "target_where": wheres.get(("targets", why["target_rule"])),
            "base": self.writer.money(row["base"]),
            "nrr": None if nrr is None else percent(Fraction(nrr), 4),
            "committed": self.writer.optional(row["target_amount"]),
            "supplement": self.writer.optional(row["supplement"]),
            "cell": {"file": source.shown, "row": row["row"], "column": column.column if column else base, "raw": why["raw"]},
        }
