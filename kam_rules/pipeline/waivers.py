"""Waivers stand in a file of their own beside the policy: fy2027.waivers.yaml beside fy2027.yaml.

A waiver takes a finding out of what `check` counts, until a day. After that day the finding is back, and the waiver is a
finding itself. What waives nothing is told, too. An error cannot be waived.

Example:
    waivers:
      - finding: KR721
        about: criteria.about_kind
        reason: Nobody has recorded a judgement of our own people yet; the council collects them this year
        author: revenue-operations
        approved_by: sales-director
        until: 2027-01-31
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kam_rules.findings import codes, page
from kam_rules.model.day import read_day
from kam_rules.model.document import Mapping, at
from kam_rules.model.errors import Finding, PolicyError
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Source
from kam_rules.model.schema import Schema, date, identifier, listing, record, text
from kam_rules.model.waiver import Waiver
from kam_rules.pipeline.load import excerpts, parse, read_file
from kam_rules.pipeline.shape import check_shape

ENDING = ".waivers.yaml"
WAIVER = record(
    "One waiver",
    {
        "finding": identifier("The code of the finding, such as KR721"),
        "about": text("What it is about, as check says behind the code; left out: every finding of the code"),
        "reason": text("Why it may stay"),
        "author": text("Who asks for it"),
        "approved_by": text("Who answers for it; never the author"),
        "until": date("The last day on which it holds"),
    },
    ("finding", "reason", "author", "approved_by", "until"),
)


def waivers_schema() -> Schema:
    """Return the schema of a file of waivers."""
    return record("Findings that somebody accepts", {"waivers": listing("The waivers", WAIVER)}, ("waivers",))


@dataclass(frozen=True)
class Applied:
    """The findings that count, those that are waived, and what the waivers themselves give to look at."""

    open: tuple[Finding, ...]
    waived: tuple[tuple[Finding, Waiver], ...]


def beside(policy: Path) -> Path:
    """Return where the waivers of a policy stand."""
    return policy.with_name(policy.stem + ENDING)


def load(policy: Path, shown: str) -> tuple[tuple[Waiver, ...], Source | None]:
    """Return the waivers beside a policy, and the file that they were read from; none where there is no file.

    Raises:
        PolicyError: every fault of the file.
    """
    path = beside(policy)
    if not path.is_file():
        return (), None
    text_, source = read_file(path, str(beside(Path(shown))))
    document = parse(text_, source.path)
    findings = check_shape(document, waivers_schema())
    waivers: list[Waiver] = []
    if not findings:
        waivers = [_waiver(item, findings) for item in document.maps("waivers")]
    if findings:
        raise PolicyError(excerpts(findings, {source.path: text_}))
    return tuple(waivers), source


def _waiver(item: Mapping, findings: list[Finding]) -> Waiver:
    code = item.text("finding")
    known = [found for found in codes() if found.startswith("KR7") and page(found).LEVEL != "error"]
    if code not in known:
        what = "there is no finding" if code not in codes() else "an error is mended, not waived:"
        findings.append(Finding("KR753", f"{what} '{code}'", at(item, ("finding",)), did_you_mean(code, known)))
    until = read_day(item.scalar("until"), findings) or dt.date.max
    author, approver = item.text("author"), item.text("approved_by")
    if author.casefold() == approver.casefold():
        message = f"the waiver of {code}: '{author}' is to approve what '{author}' asks for"
        findings.append(Finding("KR662", message, at(item, ("approved_by",)), "name somebody else who answers for it"))
    return Waiver(code, item.text("about"), item.text("reason"), author, approver, until, item.where)


def apply(findings: Iterable[Finding], waivers: tuple[Waiver, ...], on: dt.date) -> Applied:
    """Return what waivers leave of findings on a day.

    Args:
        findings: everything that was found.
        waivers: those beside the policy.
        on: the day that the waivers are held against.
    """
    found = tuple(findings)
    valid = [waiver for waiver in waivers if waiver.until >= on]
    waived = tuple((f, waiver) for f in found if (waiver := next((w for w in valid if w.covers(f)), None)) is not None)
    gone = {id(f) for f, _ in waived}
    open_ = [f for f in found if id(f) not in gone]
    for waiver in waivers:
        name = " ".join(part for part in (waiver.finding, waiver.about) if part)
        if waiver.until < on:
            message = f"the waiver of {name} ran out on {waiver.until} ({on} is asked for); {waiver.approved_by} approved it"
            open_.append(Finding("KR751", message, waiver.where, "mend what it waived, or have it approved anew", "warning", subject=name))
        elif not any(waiver.covers(f) for f in found):
            message = f"the waiver of {name} waives nothing: there is no such finding"
            open_.append(Finding("KR752", message, waiver.where, "take it out, or correct finding: and about:", "note", subject=name))
    return Applied(tuple(open_), waived)
