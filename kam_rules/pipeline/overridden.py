"""Hold a file of overrides against a run and a ledger: which lines are in force, which are not and why, and what they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby

import polars as pl

from kam_rules.model.amounts import parse_percent, percent
from kam_rules.model.errors import Finding, PolicyError, Where
from kam_rules.model.ledger import OVERRIDE
from kam_rules.model.names import did_you_mean
from kam_rules.model.override import STATE, TARGET, TIER, Approver, Effect, Idle, Overridden, Override, Overrides
from kam_rules.model.program import NOT_QUALIFIED
from kam_rules.model.run import Run
from kam_rules.pipeline.approvals import Approval, within
from kam_rules.pipeline.assemble import STATES
from kam_rules.pipeline.credit import book_lines, owned
from kam_rules.pipeline.holders import REPS, people
from kam_rules.pipeline.load import excerpts
from kam_rules.pipeline.overrides import thing_of
from kam_rules.pipeline.redecide import Account, accounts, effect
from kam_rules.pipeline.replay import MOST_NAMES
from kam_rules.pipeline.standing import Known

SECOND = 2
"""Approvals of different people that a target below its floor needs."""
Held = dict[int, tuple[Approver, ...]]
"""Who approved a line, by the line's place in the file."""


def overridden(run: Run, file: Overrides, told: Known) -> Overridden:
    """Return what becomes of a file of overrides in a run.

    Args:
        run: a run without overrides.
        file: the file.
        told: the ledger and the roster by which approvals count.

    Raises:
        PolicyError: KR660 to KR669, every line that cannot be meant.
    """
    found = accounts(run, (item.account for item in file.items))
    faults = [*_head(run, file), *(fault for item in file.items for fault in _faults(run, item, found))]
    if faults:
        raise PolicyError(excerpts(faults, {file.source.path: file.source.text}))
    judge = _Judge(run, file, told, found)
    held: Held = {}
    idle: dict[int, Idle] = {}
    for place, item in enumerate(file.items):
        verdict = judge.verdict(item)
        if isinstance(verdict, Idle):
            idle[place] = verdict
        else:
            held[place] = verdict
    for place in judge.below_floor(held):
        why = "it lies below the floor, and one approval is not two: somebody else who may has to sign it, too"
        idle[place] = Idle(file.items[place], "KR666", why)
        del held[place]
    return assembled(run, file, held, [idle[place] for place in sorted(idle)], _recurring(file, held, told), found)


def assembled(
    run: Run,
    file: Overrides,
    held: Held,
    idle: Iterable[Idle],
    recurring: Mapping[tuple[str, str], int],
    found: Mapping[str, Account] | None = None,
) -> Overridden:
    """Return overrides whose lines in force are known, with what they make of each account."""
    known = accounts(run, (item.account for item in file.items)) if found is None else found
    lines = [(file.items[place], approvers) for place, approvers in sorted(held.items())]
    return Overridden(file, tuple(lines), tuple(idle), _effects(run, [item for item, _ in lines], known), recurring)


def _effects(run: Run, items: Iterable[Override], found: Mapping[str, Account]) -> dict[str, Effect]:
    by_account = groupby(sorted(items, key=lambda item: item.account), lambda item: item.account)
    return {account: effect(run, found[account], group) for account, group in by_account if account in found}


# --- What cannot be meant ---------------------------------------------------------------------------------------------


def _head(run: Run, file: Overrides) -> Iterator[Finding]:
    mine = (run.policy.id, run.policy.fiscal_year)
    if (file.policy, file.fiscal_year) != mine:
        message = f"these overrides are for {file.policy} {file.fiscal_year}, the run is of {' '.join(mine)}"
        yield Finding("KR669", message, Where(file.source.path), "name the overrides of this policy and year")


