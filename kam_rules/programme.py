"""One function a verb for the programme around the rules: the Python API of what came of a policy, and for whom it works."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from kam_rules import engine, proof
from kam_rules.evidence.pack import sealed, writing
from kam_rules.formats import format_
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.pay import Assigned, Paid
from kam_rules.model.policy import Policy
from kam_rules.model.progress import Progress, silent
from kam_rules.model.report import Report
from kam_rules.model.run import Run
from kam_rules.pipeline.assign import assigned
from kam_rules.pipeline.backtest import Backtest
from kam_rules.pipeline.backtest import backtest as held
from kam_rules.pipeline.benefits import benefits as worths
from kam_rules.pipeline.benefits import supplied
from kam_rules.pipeline.judge import credited, judge
from kam_rules.pipeline.own import owned
from kam_rules.pipeline.pay import pay as reckoned
from kam_rules.pipeline.raters import labels, lifted
from kam_rules.pipeline.tally import count
from kam_rules.pipeline.who.lists import compare
from kam_rules.pipeline.who.members import members
from kam_rules.pipeline.who.places import horizon
from kam_rules.pipeline.yearfile import load
from kam_rules.reports.benefits import benefits as told_benefits
from kam_rules.reports.brief import NOT_ASKED
from kam_rules.reports.brief import brief as leader_page
from kam_rules.reports.define import define as defined
from kam_rules.reports.statement import holders, statement


def backtest(
    policy: str | Path | Policy,
    data: str | Path,
    actuals: str | Path,
    *,
    progress: Progress = silent,
    expect: Progress = silent,
) -> tuple[Run, Backtest]:
    """Decide a past year by a policy, and hold what it says against what became of the accounts.

    Args:
        policy: a policy file, or one that has been checked.
        data: the data file as it was known when that year began.
        actuals: the file that holds `actuals:`.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are.

    Raises:
        PolicyError: the policy is at fault.
        DataError: the data or the actuals are at fault.
    """
    run = engine.run(policy, data, progress=progress, expect=expect)
    return run, held(run, Path(actuals))


def define(
    run: Run | str | Path,
    *,
    nominations: str | Path | None = None,
    earlier: Run | str | Path | None = None,
    progress: Progress = silent,
    expect: Progress = silent,
) -> Report:
    """Return who the key accounts of a run are, what they bring, and beside whom people would have named.

    Args:
        run: a run, or the folder of one.
        nominations: the file that holds `nominations:`, people's own lists.
        earlier: a run of an earlier year, whose key accounts outside its largest fifth are looked for in this one.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are.

    Raises:
        DataError: KR930 and KR931, a list is at fault.
    """
    found = members(engine.opened(run))
    compared = None if nominations is None else compare(found, load(Path(nominations), "nominations"))
    past = None if earlier is None else horizon(members(engine.opened(earlier)), found)
    return defined(found, compared, past, progress=progress, expect=expect)


def plans(run: Run | str | Path) -> tuple[Assigned, ...]:
    """Return each person of a run with its incentive plan, the rule that gave it, and how it misfits the book.

    Args:
        run: a run, or the folder of one.

    Raises:
        UsageError: KR550 the policy says nothing of pay, or the run does not know who holds what.
    """
    return assigned(engine.opened(run))


def pay(run: Run | str | Path, actuals: str | Path) -> Paid:
    """Return what everybody is paid for the year of a run.

    Args:
        run: a run, or the folder of one.
        actuals: the file that holds `results:` and `target_pay:`.

    Raises:
        UsageError: KR550 the policy says nothing of pay, or the run does not know who holds what.
        DataError: every fault of the file; then nobody is paid.
    """
    return reckoned(engine.opened(run), Path(actuals))


def brief(
    run: Run | str | Path,
    *,
    against: Run | str | Path | None = None,
    actuals: str | Path | None = None,
    published: str = NOT_ASKED,
    progress: Progress = silent,
    expect: Progress = silent,
) -> Report:
    """Return a leader's page of a run.

    Args:
        run: a run, or the folder of one.
        against: an earlier run, such as last year's, to stand beside it.
        actuals: the file that holds `actuals:`, where the year is over.
        published: what is to be said of its publication; see `publication_of`.
        progress: called with the number of steps done since its last call.
        expect: called with the number of further steps there are.

    Raises:
        UsageError: KR940 nothing is decided in the run.
        DataError: the actuals are at fault.
    """
    found = _decided(run)
    judged = None if actuals is None else judge(found, Path(actuals))
    return leader_page(found, None if against is None else engine.opened(against), judged, published, progress=progress, expect=expect)


def publication_of(folder: str | Path, ledger: str | Path, roster: str | Path | None = None) -> str:
    """Say whether a run is the quotas of its year by a ledger: by whom, when, in which entry.

    Raises:
        UsageError: KR880 to KR882, the ledger or the roster cannot be read.
        IntegrityError: KR883 to KR885, the ledger does not hold together.
    """
    own = sealed(Path(folder))
    found = next((one for one in reversed(proof.published(ledger, roster)) if one.run == own), None)
    if found is None:
        return f"not published: {ledger} holds no publication of this run"
    what = "the quotas" if found.number == 1 else f"amendment {found.number - 1} of the quotas"
    counts = "" if found.counts else "; the signature does not count by the roster at hand"
    return f"{what} of {found.period}, by {found.by} on {found.entry.at}, entry {found.entry.seq}{counts}"


def statement_of(run: Run | str | Path, rep: str) -> Report:
    """Return the statement of one rep.

    Raises:
        UsageError: KR940 nothing is decided in the run, KR591 it has no such rep.
    """
    found = _decided(run)
    owned(found, rep)
    return statement(found, rep)


def write_statements(run: Run | str | Path, out: str | Path, *, progress: Progress = silent, expect: Progress = silent) -> int:
    """Write the statement of everyone who holds an account as a page of its own into a new folder; return how many.

    A page is named for its holder; what a file name cannot hold is written as in a link. The folder is written whole or not
    at all.

    Raises:
        UsageError: KR940 nothing is decided in the run; KR501 the folder exists already, KR502 it cannot be written.
    """
    found = _decided(run)
    people = holders(found)
    expect(len(people))
    with writing(Path(out)) as folder:
        for holder in people:
            page = format_("html").render(statement(found, holder), width=0, color=False)
            (folder / f"{quote(holder, safe=' ()')}.html").write_text(page, encoding="utf-8")
            progress(1)
    return len(people)


def _decided(run: Run | str | Path) -> Run:
    found = engine.opened(run)
    if not count(found)["decided"]:
        fix = "kam-rules check --data tells what is missing, faults.csv of the run what was refused"
        message = f"{found.name}: no account is decided in this run, so there is nothing to tell"
        raise UsageError(Finding("KR940", message, None, fix))
    return found


def benefits(
    run: Run | str | Path,
    *,
    earlier: Run | str | Path | None = None,
    actuals: str | Path | None = None,
    progress: Progress = silent,
    expect: Progress = silent,
) -> Report:
    """Return what each answer that a rep supplied is worth in that rep's own quota, and how such answers came out before.

    Args:
        run: a run, or the folder of one.
        earlier: the run of a year that is over, with `actuals`; by default `run` itself where only actuals are given.
        actuals: the file that holds `actuals:` of that year.
        progress: called with the number of accounts done since its last call.
        expect: called with the number of further accounts there are.

    Raises:
        UsageError: KR590 the policy names no deciding field that the owner supplies.
        DataError: the actuals are at fault.
        DisagreementError: KR509 a record and the reference engine differ.
    """
    found = engine.opened(run)
    names = supplied(found.ready.program)
    worth = worths(found, names, progress, expect)
    if actuals is None:
        return told_benefits(found, worth)
    before = found if earlier is None else engine.opened(earlier)
    rows = credited(before, judge(before, Path(actuals)).outcome)
    worth_before = worth if before is found else worths(before, names, progress, expect)
    return told_benefits(found, worth, (before, labels(before, names, rows), lifted(worth_before, rows)))
