"""Make one run the quotas of a period; a later one amends it, line by line, and what was published stays."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kam_rules.evidence.keys import public
from kam_rules.evidence.keys import sign as signature
from kam_rules.evidence.ledger import head_of
from kam_rules.model.amounts import shown
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.ledger import PUBLICATION, RUN, Entry
from kam_rules.model.publication import Change, Publication, changes_of
from kam_rules.model.roster import Person
from kam_rules.model.run import Run
from kam_rules.model.standing import ACTIVE
from kam_rules.pipeline.approvals import about_of, digest, signer, statement
from kam_rules.pipeline.quotas import REP
from kam_rules.pipeline.sign import day_of
from kam_rules.pipeline.standing import Known

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KIND = "publication"
Key = tuple[str, str, str]


def published(told: Known) -> tuple[Publication, ...]:
    """Return every publication of a ledger, in its order."""
    by = {found.entry.seq: found.person for found in told.approvals}
    found = (_publication(entry, by.get(entry.seq)) for entry in told.entries if entry.kind == PUBLICATION)
    return tuple(one for one in found if one is not None)


def _publication(entry: Entry, person: Person | None) -> Publication | None:
    """Return a publication, None where the entry has not the form of one.

    It counts where the person may publish it, as whoever can write to a ledger can pass the command by.
    """
    about = about_of(entry)
    changes = changes_of(about)
    if changes is None:
        return None
    may = person if person is not None and entry.body.get("approves") == KIND and KIND in person.may_approve else None
    counts = may is not None and not any(_reach(may, changes, about["minor"]))
    head = (about["policy"], about["fiscal_year"], about["number"], about["run_sha256"], about["amends"])
    return Publication(entry, *head, str(entry.body.get("by", "")), about["reason"], about["currency"], about["minor"], changes, counts)


def latest(told: Known, policy: str, period: str) -> Publication | None:
    """Return the publication in force of a period; one whose signature does not count is none."""
    mine = (found for found in reversed(published(told)) if (found.policy, found.period) == (policy, period))
    return next((found for found in mine if found.counts), None)


def publication(run: Run, of: str, told: Known, by: str, key: Ed25519PrivateKey, at: str, reason: str) -> dict[str, Any] | Publication:
    """Return the body of the entry that publishes a run, or the publication in force where it is this very run.

    Args:
        run: a run that was read from its folder, so every byte of it has been held against its manifest.
        of: its hash.
        told: the ledger and the roster.
        by: who publishes it.
        key: that person's private key.
        at: when.
        reason: why, where it amends another.

    Raises:
        UsageError: KR893 the run is none that can be published, KR894 an amendment without a reason, KR889, KR890.
    """
    before = latest(told, run.policy.id, run.policy.fiscal_year)
    if before is not None and before.run == of:
        return before
    faults = [*_fit(run, of, told)]
    if before is not None and not reason.strip():
        message = f"the quotas of {run.policy.fiscal_year} are published already (entry {before.entry.seq}): this one amends them"
        faults.append(Finding("KR894", message, None, 'say why: --reason "…"'))
    changes = _changes(run, before)
    faults += _may(changes, told, by, public(key), at, run.ready.program.minor)
    if faults:
        raise UsageError(faults)
    about = _about(run, of, before, changes, reason)
    body = statement(head_of(told.entries).ledger, KIND, digest(about), about, by, at)
    return {name: value for name, value in body.items() if name not in {"format", "ledger"}} | {"signature": signature(key, body)}


def _fit(run: Run, of: str, told: Known) -> Iterator[Finding]:
    """Tell why a run is none that can be published."""
    if not any(entry.kind == RUN and entry.body.get("run_sha256") == of for entry in told.entries):
        fix = "kam-rules ledger record LEDGER RUN, or run again with --ledger"
        yield Finding("KR893", "this run is not recorded in the ledger", None, fix)
    if run.standing.status != ACTIVE:
        message = f"this run is of a {run.standing.said}"
        yield Finding("KR893", message, None, "have every function sign, then run again: kam-rules status POLICY tells who has not")
    if run.reconciled is None:
        fix = "write reconciliation: in the policy, and reps: in the data file"
        yield Finding("KR893", "this run has no quotas: it is not reconciled", None, fix)
        return
    for team in run.reconciled.teams:
        if not team.assigned:
            why = "escalated, and nobody has decided to go on" if not team.faults else team.faults[0].message
            yield Finding("KR893", f"the team {team.team} has no quota: {why}", None, "kam-rules reconcile RUN --proceed …, with --out")


def _quotas(run: Run) -> dict[Key, tuple[str, int]]:
    lines = run.reconciled.quotas if run.reconciled is not None else ()
    return {(line.team, line.role, line.holder.id): (line.holder.name, line.total) for line in lines if line.total is not None}


def _changes(run: Run, before: Publication | None) -> tuple[Change, ...]:
    """Return every line of quota, in order, with what was published of it before."""
    now = _quotas(run)
    old = {} if before is None else {(c.team, c.role, c.holder): (c.name, c.after) for c in before.changes if c.after is not None}
    return tuple(
        Change(*key, (now.get(key) or old[key])[0], old.get(key, ("", None))[1], now[key][1] if key in now else None)
        for key in sorted({*now, *old})
    )


def _may(changes: tuple[Change, ...], told: Known, by: str, key: str, at: str, minor: int) -> Iterator[Finding]:
    """Tell why a person may not publish these quotas."""
    day = day_of(told, at)
    faults = tuple(signer(told.roster, by, key, day, KIND))
    yield from faults
    if faults:
        return
    person = next(line for line in told.roster.lines(by) if line.key == key and line.holds(day))
    yield from _reach(person, changes, minor)


def _reach(person: Person, changes: tuple[Change, ...], minor: int) -> Iterator[Finding]:
    """Tell why quotas are none that a person who may publish may publish."""
    lowered = [change for change in changes if change.holder in person.reps and change.before is not None and change.delta < 0]
    if lowered:
        message = f"'{person.id}' carries the quota of {lowered[0].holder}, which it lowers"
        yield Finding("KR890", message, person.where, "have somebody publish it who has nothing to gain by it")
    moved, limit = sum(abs(change.delta) for change in changes if change.role == REP), person.may_approve[KIND]
    if limit is not None and moved > limit * 10**minor:
        amount = shown(Fraction(moved, 10**minor), minor, least=minor)
        message = f"'{person.id}' may publish up to {limit:,}, this moves {amount} of reps' quotas"
        yield Finding("KR890", message, person.where, "have somebody publish it who may")


def _about(run: Run, of: str, before: Publication | None, changes: tuple[Change, ...], reason: str) -> dict[str, Any]:
    number = 1 if before is None else before.number + 1
    names = ("team", "role", "holder", "name", "before", "after")
    return {
        "title": f"{run.policy.id} {run.policy.fiscal_year}, number {number}",
        "policy": run.policy.id,
        "fiscal_year": run.policy.fiscal_year,
        "from": run.policy.start.isoformat(),
        "to": run.policy.end.isoformat(),
        "number": number,
        "run_sha256": of,
        "amends": None if before is None else before.run,
        "reason": reason.strip(),
        "currency": run.ready.program.currency,
        "minor": run.ready.program.minor,
        "quotas": [{name: getattr(change, name) for name in names} for change in changes],
    }
