"""Reconcile a book: roll committed targets up, hold them against the figure from above, and spread the gap by the ladder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from kam_rules.model.book import Book
from kam_rules.model.errors import Finding
from kam_rules.model.ladder import Reconciliation, Verdict
from kam_rules.model.quota import TOTAL, Decision, Holder, Kind, Part, Reconciled, TeamOutcome
from kam_rules.model.run import Run
from kam_rules.pipeline import rollup
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.credit import credits_of
from kam_rules.pipeline.holders import OWNERS, REPS, People, people
from kam_rules.pipeline.ladder import Eligible, Money, Spreading, climb, down_to_accounts, eligible, refused, spread_over
from kam_rules.pipeline.quotas import quotas
from kam_rules.pipeline.top_down import Asked, strangers, top_downs

NO_TEAM = "(no team)"


@dataclass(frozen=True, slots=True)
class Gathered:
    """A book's credit, gathered once: every ladder climbs over the same."""

    people: People
    credits: pl.DataFrame
    money: Money
    findings: tuple[Finding, ...] = ()


def reconciled(run: Run) -> Reconciled | None:
    """Return a run's book reconciled; None where the policy does not ask for it or the data do not say who holds what."""
    look, ready = run.look, run.ready
    if ready.program.reconciliation is None or REPS not in run.book.tables:
        return None
    if look.sets:
        ready = compile_policy(run.policy, ready.as_of, ready.effective_on, {**ready.sets, **look.sets})
    policy = ready.program.reconciliation
    assert policy is not None, "an assumption takes no section away"
    return reconcile(gather(run, policy), Asked(policy, look.top_down, look.decision))


def gather(run: Run, policy: Reconciliation) -> Gathered:
    """Return who has which part of what, with the team that it counts for."""
    found = people(run.book)
    rows = credits_of(run, policy)
    teams = {id_: found.team(id_, policy.top_down.per) for id_ in found.holders}
    team = pl.col("holder").replace_strict(teams, default=NO_TEAM, return_dtype=pl.String)
    program = run.ready.program
    findings = (*_unread(run.book, rows), *_gone(found, rows, run.ready.effective_on))
    return Gathered(found, rows.with_columns(team=team), Money(program.currency, program.minor), findings)


def reconcile(book: Gathered, asked: Asked) -> Reconciled:
    """Return the book reconciled: each team by itself, then all together; see `Reconciled`."""
    policy = asked.policy
    mine = book.credits.filter(~pl.col("overlay"))
    parts, committed = rollup.parts(mine), rollup.sums(mine)
    names = sorted(parts) or [TOTAL]
    tops, faults = top_downs(names, parts, asked, book.money)
    members = _members(book.people, policy.top_down.per)
    spreads = {rung.id: eligible(book.credits, rung.spread, "holder") for rung in policy.ladder if rung.spread is not None}
    teams, findings = [], [*book.findings, *strangers(asked, book.people, names)]
    for name in names:
        team = Team(name, parts.get(name, ()), tops.get(name, 0), tuple(members.get(name, ())), faults.get(name, ()))
        outcome, told = _climb(team, book, asked, spreads, committed)
        teams.append(outcome)
        findings += told
    if any(f.level == "error" for f in findings):
        teams = [_stopped(team, tuple(f for f in findings if f.level == "error")) for team in teams]
    down, more = _accounts(book, teams, policy)
    supplemented = book.credits.join(down, on=["account_id", "holder"], how="left", maintain_order="left")
    total = rollup.total(teams, mine, policy, book.people.head(book.people.holders))
    return Reconciled(
        tuple(teams),
        total,
        quotas(book.people, teams, committed, policy.top_down.per),
        rollup.overlays(book.credits),
        supplemented.with_columns(pl.when(pl.col("overlay")).then(None).otherwise(pl.col("supplement")).alias("supplement")),
        tuple(book.people.holders.values()),
        (*(f for f in findings if f.level != "error"), *more),
    )


def _members(found: People, per: str) -> dict[str, list[Holder]]:
    teams: dict[str, list[Holder]] = {}
    for holder in found.holders.values():
        teams.setdefault(found.team(holder.id, per), []).append(holder)
    return teams


@dataclass(frozen=True, slots=True)
class Team:
    """One team before its climb: its accounts by kind, the figure from above, its people, and what is wrong with it."""

    name: str
    parts: tuple[Part, ...]
    top_down: int
    members: tuple[Holder, ...]
    faults: tuple[Finding, ...] = ()