def _faults(run: Run, item: Override, found: Mapping[str, Account]) -> Iterator[Finding]:
    if item.account not in found:
        known = run.table.lazy().select("account_id").head(MOST_NAMES).collect()["account_id"].to_list()
        near = did_you_mean(item.account, known)
        fix = near if near.startswith("did") else "decisions.csv lists all accounts"
        yield Finding("KR660", f"the run has no account '{item.account}'", item.where, fix)
        return
    keys = run.ready.program.seating.key_tiers
    if item.kind == "review" and found[item.account].record["tier"] not in keys:
        what = "the policy names no key tiers" if not keys else f"{item.account} is not on the initial list: it is no key account"
        fix = "override its tier instead, or take the line out" if keys else "write limits: {key_tiers: …} in the policy"
        yield Finding("KR668", what, item.where, fix)
    yield from _value(run, item, found[item.account])


def _value(run: Run, item: Override, account: Account) -> Iterator[Finding]:
    if item.field == TIER:
        known = [*(seats.tier for seats in run.ready.program.seating.tiers), NOT_QUALIFIED]
        if item.to not in known:
            yield Finding("KR661", f"there is no tier '{item.to}'", item.where, did_you_mean(item.to, known))
        elif item.kind == "review" and item.to in run.ready.program.seating.key_tiers:
            yield Finding("KR661", f"'{item.to}' is a key tier: the account would stay on the list", item.where, "name a tier that is none")
    elif item.field and account.values[run.ready.program.base] <= 0:
        message = f"{item.account} has base 0: it has no {item.field} in percent of anything"
        yield Finding("KR661", message, item.where, "take the line out; prospects are asked for amounts of their own")
    elif item.field == STATE:
        rules = [rule for rule in run.ready.program.list(STATES).rules if not rule.built_in]
        states = list(dict.fromkeys(str(rule.gives[0].value) for rule in rules))  # type: ignore[union-attr]
        if item.to not in states:
            yield Finding("KR661", f"there is no state '{item.to}'", item.where, did_you_mean(item.to, states))
    elif item.field == TARGET:
        yield from _percent(run, item)


def _percent(run: Run, item: Override) -> Iterator[Finding]:
    value = parse_percent(item.to)
    ends = [parse_percent(end.text) for end in run.policy.document.map("targets").scalars("plausible")]
    low, high = (end if end is not None else Fraction(0) for end in ends)
    if value is None or not low <= value <= high:
        message = f"'{item.to}' is no plausible target ({percent(low)} to {percent(high)} of the base)"
        yield Finding("KR661", message, item.where, "write a percent of the base such as 95%")


# --- What is in force -------------------------------------------------------------------------------------------------


class _Judge:
    """Holds lines against the approvals that count."""

    def __init__(self, run: Run, file: Overrides, told: Known, found: Mapping[str, Account]) -> None:
        self.run, self.file, self.told, self.found = run, file, told, found
        self.minor = run.ready.program.minor
        self.owners, self.above = _owners(run, found)

    def verdict(self, item: Override) -> tuple[Approver, ...] | Idle:
        """Return who approved a line, or why it is not in force."""
        day = self.run.ready.effective_on
        if item.expires is not None and item.expires < day:
            return Idle(item, "KR663", f"it ran out on {item.expires}, and {day} is decided for")
        signed = self.told.of(thing_of(self.file, item))
        barred = {found.person.id: self._barred(found, item) for found in signed}
        counted = [found for found in signed if not barred[found.person.id]]
        if not any(found.person.called(item.approver) for found in counted):
            why = next((why for why in barred.values() if why), "")
            return Idle(item, "KR890" if why else "KR665", why or f"the ledger holds no approval of it by {item.approver}")
        once = {found.person.id: found for found in reversed(counted)}
        return tuple(sorted((Approver(who, found.day, found.entry.seq) for who, found in once.items()), key=lambda one: one.entry))

    def _barred(self, found: Approval, item: Override) -> str:
        """Return why an approval does not reach a line, from what the line does to money and to people."""
        person, change = found.person, effect(self.run, self.found[item.account], [item])
        before, after = (int(figures["target_amount"] or 0) for figures in (change.before, change.after))
        mine = set(person.reps)
        if mine & self.owners.get(item.account, set()):
            return f"'{person.id}' owns {item.account}"
        if after < before and mine & self.above.get(item.account, set()):
            return f"'{person.id}' carries a quota that it lowers"
        return within(person, item.kind, abs(after - before), self.minor)

    def below_floor(self, held: Held) -> list[int]:
        """Return the overrides of a target that put an account below its floor and have one approval only."""
        items = self.file.items
        effects = _effects(self.run, [items[place] for place in held], self.found)
        return [
            place
            for place, approvers in held.items()
            if items[place].field == TARGET and _short(effects[items[place].account]) and len({one.by for one in approvers}) < SECOND
        ]


