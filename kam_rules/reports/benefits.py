"""Who benefits: what a rep's own answers are worth in the rep's quota, and how answers came out when a year was over."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kam_rules.feel.printer import value as said
from kam_rules.model.report import Block, Cell, Column, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.model.types import Field
from kam_rules.pipeline.benefits import Worth, sums
from kam_rules.pipeline.raters import Label, Lifted

READ = (
    "Spared: what the recorded answer takes off the quota against the value that asks for most.",
    "Could save: what the value that asks for least would still take off; values that put the account out of the quota stand apart.",
    "All values of a flag, category or rating are tried; of a number or day the nearest that asks for least, for most, or puts it out.",
    "That no other number or day asks for less or more is proved, not sampled.",
    "Each answer is changed alone, all other values and all other accounts as they are, before overrides and supplements.",
    "Accounts without a target are left out; blank is never tried as an answer.",
)
Before = tuple[Run, tuple[Label, ...], tuple[Lifted, ...]]


def benefits(run: Run, found: tuple[Worth, ...], before: Before | None = None) -> Report:
    """Return what every answer is worth, most at stake first; `before` is the year that is over."""
    minor = run.ready.program.minor
    names = ", ".join(dict.fromkeys(one.field.name for one in found)) or "no answer"
    blocks: list[Block] = [_reps(found, minor), _answers(found, minor)]
    if before is not None:
        run_before, labels, lifted = before
        blocks += [_lifted(lifted, run_before), _labels(labels, run_before)]
    title = f"{run.name}: what the reps' own answers are worth in quota ({names})"
    return Report("benefits", title, (*blocks, Lines("read", "How to read it", READ)), minor=minor, status=run.standing.status)


def _reps(found: tuple[Worth, ...], minor: int) -> Table:
    columns = (
        Column("rep", "Rep"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("quota", "Committed", Unit.MONEY),
        Column("spared", "Spared", Unit.MONEY),
        Column("could_save", "Could save", Unit.MONEY),
    )
    rows = list[tuple[Cell, ...]]()
    for one in sums(found):
        rows.append((one.holder, one.accounts, *_money((one.quota, one.spared, one.lost), minor)))
    note = "One answer an account, the one that moves most: two answers of one account are never added up."
    return Table("reps", "By rep", columns, tuple(rows), note, empty="no account has a quota that an answer of its rep could move")


def _answers(found: tuple[Worth, ...], minor: int) -> Table:
    columns = (
        Column("rep", "Rep"),
        Column("account_id", "Account"),
        Column("field", "Field"),
        Column("recorded", "Recorded"),
        Column("quota", "Quota", Unit.MONEY),
        Column("least_at", "Least at"),
        Column("least", "Least", Unit.MONEY),
        Column("most_at", "Most at"),
        Column("most", "Most", Unit.MONEY),
        Column("spared", "Spared", Unit.MONEY),
        Column("out_at", "Out of the quota at"),
    )
    moving = [one for one in found if one.spared or one.lost or one.out]
    moving.sort(key=lambda one: (-(one.spared + one.lost), one.holder, one.account_id, one.field.name))
    rows = tuple(_answer(one, minor) for one in moving)
    still = len(found) - len(moving)
    note = f"{still:,} further answers move no quota, whatever they were." if still else ""
    open_ = sum(not one.settled for one in found)
    note += f" Of {open_:,} answers not all values could be looked at; less or more may be possible there." if open_ else ""
    return Table("answers", "By answer, most at stake first", columns, rows, note, empty="no answer moves a quota")


def _answer(one: Worth, minor: int) -> tuple[Cell, ...]:
    now, least, most, spared = _money((one.given.quota, one.least.quota, one.most.quota, one.spared), minor)
    recorded, least_at, most_at = (_said(one.field, answer.value, minor) for answer in (one.given, one.least, one.most))
    out = ", ".join(_said(one.field, value, minor) for value in one.out)
    return (one.holder, one.account_id, one.field.name, recorded, now, least_at, least, most_at, most, spared, out)


def _labels(found: tuple[Label, ...], run: Run) -> Table:
    minor = run.ready.program.minor
    columns = (
        Column("rater", "Rater"),
        Column("field", "Field"),
        Column("answer", "Answer"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("target", "Target", Unit.MONEY),
        Column("end", "Came", Unit.MONEY),
        Column("of_base", "Of base", Unit.RATIO),
        Column("of_target", "Of target", Unit.RATIO),
        Column("all_of_target", "Of target, all raters", Unit.RATIO),
    )
    rows = tuple(
        (
            one.rater,
            one.field.name,
            _said(one.field, one.value, minor),
            one.accounts,
            *_money((one.base, one.target, one.end), minor),
            _over(one.end, one.base),
            _over(one.end, one.target),
            _over(one.all_end, one.all_target),
        )
        for one in found
    )
    note = "A rater whose accounts bring far more of their target than all raters' of the same answer answered too darkly."
    return Table("labels", f"{run.policy.fiscal_year}: answers against what came, by rater", columns, rows, note)


def _lifted(found: tuple[Lifted, ...], run: Run) -> Table:
    minor = run.ready.program.minor
    columns = (
        Column("rep", "Rep"),
        Column("quota", "Committed", Unit.MONEY),
        Column("end", "Came", Unit.MONEY),
        Column("attained", "Attained", Unit.RATIO),
        Column("by", "One other answer"),
        Column("quota_then", "Committed then", Unit.MONEY),
        Column("attained_then", "Attained then", Unit.RATIO),
    )
    rows = tuple(
        (one.holder, *_money((one.quota, one.end), minor), one.attained, _by(one, minor), _then(one, minor), one.then) for one in found
    )
    return Table("lifted", f"{run.policy.fiscal_year}: what one other answer would have made of it", columns, rows)


def _by(one: Lifted, minor: int) -> str | None:
    if one.best is None:
        return None
    now, least = (_said(one.best.field, answer.value, minor) for answer in (one.best.given, one.best.least))
    return f"{one.best.account_id}: {one.best.field.name} {now} → {least}"


def _then(one: Lifted, minor: int) -> Fraction | None:
    return None if one.best is None else Fraction(one.quota_then, 10**minor)


def _said(field: Field, value: Value, minor: int) -> str:
    return said(value, field.type, minor=minor).strip('"')


def _money(amounts: Iterable[int], minor: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(amount, 10**minor) for amount in amounts)


def _over(over: int, under: int) -> Fraction | None:
    return Fraction(over, under) if under else None
