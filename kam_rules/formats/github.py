"""GitHub's workflow commands: each finding becomes a remark beside its line in a pull request."""

from __future__ import annotations

from kam_rules.formats._findings import in_short
from kam_rules.model.errors import Finding
from kam_rules.model.report import Report

LEVELS = {"error": "error", "warning": "warning"}


def render(report: Report, *, width: int, color: bool) -> str:  # noqa: ARG001 - the Protocol
    """Return one line a finding, and the report's title as a notice where there is none; see `Format`."""
    lines = [_line(finding) for finding in report.findings] or [f"::notice::{_text(report.title)}"]
    return "\n".join(lines) + "\n"


def _line(finding: Finding) -> str:
    where = finding.where
    places = {"file": where.path, "line": where.line, "col": where.column} if where else {}
    parts = [f"{key}={_property(str(value))}" for key, value in places.items() if value]
    parts.append(f"title={finding.code}")
    return f"::{LEVELS.get(finding.level, 'notice')} {','.join(parts)}::{_text(in_short(finding))}"


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
