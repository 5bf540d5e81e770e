"""What a run assumed or decided beyond its policy, and what that does: whose accounts it touches, whose quota it lowers.

Nobody approves what touches an account of their own or lowers a quota that they carry, nor beyond their limit. To know,
the run is made again without the one thing; so it is asked only for a person with accounts, a quota or a limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial

import polars as pl

from kam_rules.backends import backend
from kam_rules.model.amounts import shown
from kam_rules.model.quota import Decision
from kam_rules.model.roster import Person
from kam_rules.model.run import Run
from kam_rules.pipeline.approvals import within
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.credit import FIGURES, book_lines, owned
from kam_rules.pipeline.decide import decide
from kam_rules.pipeline.holders import REPS, people
from kam_rules.pipeline.quotas import MANAGER, REP
from kam_rules.pipeline.reconcile import reconciled
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.things import Thing, decision_thing, set_things

TOP_DOWN = "top_down"
"""What the figure from above is called where it was given by hand."""
OUTCOME = ("tier", "state", *FIGURES)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one thing does in a run.

    Attributes:
        owners: who owns an account that it touches.
        lowered: whose quota it lowers, as a rep or as a manager.
        amount: what it moves, in smallest units: the accounts' targets up and down, and the figures from above; of a
            decision to go on, the gap that it settles.
    """

    owners: frozenset[str]
    lowered: frozenset[str]
    amount: int


def beyond(run: Run) -> tuple[Thing, ...]:
    """Return what a run assumed or decided beyond its policy."""
    look, minor = run.look, run.ready.program.minor
    above = {} if look.top_down is None else {TOP_DOWN: shown(Fraction(look.top_down, 10**minor), minor, thousands=False)}
    found = set_things(run.policy, {**run.ready.sets, **look.sets, **above}, run.standing.authors)
    if look.decision is not None:
        found = (*found, decision_thing(look.of, look.decision))
    plain = replace(run, overridden=None)
    return tuple(replace(thing, bars=partial(_bars, plain, thing, cache(partial(effect, plain, thing)))) for thing in found)


def authors(run: Run, by: str) -> dict[str, str]:
    """Return who assumed what in a run that is entered: of a run that is looked at again, its own authors keep what was theirs."""
    before = {name: who for name, who in run.standing.authors.items() if name in run.ready.sets}
    names = (*run.ready.sets, *run.look.sets, *(() if run.look.top_down is None else (TOP_DOWN,)))
    return {name: before.get(name, by) for name in names if before.get(name, by)}


def _bars(run: Run, thing: Thing, told: Callable[[], Effect], person: Person) -> str:
    """Return why a person whom the roster lets approve a kind of thing may not approve this one; empty where it is so."""
    mine = set(person.reps)
    if person.may_approve[thing.kind] is None and not mine & _everybody(run):
        return ""
    found = told()
    if mine & found.owners:
        return f"'{person.id}' owns an account that it touches"
    if mine & found.lowered:
        return f"'{person.id}' carries a quota that it lowers"
    return within(person, thing.kind, found.amount, run.ready.program.minor)


def _everybody(run: Run) -> set[str]:
    named = set(run.table.lazy().select(pl.col("owner").cast(pl.String).unique()).collect()["owner"].drop_nulls())
    return named | set(people(run.book).holders) if REPS in run.book.tables else named


def effect(run: Run, thing: Thing) -> Effect:
    """Return what one thing does in a run, by the same run without it; what was decided upon it later is not its effect.

    Args:
        run: a run, without overrides.
        thing: one of those that go beyond its policy.
    """
    decision = run.look.decision
    if thing.kind != "decision" and decision is not None:
        return effect(_climbed(replace(run, look=replace(run.look, decision=None))), thing)
    before = _without(run, thing)
    now, then = _asked(run), _asked(before)
    lowered = frozenset(holder for (role, holder), amount in then.items() if now.get((role, holder), amount) < amount)
    if decision is not None:
        return Effect(_members(run, decision), lowered, _settled(run, decision))
    moved = _moved(run, before)
    return Effect(_owners(run, moved), lowered, int(moved["by"].sum()) + _from_above(run, before))


def _without(run: Run, thing: Thing) -> Run:
    """Return the run as it would be without one thing that goes beyond its policy; all others stay."""
    look, name = run.look, str(thing.about.get("name"))
    if thing.kind == "decision":
        found = replace(run, look=replace(look, decision=None))
    elif name in run.ready.sets:
        found = _decided_again(run, {key: value for key, value in run.ready.sets.items() if key != name})
    elif name in look.sets:
        found = replace(run, look=replace(look, sets={key: value for key, value in look.sets.items() if key != name}))
    else:
        found = replace(run, look=replace(look, top_down=None))
    return _climbed(found)


def _climbed(run: Run) -> Run:
    return replace(run, reconciled=reconciled(run))


def _decided_again(run: Run, sets: dict[str, str]) -> Run:
    ready = compile_policy(run.policy, run.ready.as_of, run.ready.effective_on, sets)
    table = decide(ready.program, run.book.table, backend(run.engine.partition(" ")[0]), Spill())
    return replace(run, ready=ready, table=table)


def _moved(run: Run, before: Run) -> pl.DataFrame:
    """Return the accounts that come out otherwise, and by how much their targets moved."""
    columns = ("account_id", "owner", *OUTCOME)
    both = book_lines(run).select(columns).join(book_lines(before).select("account_id", *OUTCOME), on="account_id", suffix=".before")
    unlike = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}.before")) for name in OUTCOME)
    by = (pl.col("target_amount").fill_null(0) - pl.col("target_amount.before").fill_null(0)).abs()
    return both.filter(unlike).select("account_id", "owner", by=by.cast(pl.Int128))


def _owners(run: Run, lines: pl.DataFrame) -> frozenset[str]:
    found = set(lines["owner"].drop_nulls())
    if REPS in run.book.tables:
        found |= set(owned(run.book, lines, run.ready.effective_on)["holder"].drop_nulls())
    return frozenset(found)


def _asked(run: Run) -> dict[tuple[str, str], int]:
    """Return what each holder is asked for; the gap of an escalated team stands with those above it until it is settled."""
    if run.reconciled is None:
        return {}
    found = {
        (line.role, line.holder.id): line.committed + line.supplement + line.hold_back + line.proration for line in run.reconciled.quotas
    }
    who = people(run.book)
    for team in run.reconciled.teams:
        for id_ in who.chain(team.head) if not team.assigned else ():
            found[MANAGER, id_] = found.get((MANAGER, id_), 0) + team.open
    return found


def _from_above(run: Run, before: Run) -> int:
    """Return by how much the figures from above moved."""
    if run.reconciled is None or before.reconciled is None:
        return 0
    then = {team.team: team.top_down for team in before.reconciled.teams}
    return sum(abs(team.top_down - then.get(team.team, 0)) for team in run.reconciled.teams)


def _members(run: Run, decision: Decision) -> frozenset[str]:
    """Return the reps of the teams that go on by a decision."""
    if run.reconciled is None:
        return frozenset()
    teams = {team.team for team in run.reconciled.teams if team.decision == decision}
    return frozenset(line.holder.id for line in run.reconciled.quotas if line.role == REP and line.team in teams)


def _settled(run: Run, decision: Decision) -> int:
    if run.reconciled is None:
        return 0
    return sum(team.gap for team in run.reconciled.teams if team.decision == decision)
