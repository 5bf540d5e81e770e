"""The book of EX-4 and EX-5: Ana and Ben under Mia, three accounts each, and any ladder over it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from kam_rules import engine
from kam_rules.model.policy import Policy, Source
from kam_rules.model.quota import Quota, Reconciled, TeamOutcome
from kam_rules.model.run import Run
from kam_rules.pipeline.check import check_text
from tests.generators import policy_text

FIELDS = """
    base_revenue: {type: money, required: true, min: 0}
    grade: {type: category, values: [high, solid, risk]}
    industry: {type: category, values: [FS, Other]}
    headroom: {type: money}
    pull: {type: number}
    since: {type: date}
    prospect_target: {type: money}
    """
STATES = """
    inputs: {maturity: base_revenue, penetration: base_revenue, potential: headroom}
    if_unknown: hold
    rules:
      - {id: at_risk, when: 'grade = "risk"', because: Serious work to retain}
      - {id: high_potential, when: 'grade = "high"', because: Under-penetrated}
      - {id: mature, otherwise: true, because: Solid}
    """
TARGETS = """
    base: {field: base_revenue, basis: opening_arr}
    plausible: [0%, 300%]
    by_state: {at_risk: {target: 80%, aspirational: 100%}, high_potential: {target: 125%}, mature: {target: 110%}}
    zero_base: {lapsed_when: known(since), prospect: prospect_target, lapsed: none}
    baselines: {uniform: 112%, industry: {FS: 120%, otherwise: 108%}}
    """
CRITERIA = """
    - {id: size, weight: 100%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
       measure: base_revenue, if_missing: reject, line: {worst: 0, best: 2000000}}
    """
REP = "{id: rep, up_to: 5%, then: rep_supplement, spread: target}"
LADDER = """
  - {{id: cushion, below: 0%, then: surplus}}
  - {{id: on_plan, up_to: 0.5%, then: on_plan}}
  - {rep}
  - {{id: manager, up_to: 10%, then: manager_supplement}}
  - {{id: too_large, otherwise: true, then: escalated, new_business_plan: 4000000}}
"""
ACCOUNTS: tuple[Mapping[str, object], ...] = (
    {"account_id": "A1", "owner": "ana", "base_revenue": 1_200_000, "grade": "high", "industry": "FS", "headroom": 1_000_000},
    {"account_id": "A2", "owner": "ana", "base_revenue": 800_000, "grade": "solid", "industry": "Other", "headroom": 600_000},
    {"account_id": "A3", "owner": "ana", "base_revenue": 500_000, "grade": "risk", "industry": "Other", "headroom": 300_000},
    {"account_id": "B1", "owner": "ben", "base_revenue": 1_500_000, "grade": "solid", "industry": "FS", "headroom": 500_000},
    {"account_id": "B2", "owner": "ben", "base_revenue": 700_000, "grade": "risk", "industry": "Other", "headroom": 400_000},
    {"account_id": "B3", "owner": "ben", "base_revenue": 300_000, "grade": "high", "industry": "Other", "headroom": 200_000},
)
REPS: tuple[Mapping[str, object], ...] = (
    {"rep_id": "mia", "name": "Mia", "manager": None, "team": "east"},
    {"rep_id": "ana", "name": "Ana", "manager": "mia", "team": "east"},
    {"rep_id": "ben", "name": "Ben", "manager": "mia", "team": "east"},
)
Rows = Sequence[Mapping[str, object]]


def policy(
    top_down: str = "{per: total, amount: 5600000}", rep: str = REP, *, of: str = "top_down", more: str = "", **sections: str
) -> Policy:
    """Return EX-4's policy with a ladder; `of` is its denominator, `more` further keys of the reconciliation."""
    unit = "" if "unit:" in more else "unit: 1\n"
    body = f"top_down: {top_down}\nshortfall_as: share of {of}\n{unit}{more}\nladder:{LADDER.format(rep=rep)}"
    texts = {"fields": FIELDS, "states": STATES, "targets": TARGETS, "criteria": CRITERIA} | sections
    text = policy_text(**texts, reconciliation=body)
    return check_text(text, Source("policy.yaml", "", text))


def frame(rows: Rows) -> pl.DataFrame:
    """Return rows as a frame of texts, as a file holds them."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    texts = {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names}
    return pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String))


def run(found: Policy, accounts: Rows = ACCOUNTS, reps: Rows = REPS, owners: Rows = (), day: dt.date = dt.date(2026, 2, 1)) -> Run:
    """Decide and reconcile a book."""
    tables = {"reps": frame(reps)} | ({"owners": frame(owners)} if owners else {})
    return engine.run(found, frame(accounts), as_of=day, tables=tables, engine="reference", witness=False)


def reconciled(found: Policy, accounts: Rows = ACCOUNTS, reps: Rows = REPS, owners: Rows = ()) -> Reconciled:
    """Return the reconciliation of a book."""
    result = run(found, accounts, reps, owners).reconciled
    assert result is not None
    return result


def only(found: Reconciled) -> TeamOutcome:
    """Return the one team there is."""
    (team,) = found.teams
    return team


def line(found: Reconciled, holder: str, role: str = "rep") -> Quota:
    """Return one line of quota."""
    return next(q for q in found.quotas if q.holder.id == holder and q.role == role)


def whole(amount: int | None) -> int | None:
    """Return an amount in whole dollars; it has no cents."""
    if amount is None:
        return None
    dollars, cents = divmod(amount, 100)
    assert cents == 0
    return dollars
