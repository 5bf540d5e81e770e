"""A reconciliation as tables and as a document: `kam-rules.reconciliation/1`, every figure as exact text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.formats._cells import csv_of
from kam_rules.model.amounts import percent, shown
from kam_rules.model.errors import Finding
from kam_rules.model.ladder import Reconciliation, Verdict
from kam_rules.model.quota import Holder, Kind, Part, Quota, Reconciled, Share, Step, TeamOutcome
from kam_rules.model.run import Run
from kam_rules.pipeline.tabulate import decimal, marked

FORMAT = "kam-rules.reconciliation/1"
QUOTAS, QUOTAS_CSV, RECONCILIATION = "quotas.parquet", "quotas.csv", "reconciliation.json"
SUPPLEMENTS, SUPPLEMENTS_CSV = "supplements.parquet", "supplements.csv"
AMOUNTS = ("base", "committed", "aspirational", "supplement", "hold_back", "proration", "total_quota")
Told = dict[str, Any]
WEIGHTIEST = 5
"""States that are named where a gap is too large, those with the largest base first."""


def files(run: Run) -> dict[str, str | pl.DataFrame]:
    """Return what a reconciled run writes beside its decisions, by file name."""
    policy, found, minor = run.ready.program.reconciliation, run.reconciled, run.ready.program.minor
    if policy is None or found is None:
        return {}
    lines, accounts = marked(run, quota_table(found, minor)), account_table(found, minor)
    document = json.dumps(told(run, policy, found), ensure_ascii=False, indent=2) + "\n"
    always: dict[str, str | pl.DataFrame] = {RECONCILIATION: document, QUOTAS: lines, QUOTAS_CSV: csv_of(lines)}
    if accounts is None:
        return always
    accounts = marked(run, accounts)
    return always | {SUPPLEMENTS: accounts, SUPPLEMENTS_CSV: csv_of(accounts)}


def quota_table(found: Reconciled, minor: int) -> pl.DataFrame:
    """Return one row a line of quota; amounts are exact decimals, and blank where no quota is assigned."""
    texts = ("team", "role", "holder", "name", "manager", "status")
    schema: dict[str, Any] = dict.fromkeys(texts, pl.String) | {"accounts": pl.Int64} | dict.fromkeys(AMOUNTS, pl.Int128)
    rows = [_row(line) for line in found.quotas]
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(decimal(name, minor).alias(name) for name in AMOUNTS)


def _row(line: Quota) -> tuple[object, ...]:
    holder: Holder = line.holder
    added = (line.supplement, line.hold_back, line.proration) if line.assigned else (None, None, None)
    own = (line.accounts, line.base, line.committed, line.aspirational)
    return (line.team, line.role, holder.id, holder.name, holder.manager, holder.status, *own, *added, line.total)


def account_table(found: Reconciled, minor: int) -> pl.DataFrame | None:
    """Return one row an account and holder whose part of a supplement went down; None where no rung lets it."""
    if not found.credits["supplement"].is_not_null().any():
        return None
    amounts = [decimal(name, minor).alias(told) for name, told in (("target_amount", "committed"), ("supplement", "supplement"))]
    return found.credits.filter(pl.col("supplement").is_not_null()).select("account_id", "holder", "team", "state", *amounts)


def told(run: Run, policy: Reconciliation, found: Reconciled) -> Told:
    """Return a reconciliation as a document."""
    writer = Writer(run, policy, found)
    return {
        "format": FORMAT,
        "policy": {"id": run.policy.id, "fiscal_year": run.policy.fiscal_year, "currency": run.ready.program.currency},
        "signed": run.standing.said,
        "ledger": run.standing.ledger,
        "as_of": run.ready.as_of.isoformat(),
        "effective_on": run.ready.effective_on.isoformat(),
        "sets": dict(run.ready.sets),
        "scope": {"tiers": list(policy.tiers), "states": list(policy.states)},
        "denominator": policy.denominator,
        "unit": writer.money(policy.unit),
        "teams": [writer.team(team) for team in found.teams],
        "total": writer.team(found.total),
        "quotas": [writer.line(line) for line in found.quotas],
        "overlays": [
            {"holder": o.holder, "accounts": o.accounts, "base": writer.money(o.base), "committed": writer.money(o.target)}
            for o in found.overlays
        ],
        "findings": [finding(f) for f in found.findings],
    }


def finding(found: Finding) -> dict[str, str]:
    """Return a finding as a document."""
    return {"code": found.code, "level": found.level, "message": found.message, "where": str(found.where or ""), "fix": found.fix}


class Writer:
    """Writes teams with their climb; amounts in the policy's currency, ratios as percents."""

    def __init__(self, run: Run, policy: Reconciliation, found: Reconciled) -> None:
        """Write in the currency of a run."""
        self.run, self.policy, self.found, self.minor = run, policy, found, run.ready.program.minor

    def money(self, amount: Fraction | int) -> str:
        """Return an amount of smallest units in the policy's currency, exact to 6 decimals."""
        return shown(Fraction(amount) / 10**self.minor, max(self.minor, 6), least=self.minor, thousands=False)

    def optional(self, amount: Fraction | int | None) -> str | None:
        """Return an amount, or None where there is none."""
        return None if amount is None else self.money(amount)

    def team(self, team: TeamOutcome) -> Told:
        """Return one team's outcome: its lines, its climb, who carries what."""
        spread = team.rung.spread
        amounts = ("base", "bottom_up", "top_down", "gap", "cushion", "supplement", "hold_back", "open", "rest", "residual")
        return {
            "team": team.team,
            "head": team.head,
            "verdict": str(team.verdict),
            "rung": team.rung.id,
            "rung_where": str(team.rung.where or ""),
            "top_down_is": team.top_down_is,
            "assigned": team.assigned,
            **{name: self.money(getattr(team, name)) for name in amounts},
            "ratio": percent(team.ratio, 6),
            "ratio_of": self.policy.denominator,
            "lines": [self.part(part) for part in team.parts],
            "steps": [self.step(step) for step in team.steps],
            "spread": {"by": spread.text, "leave_out": list(spread.leave_out)} if spread else None,
            "shares": self.shares(team),
            "closes": list(self.closes(team)),
            "decision": None if team.decision is None else {k: getattr(team.decision, k) for k in ("how", "by", "reason", "on")},
            "faults": [finding(f) for f in team.faults],
        }

    def line(self, line: Quota) -> Told:
        """Return one line of quota, its columns apart."""
        added = {name: self.money(getattr(line, name)) if line.assigned else None for name in ("supplement", "hold_back", "proration")}
        return {
            "holder": line.holder.id,
            "name": line.holder.name,
            "role": line.role,
            "team": line.team,
            "accounts": line.accounts,
            "base": self.money(line.base),
            "committed": self.money(line.committed),
            "par": percent(Fraction(line.committed, line.base), 4) if line.base else None,
            "aspirational": self.optional(line.aspirational),
            **added,
            "total_quota": self.optional(line.total),
            "total_nrr": percent(Fraction(line.total, line.base), 4) if line.base and line.total is not None else None,
        }

    def part(self, part: Part) -> Told:
        """Return the accounts of one kind."""
        return {"kind": str(part.kind), "accounts": part.accounts, "base": self.money(part.base), "target": self.money(part.target)}

    def step(self, step: Step) -> Told:
        """Return one rung as it was asked."""
        rung = step.rung
        return {
            "rung": rung.id,
            "text": rung.text,
            "then": str(rung.verdict),
            "edge": self.optional(step.edge),
            "holds": step.holds,
            "chosen": step.chosen,
            "margin": self.optional(step.margin),
            "because": rung.because,
            "where": str(rung.where or ""),
        }

    def shares(self, team: TeamOutcome) -> list[Told]:
        """Return every holder's claim and part, weights in the unit of what is weighed."""
        measure = team.rung.spread.measure if team.rung.spread else ""
        places = {f.name: f.places or 0 for stage in self.run.ready.program.stages for f in stage.kept}.get(measure, 0)
        total = sum(share.weight for share in team.shares)
        return [
            {
                "holder": share.holder,
                "weight": shown(share.weight / 10**places, places, thousands=False),
                "of_all": percent(share.weight / total, 4) if total else "0%",
                "at_least": self.money(share.least),
                "at_most": self.optional(share.most),
                "bound": self.bound(share),
                "headroom": self.optional(share.headroom),
                "part": self.money(share.part),
            }
            for share in team.shares
        ]

    def bound(self, share: Share) -> str:
        """Say what held a part, where something did."""
        if share.locked:
            return "locked"
        if share.most is not None and share.part + self.policy.unit > share.most:
            return "at its cap"
        return "at its minimum" if share.least and share.part - self.policy.unit < share.least else ""

    def closes(self, team: TeamOutcome) -> Iterable[Told]:
        """Say what would close an escalated gap, the states by the base that they hold."""
        if team.verdict is not Verdict.ESCALATED:
            return
        plan = team.rung.plan or 0
        if plan:
            yield {"how": "new_business", "plan": self.money(plan), "over_plan_by": percent(Fraction(team.gap, plan), 6)}
        yield {"how": "top_down", "supported": self.money(supported(team, self.policy)), "bottom_up": self.money(team.bottom_up)}
        mine = self.found.credits.filter((pl.col("kind") == Kind.DECIDED.value) & ~pl.col("overlay"))
        if team is not self.found.total:
            mine = mine.filter(pl.col("team") == team.team)
        sums = mine.group_by("state").agg(pl.len(), pl.col("base").cast(pl.Int128).sum(), pl.col("target_amount").cast(pl.Int128).sum())
        for state, accounts, base, target in sorted(sums.iter_rows(), key=lambda row: (-row[2], row[0]))[:WEIGHTIEST]:
            yield {
                "how": "state",
                "state": state,
                "accounts": str(accounts),
                "base": self.money(int(base)),
                "target": self.money(int(target)),
                "nrr": percent(Fraction(int(target), int(base)), 4),
                "would_take": percent(Fraction(int(target) + team.gap, int(base)), 4),
            }


def supported(team: TeamOutcome, policy: Reconciliation) -> int:
    """Return the largest figure from above, in smallest units, that the rung below the escalation still holds."""
    edges = [step.rung for step in team.steps if step.rung.verdict is not Verdict.ESCALATED and step.rung.edge is not None]
    if not edges:
        return team.bottom_up
    rung = edges[-1]
    edge = rung.edge or Fraction(0)
    if policy.denominator == "bottom_up":
        most = team.bottom_up * (1 + edge)
    elif edge >= 1:
        return team.top_down
    else:
        most = team.bottom_up / (1 - edge)
    whole = most.numerator // most.denominator
    return whole if rung.inclusive or whole != most else whole - 1