def _short(change: Effect) -> bool:
    target, floor = change.after["target_amount"], change.after["floor_amount"]
    return isinstance(target, int) and isinstance(floor, int) and target < floor


def _owners(run: Run, found: Mapping[str, Account]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return who owns each account, and everybody whose quota it is part of: its owners and all above them."""
    owners = {id_: {account.record["owner"]} - {None} for id_, account in found.items()}
    if REPS not in run.book.tables:
        return owners, owners
    lines = book_lines(run).filter(pl.col("account_id").is_in(list(found)))
    for account, holder in owned(run.book, lines, run.ready.effective_on).select("account_id", "holder").iter_rows():
        owners[account].add(holder)
    who = people(run.book)
    above = {id_: {up for holder in holders if holder in who.holders for up in who.chain(holder)} for id_, holders in owners.items()}
    return owners, above


def _recurring(file: Overrides, held: Held, told: Known) -> dict[tuple[str, str], int]:
    """Count the accounts, of this year and of those before, that were overridden for one reason."""
    cases = {
        tuple(str(entry.body.get(name)) for name in ("fiscal_year", "account", "field", "reason"))
        for entry in told.entries
        if entry.kind == OVERRIDE and entry.body.get("policy") == file.policy and entry.body.get("kind") == "override"
    }
    items = (file.items[place] for place in held)
    cases |= {(file.fiscal_year, item.account, item.field, item.reason) for item in items if item.kind == "override"}
    counts = Counter((field, reason) for _, _, field, reason in cases)
    return {key: count for key, count in sorted(counts.items()) if count >= file.rule_after}


def findings(found: Overridden, run: Run) -> Iterator[Finding]:
    """Return what overrides leave to look at."""
    for idle in found.idle:
        what = thing_of(found.file, idle.item).about["title"]
        yield Finding(idle.code, f"not in force: {what}: {idle.why}", idle.item.where, "kam-rules explain-code tells more", "warning")
    for (field, reason), count in found.recurring.items():
        message = f"{count} accounts had their {field} overridden for '{reason}': that calls for a rule"
        yield Finding("KR667", message, Where(found.file.source.path), "write the case into the policy", "note")
    yield from _full(found, run)


def _full(found: Overridden, run: Run) -> Iterator[Finding]:
    """Tell the tiers that overrides fill beyond their capacity; nobody else loses a seat by them."""
    moved = Counter[str]()
    for change in found.effects.values():
        moved[str(change.after["tier"])] += 1
        moved[str(change.before["tier"])] -= 1
    for seats in run.ready.program.seating.tiers:
        if seats.capacity is not None and moved[seats.tier] > 0:
            seated = run.table.lazy().filter(pl.col("tier") == seats.tier).select(pl.len()).collect().item()
            sitting = seated + moved[seats.tier]
            if sitting > seats.capacity:
                message = f"with the overrides {sitting} accounts are {seats.tier}, its capacity is {seats.capacity}"
                fix = "override others out of it, or raise the capacity"
                yield Finding("KR671", message, Where(found.file.source.path), fix, "warning")