def _climb(
    team: Team, book: Gathered, asked: Asked, spreads: Mapping[str, Mapping[str, Eligible]], committed: Mapping[str, rollup.Own]
) -> tuple[TeamOutcome, tuple[Finding, ...]]:
    """Climb the ladder with one team."""
    outcome = _stand(team, book.people, asked)
    gap, rung, policy = outcome.gap, outcome.rung, asked.policy
    if team.faults or rung.verdict in {Verdict.SURPLUS, Verdict.ON_PLAN}:
        return outcome, ()
    if rung.verdict is Verdict.ESCALATED:
        return _decided(outcome, asked.decision), ()
    headless = () if outcome.head else (_headless(team.name),)
    if rung.verdict is Verdict.MANAGER_SUPPLEMENT:
        return replace(outcome, hold_back=gap, open=0), headless
    reps = round(gap * rung.reps)
    below = book.people.below
    holders = {h: committed.get(h.id, rollup.Own()).committed for h in team.members if h.id in committed or h.id not in below}
    found = spread_over(reps, rung, policy, team.name, holders, spreads[rung.id], book.money)
    done = _spread(outcome, found, reps)
    return done, (*found.findings, *(headless if done.hold_back else ()))


def _stand(team: Team, found: People, asked: Asked) -> TeamOutcome:
    """Return where a team stands: its gap, and the rung that holds it; nobody carries anything yet."""
    policy, decided = asked.policy, rollup.part(team.parts, Kind.DECIDED)
    gap = team.top_down - decided.target
    denominator = team.top_down if policy.denominator == "top_down" else decided.target
    rung, steps = climb(policy, gap, denominator)
    return TeamOutcome(
        team.name,
        found.head(holder.id for holder in team.members),
        team.parts,
        decided.base,
        decided.target,
        team.top_down,
        "set for this look alone" if asked.top_down is not None else policy.top_down.text,
        Fraction(gap, denominator) if denominator else Fraction(0),
        denominator,
        rung,
        steps,
        open=max(0, gap),
        cushion=max(0, -gap),
        faults=team.faults,
    )


def _decided(outcome: TeamOutcome, decision: Decision | None) -> TeamOutcome:
    """An escalation writes no quota; a recorded decision lets it go on, the gap left open or carried by the manager."""
    if decision is None:
        return outcome
    carried = outcome.open if decision.how == "manager" else 0
    return replace(outcome, decision=decision, hold_back=carried, open=outcome.open - carried)


def _spread(outcome: TeamOutcome, found: Spreading, reps: int) -> TeamOutcome:
    if found.faults:
        return replace(outcome, shares=refused(found.shares), faults=found.faults)
    given = sum(share.part for share in found.shares)
    assert given + found.rest + found.residual == reps, outcome
    return replace(
        outcome,
        supplement=given,
        hold_back=outcome.gap - given,
        open=0,
        rest=found.rest,
        residual=found.residual,
        shares=found.shares,
    )


def _headless(name: str) -> Finding:
    message = f"team {name} has no manager above all its reps; what reps do not carry stands on the team's own line"
    return Finding("KR613", message, None, "name the manager of each rep in the table of reps", "warning")


def _stopped(team: TeamOutcome, faults: tuple[Finding, ...]) -> TeamOutcome:
    """A fault of the ladder's own words stops every team: nothing is written in part."""
    return replace(
        team,
        supplement=0,
        hold_back=0,
        open=max(0, team.gap),
        rest=0,
        residual=0,
        shares=refused(team.shares),
        faults=(*team.faults, *faults),
    )


def _accounts(book: Gathered, teams: Iterable[TeamOutcome], policy: Reconciliation) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return the supplement of each account, where the rung of its team lets it go down."""
    found = [pl.DataFrame(schema={"account_id": pl.String, "holder": pl.String, "supplement": pl.Int64})]
    findings: tuple[Finding, ...] = ()
    for team in teams:
        if team.rung.accounts is not None and team.assigned:
            down, more = down_to_accounts(book.credits, team.rung, team.shares, policy.unit, book.money)
            found.append(down)
            findings += more
    return pl.concat(found), findings


def _gone(found: People, rows: pl.DataFrame, day: dt.date) -> Iterable[Finding]:
    """Name the reps who have left and still hold accounts."""
    left = {holder.id: holder for holder in found.holders.values() if holder.end is not None and holder.end < day}
    held = rows.filter(pl.col("holder").is_in(list(left)) & ~pl.col("overlay")).group_by("holder").len().sort("holder")
    for id_, accounts in held.iter_rows():
        holder = left[id_]
        message = (
            f"rep {id_} (row {holder.row} of the reps) left on {holder.end} and still holds {accounts:,} account{'s' * (accounts > 1)}"
        )
        yield Finding("KR618", message, None, "give the accounts to somebody, or mark the seat as vacant", "warning")


def _unread(book: Book, rows: pl.DataFrame) -> Iterable[Finding]:
    """Name the shares of accounts that the run does not have."""
    if OWNERS in book.tables:
        strange = book.tables[OWNERS].join(rows.select("account_id"), left_on="account", right_on="account_id", how="anti")
        if strange.height:
            names = ", ".join(strange["account"].unique().sort().head(5))
            message = f"{strange.height:,} share{'s' if strange.height > 1 else ''} of accounts that the run does not have: {names}"
            yield Finding("KR614", message, None, "take the rows out, or deliver the accounts", "note")
