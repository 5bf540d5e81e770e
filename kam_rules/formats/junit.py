"""JUnit's XML, which every pipeline shows: a case for each test, or for each file that was checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kam_rules.formats._findings import say_finding
from kam_rules.model.errors import Finding, Where
from kam_rules.model.report import Case, Report

UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FAILS = ("error", "warning")


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - the Protocol
    """Return one suite; a note never fails a case; see `Format`."""
    cases = report.cases or tuple(_files(report))
    failed = sum(1 for case in cases if _grave(case.findings))
    counts = {"tests": str(len(cases)), "failures": str(failed), "errors": "0", "skipped": "0"}
    suites = Element("testsuites", counts)
    suite = SubElement(suites, "testsuite", {"name": _clean(report.title), **counts})
    for case in cases:
        _case(suite, case)
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _files(report: Report) -> Iterable[Case]:
    """Return a case for each file that a finding speaks of, or one that passed."""
    by_file: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_file.setdefault(finding.where.path if finding.where else report.key, []).append(finding)
    for path, findings in by_file.items():
        yield Case(path, Where(path), tuple(findings))
    if not by_file:
        yield Case(report.title, Where(report.key))


def _case(suite: Element, case: Case) -> None:
    place = {"file": _clean(case.where.path), "line": str(case.where.line)} if case.where.line else {}
    found = SubElement(suite, "testcase", {"classname": _clean(case.where.path), "name": _clean(case.name), **place})
    for finding in _grave(case.findings):
        failure = SubElement(found, "failure", {"type": finding.code, "message": _clean(finding.message)})
        failure.text = _clean(say_finding(finding))
    notes = [finding for finding in case.findings if finding.level not in FAILS]
    if notes:
        SubElement(found, "system-out").text = _clean("\n\n".join(say_finding(finding) for finding in notes))


def _grave(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level in FAILS]


def _clean(text: str) -> str:
    return UNWRITABLE.sub("�", text)
