"""A leader's page: what it adds up to, what is to be decided, whom it asks, what moves it, and how sure it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

import polars as pl

from kam_rules.findings import page
from kam_rules.model.amounts import percent
from kam_rules.model.progress import Progress, silent
from kam_rules.model.quota import Kind, Quota, Reconciled
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.standing import DRAFT
from kam_rules.model.year import UNIFORM
from kam_rules.pipeline.books import books, lines, whole
from kam_rules.pipeline.findings import run_findings
from kam_rules.pipeline.judge import Judged
from kam_rules.pipeline.leader.confidence import Rest, confidence
from kam_rules.pipeline.leader.total import movers
from kam_rules.pipeline.tally import count
from kam_rules.pipeline.who.members import members
from kam_rules.pipeline.worklist import needing
from kam_rules.reports._brief_pictures import curves, moved, ranks, room, ruler, strength, uniform, waterfall
from kam_rules.reports._money import amount
from kam_rules.reports._stepped import stepped
from kam_rules.reports.reconciliation import outcome, ratio

BOOKS, MOVERS, MANAGERS, NAMED = 3, 8, 20, 4
MANAGER = "manager"
NOT_ASKED = "no ledger was asked (--ledger)"


def brief(
    run: Run,
    against: Run | None = None,
    judged: Judged | None = None,
    published: str = NOT_ASKED,
    *,
    progress: Progress = silent,
    expect: Progress = silent,
) -> Report:
    """Return the page of a run.

    Args:
        run: a run in which something is decided.
        against: an earlier run, such as last year's.
        judged: the run's year, where it is over.
        published: whether these are the quotas of the year, and by whom.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are.
    """
    minor, found = run.ready.program.minor, members(run)
    parts: tuple[Callable[[], Iterable[Block]], ...] = (
        lambda: [Lines("sentence", "", tuple(_sentence(run)))],
        lambda: [Lines("decide", "To be decided", tuple(_decisions(run)))],
        lambda: [waterfall(run), *ruler(run), _quota(run, minor)],
        lambda: _favoured(run, minor),
        lambda: [_movers(run, minor)],
        lambda: [_confidence(run, minor)],
        lambda: [_against(run, against, minor), moved(run, against)] if against else [],
        lambda: uniform(run),
        lambda: [*room(found), *strength(found), *curves(found)],
        lambda: [ranks(judged)] if judged else [],
        lambda: [Facts("version", "By which policy and data", tuple(_version(run, published)))],
    )
    blocks = stepped(parts, progress, expect)
    asked = f", and leadership asks for {_say(run, run.reconciled.total.top_down)}" if run.reconciled else ""
    title = f"{run.name}: the accounts bring {_say(run, _committed(run))}{asked}"
    return Report("brief", title, blocks, minor=minor, status=run.standing.status)


def _say(run: Run, units: int) -> str:
    return f"{amount(units, run.ready.program.minor)} {run.ready.program.currency}"


def _committed(run: Run) -> int:
    return run.reconciled.total.bottom_up if run.reconciled else whole(lines(run), ()).committed


def _sentence(run: Run) -> Iterator[str]:
    """Say bottom-up, top-down, what the ladder makes of it, and what that asks of whom."""
    book = whole(lines(run), ())
    base = f", {percent(Fraction(book.committed, book.base), 2)} of their base" if book.base else ""
    yield f"{book.accounts:,} accounts, each at exactly 100% of its own target, bring {_say(run, _committed(run))}{base}."
    if run.reconciled is None:
        yield "Nothing from above stands against it: the policy does not reconcile, or the data name no reps."
        return
    total, policy = run.reconciled.total, run.ready.program.reconciliation
    assert policy is not None, "a run is reconciled by its policy"
    what = "a shortfall" if total.gap > 0 else "a surplus" if total.gap < 0 else "no gap"
    size = f" of {_say(run, abs(total.gap))}, {ratio(total, policy).lstrip('-')}" if total.gap else ""
    yield f"Leadership asks for {_say(run, total.top_down)}: {what}{size}."
    rungs = [f"{team.team} {outcome(team).replace('_', ' ')}" for team in run.reconciled.teams]
    yield f"By the ladder: {'; '.join(rungs)}."
    yield f"That asks {_asks(run.reconciled, run)}."


def _asks(found: Reconciled, run: Run) -> str:
    total = found.total
    parts = []
    if total.supplement:
        reps = [line.holder for line in found.quotas if line.supplement and line.role != MANAGER]
        parts.append(f"{_say(run, total.supplement)} more of {_whom([one.name or one.id for one in reps], 'reps')}")
    if total.hold_back:
        heads = [team.head for team in found.teams if team.hold_back]
        names = {one.id: one.name or one.id for one in found.holders}
        parts.append(f"{_say(run, total.hold_back)} of {_whom([names.get(head, head) for head in heads], 'managers')} alone")
    if total.open:
        parts.append(f"{_say(run, total.open)} of nobody yet")
    if total.cushion:
        parts.append(f"nothing more where {_say(run, total.cushion)} lie above what is asked, a cushion")
    return "; ".join(parts) or "nothing beyond the accounts' own targets"


def _whom(names: list[str], many: str) -> str:
    return f"{len(names):,} {many}" if len(names) > NAMED else " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _decisions(run: Run) -> Iterator[str]:
    """Tell what waits for a person."""
    for team in run.reconciled.teams if run.reconciled else ():
        if not team.assigned:
            yield f"{team.team}: no quota stands ({outcome(team)}); going on takes a name and a reason (kam-rules reconcile --proceed)"
    waiting = count(run)
    if waiting["undecided"]:
        open_ = run.table.lazy().filter(pl.col("tier").is_null() | pl.col("state").is_null())
        base = int(open_.select(pl.col("base").cast(pl.Int128).sum()).collect().item() or 0)
        yield f"{waiting['undecided']:,} accounts are undecided, with a base of {_say(run, base)}: find their answers, or decide without"
    if waiting["refused"]:
        yield f"{waiting['refused']:,} rows were refused: faults.csv of the run lists each with what to do"
    actions = run.table.lazy().filter(pl.col("action").is_not_null()).group_by("action").len().sort("action").collect()
    for action, n in actions.iter_rows():
        yield f"{n:,} {'account is' if n == 1 else 'accounts are'} proposed for: {action}"
    for code, n in Counter(f.code for f in run_findings(run) if f.level != "note").items():
        yield f"{n:,} × {page(code).TITLE.lower()} ({code})"
    if run.standing.status == DRAFT:
        yield f"the policy is a draft: {run.standing.why}"


def _quota(run: Run, minor: int) -> Table:
    """Tell quota by manager; where nothing is reconciled, by who holds the accounts."""
    money = 10**minor
    columns = (
        Column("holder", "Manager" if run.reconciled else "Book of"),
        Column("name", "Name"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("committed", "Committed", Unit.MONEY),
        Column("supplement", "Supplement", Unit.MONEY),
        Column("hold_back", "Hold-back", Unit.MONEY),
        Column("total", "Total quota", Unit.MONEY),
        Column("par", "Par", Unit.RATIO),
    )
    rows = [_line(line, money) for line in run.reconciled.quotas if line.role == MANAGER] if run.reconciled else _plain(run, money)
    note = "Par is what a book supports in proportion to its base: how hard the course is."
    return Table("quota", "Quota by manager" if run.reconciled else "Targets by book", columns, tuple(rows[:MANAGERS]), note)


def _line(line: Quota, money: int) -> tuple[Cell, ...]:
    added = (line.supplement, line.hold_back, line.total) if line.assigned else (None, None, None)
    told = (None if one is None else Fraction(one, money) for one in (line.base, line.committed, *added))
    par = Fraction(line.committed, line.base) if line.base else None
    return line.holder.id, line.holder.name, line.accounts, *told, par


def _plain(run: Run, money: int) -> list[tuple[Cell, ...]]:
    """Return the books where nothing is reconciled: what is committed is all there is."""
    found = books(lines(run), "holder", ())
    return [(b.id, "", b.accounts, Fraction(b.base, money), Fraction(b.committed, money), None, None, None, b.par) for b in found]


def _favoured(run: Run, minor: int) -> Iterator[Table]:
    """Tell the books that one figure for all would favour most and least."""
    names = run.ready.program.baselines
    found = sorted(books(lines(run), "holder", names), key=lambda book: (-(book.par or 0), book.id))
    if len(found) <= 1:
        return
    n = min(BOOKS, len(found) // 2)
    columns = [
        Column("which", ""),
        Column("book", "Book of"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("par", "Par", Unit.RATIO),
    ]
    asks = UNIFORM in names
    columns += [Column("uniform_more", "Uniform asks more by", Unit.MONEY)] if asks else []
    rows: list[tuple[Cell, ...]] = []
    for which, part in (("most favoured", found[:n]), ("least favoured", found[-n:])):
        for book in part:
            more = (Fraction(book.baselines[UNIFORM].more, 10**minor),) if asks else ()
            rows.append((which, book.id, book.accounts, Fraction(book.base, 10**minor), book.par, *more))
    note = "The best book has the most room to grow; kam-rules report fairness tells them all."
    yield Table("favoured", "The most and the least favoured books", tuple(columns), tuple(rows), note)


def _movers(run: Run, minor: int) -> Table:
    money = 10**minor
    columns = (
        Column("account_id", "Account"),
        Column("name", "Name"),
        Column("owner", "Owner"),
        Column("state", "State"),
        Column("base", "Base", Unit.MONEY),
        Column("moves", "Target less base", Unit.MONEY),
        Column("because", "Because"),
    )
    rows = tuple(
        (
            one.row["account_id"],
            one.row["account_name"],
            one.row["owner"],
            one.row["state"],
            Fraction(one.row["base"], money),
            Fraction(one.moves, money),
            "agreed for this account alone" if one.row["target_rule"] == "own" else one.because,
        )
        for one in movers(run, MOVERS)
    )
    return Table("movers", "The accounts that move the total most", columns, rows)


def _confidence(run: Run, minor: int) -> Table:
    needs = run.table.lazy().filter(needing(run)).select("account_id").collect()["account_id"].to_list()
    found = confidence(run, needs)
    all_ = found[-1].target + found[-2].target
    columns = (
        Column("rests_on", "Target money that rests on"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("target", "Target", Unit.MONEY),
        Column("share", "Of all targets", Unit.RATIO),
    )
    rows = tuple((one.on, one.accounts, Fraction(one.target, 10**minor), _part(one, all_)) for one in found)
    undecided = next((part for part in run.reconciled.total.parts if part.kind is Kind.UNDECIDED), None) if run.reconciled else None
    beside = f" Beside it {_say(run, undecided.base)} of base have no target yet." if undecided and undecided.base else ""
    return Table("confidence", "How sure it is", columns, rows, f"An account counts under each line that fits it.{beside}")


def _part(one: Rest, whole_: int) -> Fraction | None:
    return Fraction(one.target, whole_) if whole_ else None


def _against(run: Run, against: Run, minor: int) -> Table:
    columns = (Column("what", "What"), Column("then", against.policy.fiscal_year), Column("now", run.policy.fiscal_year))
    sides = [dict(_sums(one, minor)) for one in (against, run)]
    rows = tuple((name, sides[0].get(name, "-"), sides[1].get(name, "-")) for name in dict.fromkeys([*sides[0], *sides[1]]))
    return Table("against", f"Beside {against.name}", columns, rows)


def _sums(run: Run, minor: int) -> Iterable[tuple[str, str]]:
    book, keys = whole(lines(run), ()), list(run.ready.program.seating.key_tiers)
    yield "accounts with a target", f"{book.accounts:,}"
    yield "base", amount(book.base, minor)
    yield "committed", amount(book.committed, minor)
    yield "par", percent(book.par, 2) if book.par is not None else "-"
    yield "key accounts", f"{run.table.lazy().filter(pl.col('tier').is_in(keys)).select(pl.len()).collect().item():,}"
    yield "undecided", f"{count(run)['undecided']:,}"
    if run.reconciled:
        yield "top-down", amount(run.reconciled.total.top_down, minor)
        yield "gap", amount(run.reconciled.total.gap, minor)


def _version(run: Run, published: str) -> Iterable[tuple[str, str]]:
    yield "policy", f"{run.policy.id} {run.policy.fiscal_year}, owned by {run.policy.owner}"
    yield "standing", run.standing.said
    yield "published", published
    yield "SHA-256", run.policy.sources[0].sha256
    if run.standing.ledger:
        yield "ledger", run.standing.ledger
    yield "data", f"{run.book.source.shown}, as of {run.ready.as_of.isoformat()}, decided for {run.ready.effective_on.isoformat()}"
    if run.ready.sets or run.look.sets:
        yield "tried instead", ", ".join(f"{name}={value}" for name, value in {**run.ready.sets, **run.look.sets}.items())
    yield "engine", run.engine
