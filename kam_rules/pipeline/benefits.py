"""Who benefits: what each answer that a rep supplied about an own account is worth in that rep's quota.

An account is decided again by the reference engine with one answer changed, all other values and all other accounts as they
are. Blank is not tried as an answer, nor is one that leaves the account undecided: it asks for nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from kam_rules.backends import Progress
from kam_rules.model.amounts import half_even
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.outcome import Layout, store
from kam_rules.model.program import Program
from kam_rules.model.quota import Reconciliation
from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.model.types import OWNER, Field, Type
from kam_rules.pipeline.books import lines
from kam_rules.pipeline.holders import FULL
from kam_rules.pipeline.line import Line
from kam_rules.pipeline.replay import Replay, retaken
from kam_rules.pipeline.search import Search
from kam_rules.pipeline.turn import fields_read, outcomes


@dataclass(frozen=True, slots=True)
class Answer:
    """One value of a field, and what it asks of a holder, in smallest units; out of scope, an account is in nobody's quota."""

    value: Value
    quota: int
    scope: bool = True


@dataclass(frozen=True, slots=True)
class Worth:
    """One answer on one holder's line: as recorded, and at the values that ask the holder for least and for most.

    `out` are the values that would take the account out of the quota altogether, and with it whatever it brings.
    """

    account_id: str
    holder: str
    field: Field
    given: Answer
    least: Answer
    most: Answer
    out: tuple[Value, ...] = ()

    @property
    def spared(self) -> int:
        """What the recorded answer spares the holder against the value that asks for most."""
        return self.most.quota - self.given.quota

    @property
    def lost(self) -> int:
        """What the value that asks for least would take off the holder's quota."""
        return self.given.quota - self.least.quota


def supplied(program: Program) -> tuple[str, ...]:
    """Return the fields that decide and that the owner of the account supplies.

    Raises:
        UsageError: KR590 there is none.
    """
    found = tuple(field.name for field in fields_read(program) if field.supplied_by == OWNER)
    if not found:
        fix = "write supplied_by: owner at each field that the rep answers about an own account, such as a rating of the relationship"
        raise UsageError(Finding("KR590", "the policy names no deciding field that the owner supplies", None, fix))
    return found


def benefits(
    run: Run, names: Iterable[str], progress: Progress = lambda _: None, expect: Progress = lambda _: None
) -> tuple[Worth, ...]:
    """Return what every answer of every account with a quota is worth, in order of holder, account and field.

    Args:
        run: a run that is there as a whole.
        names: the fields that owners supply.
        progress: called with the number of accounts done since its last call.
        expect: called with the number of accounts there are.

    Raises:
        DisagreementError: KR509 the record and the reference engine differ.
    """
    fields = [field for field in fields_read(run.ready.program) if field.name in set(names)]
    teller, found = _Teller(run), list[Worth]()
    expect(teller.record.height)
    for row in range(teller.record.height):
        found += teller.account(row, fields)
        progress(1)
    return tuple(sorted(found, key=lambda one: (one.holder, one.account_id, one.field.name)))


class _Teller:
    """Decides accounts of one run again."""

    def __init__(self, run: Run) -> None:
        self.run, self.program = run, run.ready.program
        self.accounts, self.record = run.book.table.frame(), run.table.frame()
        self.known = outcomes(self.program)
        self.holders: dict[str, list[tuple[str, int]]] = {}
        for account, holder, share in lines(run).select("account_id", "holder", "share").iter_rows():
            self.holders.setdefault(account, []).append((holder, share))

    def account(self, row: int, fields: list[Field]) -> Iterator[Worth]:
        values, record = self.accounts.row(row, named=True), self.record.row(row, named=True)
        if record["target_amount"] is None or not record["base"]:
            return
        search = self._search(row, values, record)
        for field in fields:
            now = self._asked(search, field, search.first.get(field.name))
            told = [self._asked(search, field, value) for value in self._values(search, field)]
            if now is None:
                continue
            tried = [now, *(answer for answer in told if answer is not None and answer.scope)]
            ends = now, min(tried, key=_quota), max(tried, key=_quota)
            out = tuple(answer.value for answer in told if answer is not None and now.scope and not answer.scope)
            for holder, share in self.holders.get(values["account_id"], ()):
                own, least, most = (_part(answer, share) for answer in ends)
                yield Worth(values["account_id"], holder, field, own, least, most, out)

    def _search(self, row: int, values: Mapping[str, Any], record: Mapping[str, Any]) -> Search:
        facts = retaken(self.run, values, record)
        frames = self.accounts[row : row + 1], self.record[row : row + 1]
        found = Replay(self.run, values, record, {}, facts, Layout(*self.program.stages), frames)
        return Search.of(found, None, (self.accounts, self.record))

    def _values(self, search: Search, field: Field) -> Iterator[Value]:
        """Return the values to try: all there are, or of many the limits and those that lead to each tier and state."""
        if field.type is Type.FLAG:
            yield from (False, True)
        elif field.type is Type.CATEGORY:
            yield from field.values
        elif field.type is Type.RATING and field.least is not None and field.most is not None:
            yield from (Fraction(step) for step in range(int(field.least), int(field.most) + 1))
        elif field.type is not Type.TEXT:
            line = Line.of(field)
            yield from (line.value(place) for place in line.limits)
            for outcome in self.known:
                turn = replace(search, outcome=outcome).turn(field)
                if turn is not None and not turn.none:
                    yield turn.to

    def _asked(self, search: Search, field: Field, value: Value) -> Answer | None:
        facts = search.taken(field.name, value)
        if not isinstance(facts["target_amount"], Fraction):
            return None
        policy = self.program.reconciliation
        scope = policy is None or _within(policy, facts["tier"], facts["state"])
        amount = store(half_even(facts["target_amount"], self.program.minor), self.program.minor)
        assert isinstance(amount, int), "an amount is stored in smallest units"
        return Answer(value, amount if scope else 0, scope)


def _quota(answer: Answer) -> int:
    return answer.quota


def _part(answer: Answer, share: int) -> Answer:
    return replace(answer, quota=round(Fraction(answer.quota * share, FULL)))


def _within(policy: Reconciliation, tier: Value, state: Value) -> bool:
    return (not policy.tiers or tier in policy.tiers) and (not policy.states or state in policy.states)


@dataclass(frozen=True, slots=True)
class Sum:
    """A holder's answers together, one answer an account: what they ask for now, spare, and could still take off."""

    holder: str
    accounts: int
    quota: int
    spared: int
    lost: int


def sums(found: Iterable[Worth]) -> tuple[Sum, ...]:
    """Return the answers added up by holder; of each account the one that moves most counts, so that nothing counts twice."""
    books: dict[str, dict[str, list[Worth]]] = {}
    for one in found:
        books.setdefault(one.holder, {}).setdefault(one.account_id, []).append(one)
    return tuple(
        Sum(
            holder,
            len(book),
            sum(answers[0].given.quota for answers in book.values()),
            sum(max(one.spared for one in answers) for answers in book.values()),
            sum(max(one.lost for one in answers) for answers in book.values()),
        )
        for holder, book in sorted(books.items())
    )
