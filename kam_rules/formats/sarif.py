"""SARIF 2.1.0, the OASIS format in which code hosts and editors take findings."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from kam_rules.findings import codes, page
from kam_rules.formats._findings import in_short
from kam_rules.model.errors import Finding, Where
from kam_rules.model.report import Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning"}


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - the Protocol
    """Return one run with a result for each finding, and each code's page as its rule; see `Format`."""
    used = tuple(dict.fromkeys(finding.code for finding in report.findings))
    driver = {"name": "kam-rules", "semanticVersion": version("kam-rules"), "rules": [_rule(code) for code in used]}
    results = [_result(finding, used.index(finding.code)) for finding in report.findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    if code not in codes():
        return {"id": code}
    found = page(code)
    text = inspect.getdoc(found) or ""
    return {
        "id": code,
        "shortDescription": {"text": found.TITLE},
        "fullDescription": {"text": " ".join(text.partition("\n\n")[0].split())},
        "help": {"text": text},
        "defaultConfiguration": {"level": LEVELS.get(found.LEVEL, "note")},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS.get(finding.level, "note"),
        "message": {"text": in_short(finding)},
    }
    if finding.where:
        found["locations"] = [_location(finding.where, finding.excerpt)]
    if finding.related:
        found["relatedLocations"] = list(_related(finding.related))
    return found


def _related(related: Iterable[tuple[Where, str]]) -> Iterable[dict[str, Any]]:
    for i, (where, what) in enumerate(related):
        yield {"id": i, **_location(where, ""), "message": {"text": what}}


def _location(where: Where, excerpt: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(where.path)}}
    if where.line:
        column = {"startColumn": where.column} if where.column else {}
        text = {"snippet": {"text": excerpt}} if excerpt else {}
        place["region"] = {"startLine": where.line, **column, **text}
    return {"physicalLocation": place}


def _uri(path: str) -> str:
    found = PurePath(path)
    return found.as_uri() if found.is_absolute() else quote(found.as_posix())
