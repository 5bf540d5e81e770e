"""Overrides stand in a file of their own: what people put in the place of what was computed, and verdicts on the list.

An override holds from the moment the ledger holds an approval of it until it expires. The decision of the engines stays
beside it, in columns of its own. A review turns the initial list of key accounts into the final one; both are kept.

Example:
    policy: key-accounts
    fiscal_year: FY2027
    rule_after: 3
    overrides:
      - account: A-03
        field: target
        to: 70%
        reason: contract_dispute
        because: The dispute over the March invoice runs until autumn
        author: ana
        approver: sales-director
        expires: 2026-12-31
    review:
      - {account: A-02, verdict: reject, to: core, because: They ask for prices only, author: ana, approver: sales-director}
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kam_rules.model.day import read_day
from kam_rules.model.document import Doc, Mapping, Scalar, at
from kam_rules.model.errors import Finding, PolicyError
from kam_rules.model.override import ACCEPT, HOLD, REJECT, STATE, TARGET, TIER, Override, Overrides
from kam_rules.model.schema import Schema, choice, date, identifier, integer, listing, record, text
from kam_rules.pipeline.approvals import digest
from kam_rules.pipeline.load import excerpts, parse, read_file
from kam_rules.pipeline.shape import check_shape
from kam_rules.pipeline.things import Thing

WHO = {"author": text("Who asks for it"), "approver": text("Who is to approve it, as the roster writes the name; never the author")}
OVERRIDE = record(
    "One override",
    {
        "account": text("The account's id"),
        "field": choice("What is replaced", TIER, STATE, TARGET),
        "to": text("What takes its place: a tier, a state, or a percent of the base"),
        "reason": identifier("A code by which equal cases are counted"),
        "because": text("Why, in a sentence"),
        **WHO,
        "expires": date("The last day on which it holds"),
    },
    ("account", "field", "to", "reason", "because", "author", "approver", "expires"),
)
REVIEW = record(
    "One verdict on an account of the initial list",
    {
        "account": text("The account's id"),
        "verdict": choice("What becomes of it", ACCEPT, REJECT, HOLD),
        "to": text("With reject: the tier that it has instead"),
        "because": text("Why, in a sentence"),
        **WHO,
    },
    ("account", "verdict", "because", "author", "approver"),
)


def overrides_schema() -> Schema:
    """Return the schema of a file of overrides."""
    parts = {
        "policy": text("The policy that they are for"),
        "fiscal_year": text("Its year"),
        "rule_after": integer("After so many accounts with one reason the summary calls for a rule", 2),
        "overrides": listing("The overrides", OVERRIDE),
        "review": listing("Verdicts on the initial list of key accounts", REVIEW),
    }
    return record("What people put in the place of what was computed", parts, ("policy", "fiscal_year", "rule_after"))


def load(path: Path, shown: str | None = None) -> Overrides:
    """Return the overrides that a file holds.

    Raises:
        PolicyError: every fault of the file: KR661 a review without its tier, KR662 approved by its author, KR664 two for
            one field.
    """
    text_, source = read_file(path, shown)
    document = parse(text_, source.path)
    findings = check_shape(document, overrides_schema())
    items: list[Override] = []
    if not findings:
        items = [
            *(_override(item, findings) for item in document.maps("overrides")),
            *(_review(item, findings) for item in document.maps("review")),
        ]
        findings += [*_own(items), *_twice(items)]
    if findings:
        raise PolicyError(excerpts(findings, {source.path: text_}))
    return Overrides(document.text("policy"), document.text("fiscal_year"), int(document.text("rule_after")), tuple(items), source)


def _override(item: Mapping, findings: list[Finding]) -> Override:
    expires = read_day(item.scalar("expires"), findings) or dt.date.max
    reason, because, author, approver = (item.text(key) for key in ("reason", "because", "author", "approver"))
    what = (item.text("account"), item.text("field"), item.text("to"))
    return Override("override", *what, "", reason, because, author, approver, expires, item.where)


def _review(item: Mapping, findings: list[Finding]) -> Override:
    verdict, to = item.text("verdict"), item.text("to")
    if (verdict == REJECT) is not bool(to):
        message = "a rejected account needs the tier that it has instead" if verdict == REJECT else f"'{verdict}' changes no tier"
        findings.append(Finding("KR661", message, at(item, ("to",)), "write to: TIER with reject, and with nothing else"))
    because, author, approver = (item.text(key) for key in ("because", "author", "approver"))
    what = (item.text("account"), TIER if to else "", to)
    return Override("review", *what, verdict, verdict, because, author, approver, None, item.where)


def _own(items: list[Override]) -> Iterator[Finding]:
    for item in items:
        if item.author.casefold() == item.approver.casefold():
            message = f"{item.account}: '{item.author}' is to approve what '{item.author}' asks for"
            yield Finding("KR662", message, item.where, "name an approver who is somebody else")


def _twice(items: list[Override]) -> Iterator[Finding]:
    first: dict[tuple[str, str], Override] = {}
    for item in items:
        for key in {(item.account, item.field), (item.account, "" if item.kind == "review" else item.field)}:
            before = first.setdefault(key, item)
            if before is not item:
                what = f"the {item.field} of {item.account} is overridden" if item.field else f"{item.account} is judged"
                yield Finding("KR664", f"{what} twice", item.where, "keep one of them", related=((before.where, "first written here"),))
                break


def thing_of(file: Overrides, item: Override) -> Thing:
    """Return a line as a thing to approve; a word of it changed makes it another thing."""
    told: dict[str, Any] = {
        "title": f"{item.account}: {item.field + ' ' if item.field else ''}{item.to or item.verdict}",
        "policy": file.policy,
        "fiscal_year": file.fiscal_year,
        "account": item.account,
        "field": item.field,
        "to": item.to,
        "verdict": item.verdict,
        "reason": item.reason,
        "because": item.because,
        "author": item.author,
        "approver": item.approver,
        "expires": item.expires.isoformat() if item.expires else None,
    }
    return Thing(item.kind, digest([item.kind, told]), told, author=item.author, where=item.where)


def things(file: Overrides) -> tuple[Thing, ...]:
    """Return every line of a file as a thing to approve."""
    return tuple(thing_of(file, item) for item in file.items)


def is_overrides(doc: Doc) -> bool:
    """Tell whether a document is a file of overrides, by its keys."""
    return isinstance(doc, Mapping) and isinstance(doc.get("rule_after"), Scalar)
