"""Who benefits: what each answer that a rep supplied about an own account is worth in that rep's quota.

An account is decided again by the reference engine with one answer changed, all other values and all other accounts as they
are. Blank is not tried as an answer, nor is one that leaves the account undecided: it asks for nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from kam_rules.backends.reference import take
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.outcome import Layout
from kam_rules.model.program import Program
from kam_rules.model.progress import Progress, silent
from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.model.types import OWNER, Field
from kam_rules.pipeline.anew import Anew
from kam_rules.pipeline.books import lines
from kam_rules.pipeline.ends import ends
from kam_rules.pipeline.holders import FULL
from kam_rules.pipeline.paths import Path
from kam_rules.pipeline.replay import Replay, retaken
from kam_rules.pipeline.stakes import Answer, Stakes
from kam_rules.pipeline.turn import fields_read


@dataclass(frozen=True, slots=True)
class Worth:
    """One answer on one holder's line: as recorded, and at the values that ask the holder for least and for most.

    `out` are the values that would take the account out of the quota altogether, and with it whatever it brings; of a number or
    day the nearest. `settled`: that no value asks for less or more is proved.
    """

    account_id: str
    holder: str
    field: Field
    given: Answer
    least: Answer
    most: Answer
    out: tuple[Value, ...] = ()
    settled: bool = True

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


def benefits(run: Run, names: Iterable[str], progress: Progress = silent, expect: Progress = silent) -> tuple[Worth, ...]:
    """Return what every answer of every account with a quota is worth, in order of holder, account and field.

    Args:
        run: a run that is there as a whole.
        names: the fields that owners supply.
        progress: called with the number of accounts done since its last call.
        expect: called with the number of accounts there are.

    Raises:
        DisagreementError: KR509 the record and the reference engine differ.
    """
    program = run.ready.program
    paths = [Path.of(program, field) for field in fields_read(program) if field.name in set(names)]
    teller, found = _Teller(run), list[Worth]()
    expect(teller.record.height)
    for row in range(teller.record.height):
        found += teller.account(row, paths)
        progress(1)
    return tuple(sorted(found, key=lambda one: (one.holder, one.account_id, one.field.name)))


class _Teller:
    """Decides accounts of one run again."""

    def __init__(self, run: Run) -> None:
        self.run, self.layout = run, Layout(*run.ready.program.stages)
        self.accounts, self.record = run.book.table.frame(), run.table.frame()
        self.holders: dict[str, list[tuple[str, int]]] = {}
        for account, holder, share in lines(run).select("account_id", "holder", "share").iter_rows():
            self.holders.setdefault(account, []).append((holder, share))

    def account(self, row: int, paths: list[Path]) -> Iterator[Worth]:
        values, record = self.accounts.row(row, named=True), self.record.row(row, named=True)
        if record["target_amount"] is None or not record["base"]:
            return
        frames = self.accounts[row : row + 1], self.record[row : row + 1]
        found = Replay(self.run, values, record, {}, retaken(self.run, values, record), self.layout, frames)
        seats = cache(lambda: Anew.of(found, (self.accounts, self.record)))
        told = take(self.run.ready.program.stages[0], dict(found.facts)).verdicts
        for path in paths:
            yield from self._field(Stakes(found, path, seats, told))

    def _field(self, stakes: Stakes) -> Iterator[Worth]:
        now = stakes.recorded()
        told = None if now is None else ends(stakes, now)
        if now is None or told is None:
            return
        account = stakes.found.account["account_id"]
        for holder, share in self.holders.get(account, ()):
            own, least, most = (_part(answer, share) for answer in (now, told.least, told.most))
            yield Worth(account, holder, stakes.field, own, least, most, told.out, told.settled)


def _part(answer: Answer, share: int) -> Answer:
    return replace(answer, quota=round(Fraction(answer.quota * share, FULL)))


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
