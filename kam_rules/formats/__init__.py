"""Formats: one a file, named for the word after `--format`. A format writes a report and knows no decision."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of
from kam_rules.model.report import Report

PIPELINES = ("github", "junit", "sarif")
"""Formats that write a report's findings and cases for other programs, and none of its tables."""


class Format(Protocol):
    """Writes a report."""

    def render(self, report: Report, *, width: int, color: bool) -> str:
        """Return the report as text that ends with a line break; `width` and `color` are a terminal's."""


def formats() -> tuple[str, ...]:
    """Return all formats."""
    return words_of(__path__)


def format_(name: str) -> Format:
    """Return a format by its word; a trailing _ keeps a file apart from the library of that name."""
    module = f"{name}_" if name in {"json", "csv"} else name
    return import_module(f"{__name__}.{module}")
