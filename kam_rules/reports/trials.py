"""How the tests of a policy came out, and what they reach."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kam_rules.formats._findings import say_finding
from kam_rules.model.errors import Finding
from kam_rules.model.report import Block, Case, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.trial import Tested
from kam_rules.pipeline.trials.run import shares
from kam_rules.reports._place import short


def tested(found: Tested, below: tuple[Finding, ...], *, coverage: bool) -> Report:
    """Return the tests that failed, and with `coverage` what is reached and what is missed.

    Args:
        found: the tests as they came out.
        below: the kinds of which too little is reached.
        coverage: list what is reached.
    """
    findings = (*(finding for told in found.findings for finding in told), *below)
    cases = tuple(Case(trial.name, trial.where, told) for trial, told in zip(found.trials, found.findings, strict=True))
    blocks: list[Block] = [Facts("tests", "Tests", tuple(_facts(found)))]
    if any(found.findings):
        said = (line for told in found.findings for finding in told for line in say_finding(finding).splitlines())
        blocks.append(Lines("failed", "Not as expected", tuple(said)))
    if coverage:
        blocks += [_shares(found), _missed(found)]
    blocks += [Lines("below", "Too little is reached", tuple(say_finding(finding) for finding in below))] if below else []
    passed, total = len(found.trials) - found.failed, len(found.trials)
    source = found.policy.sources[0].path
    title = f"{source}: {passed} of {total} tests passed" if found.failed else f"{source}: all {total} tests passed"
    return Report("tests", title, tuple(blocks), findings=findings, cases=(*cases, *_as_cases(source, below, found)))


def _as_cases(source: str, below: tuple[Finding, ...], found: Tested) -> Iterable[Case]:
    for finding in below:
        where = finding.where or found.trials[0].where
        yield Case(f"{source}: coverage", where, (finding,))


def _facts(found: Tested) -> Iterable[tuple[str, str]]:
    yield "files", ", ".join(found.files)
    yield "passed", f"{len(found.trials) - found.failed:,}"
    yield "failed", f"{found.failed:,}"
    yield "decided by", f"{', '.join(found.engines)}, all with the same answers"
    for name, reason in found.left_out:
        yield "left out", f"{name}: {reason}"


def _shares(found: Tested) -> Table:
    columns = (
        Column("kind", "Reached by tests"),
        Column("covered", "Reached", Unit.COUNT),
        Column("total", "Of", Unit.COUNT),
        Column("share", "Share", Unit.RATIO),
    )
    rows: list[tuple[Cell, ...]] = [
        (kind, covered, total, Fraction(covered, total) if total else None) for kind, covered, total in shares(found)
    ]
    return Table("coverage", "Coverage", columns, tuple(rows))


def _missed(found: Tested) -> Table:
    columns = (Column("kind", "Kind"), Column("item", "Not reached"), Column("need", "It needs"), Column("where", "Where"))
    rows = [
        (item.kind, item.name, item.need or "a test in which it decides", short(item.where)) for item in found.items if not item.covered
    ]
    return Table("missed", "Missed", columns, tuple(rows), empty="nothing")
