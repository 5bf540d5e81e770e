"""From bytes to a document with places: YAML as text only, one meaning a spelling, nothing expanded."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from kam_rules.model.document import Doc, Entry, Listing, Mapping, Scalar
from kam_rules.model.errors import Finding, PolicyError, Where
from kam_rules.model.policy import Source
from kam_rules.model.refusal import reason
from kam_rules.pipeline.traps import comma, no_space, trap
from kam_rules.sections._draft import MOST_FAULTS

LARGEST = 2**20
MOST_VALUES = 10_000
"""Keys and values of a file; the largest policy that is shipped has 1,100."""
LONGEST_SCALAR = 4000
DEEPEST = 64
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Stop(Exception):
    """The rest of the file cannot be read; what is wrong is among the findings."""


def read_file(path: Path, shown: str | None = None) -> tuple[str, Source]:
    """Return the text of a YAML file and what it was read from.

    Raises:
        PolicyError: KR001 it cannot be opened, KR002 it is not UTF-8, KR003 it holds characters YAML forbids,
            KR009 it is larger than 1 MiB.
    """
    name = shown or str(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        if path.is_dir():
            raise PolicyError(Finding("KR001", "this is a folder", Where(name), "name the file in it")) from None
        message = f"cannot read this file: {reason(error)}"
        raise PolicyError(Finding("KR001", message, Where(name), "check the path")) from None
    if len(data) > LARGEST:
        message = "this file is larger than 1 MiB; a policy is a text that a person reads"
        raise PolicyError(Finding("KR009", message, Where(name), "is it the right file?"))
    text = _decode(data, name)
    return text.removeprefix("\ufeff"), Source(name, hashlib.sha256(data).hexdigest(), text)


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0\0" in (data[0:3:2], data[1:4:2]):
        raise PolicyError(Finding("KR002", "this file is UTF-16, not UTF-8", Where(name), "save it as UTF-8"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        where = Where(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        raise PolicyError(Finding("KR002", message, where, "save the file as UTF-8")) from None
    bad = FORBIDDEN.search(text, 1 if text.startswith("\ufeff") else 0)
    if bad:
        before_text = text[: bad.start()]
        where = Where(name, before_text.count("\n") + 1, bad.start() - before_text.rfind("\n"))
        message = f"character U+{ord(bad[0]):04X} cannot stand in a policy"
        raise PolicyError(Finding("KR003", message, where, "delete it"))
    return text


def parse(text: str, path: str) -> Mapping:
    """Return the document of a YAML text; the top is a mapping.

    Raises:
        PolicyError: KR004 to KR012, all that could be found, each with its line.
    """
    reader = _Reader(text, path)
    document = reader.read()
    if reader.findings:
        raise PolicyError(excerpts(reader.findings, {path: text}))
    return document


def excerpts(findings: list[Finding], texts: dict[str, str]) -> list[Finding]:
    """Return the findings in the order of their places, each with the line that it speaks of."""
    lines = {path: text.splitlines() for path, text in texts.items()}
    found = []
    for finding in findings:
        where = finding.where
        rows = lines.get(where.path, []) if where else []
        if where and 0 < where.line <= len(rows):
            where = _in_its_line(where, rows)
            finding = replace(finding, where=where, excerpt=rows[where.line - 1])  # noqa: PLW2901 - the same, placed
        found.append(finding)
    return sorted(found, key=lambda f: (f.where or Where(""), f.code, f.message))


def _in_its_line(where: Where, rows: list[str]) -> Where:
    """Return the place in the line it stands in, for one counted on from the first line of a text of several lines."""
    line, column = where.line, where.column
    while line < len(rows) and column - 1 > (length := len(rows[line - 1].rstrip())):
        indent = len(rows[line]) - len(rows[line].lstrip())
        line, column = line + 1, column - length - 1 + indent
    return Where(where.path, line, column)


class _Reader:
    """Builds a document from parser events and keeps every fault it meets."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path, self.lines = text, path, text.splitlines()
        self.findings: list[Finding] = []
        self.depth = self.values = self.braces = 0
        self.cut = False

    def fault(self, code: str, message: str, where: Where, fix: str, *related: tuple[Where, str]) -> None:
        self.findings.append(Finding(code, message, where, fix, related=related))
        if len(self.findings) >= MOST_FAULTS:
            raise _Stop

    def place(self, mark: Any) -> Where:  # noqa: ANN401 - see next
        return Where(self.path, mark.line + 1, mark.column + 1)

    def read(self) -> Mapping:
        empty = Mapping((), Where(self.path, 1, 1))
        try:
            self.events = yaml.parse(self.text, Loader=LOADER)
            self.next()
            start = self.next()
            if isinstance(start, yaml.StreamEndEvent):
                fix = "name another file; kam-rules init writes a policy and a data file to start from"
                self.fault("KR011", "this file is empty", Where(self.path), fix)
                return empty
            document = self.node(self.next())
            self.next()
            after = self.next()
            if not isinstance(after, yaml.StreamEndEvent):
                fix = "one file holds one policy: take out the line ---"
                self.fault("KR010", "a second document starts here", self.place(after.start_mark), fix)
        except _Stop:
            return empty
        except yaml.MarkedYAMLError as error:
            self.syntax(error)
            return empty
        except yaml.YAMLError as error:
            self.fault("KR004", f"this is not YAML: {error}", Where(self.path), "check the quotes and the indentation")
            return empty
        if not isinstance(document, Mapping):
            self.fault("KR011", "a file holds keys with values", document.where, "start with policy: NAME")
            return empty
        return document

    def next(self) -> Any:  # noqa: ANN401 - the marks of an event are always there, and its type does not say so
        return next(self.events)

    def node(self, event: Any) -> Doc:  # noqa: ANN401 - see next
        where = self.place(event.start_mark)
        self.values += 1
        if self.values > MOST_VALUES:
            message = f"this file holds more than {MOST_VALUES:,} keys and values; a policy is a text that a person reads"
            self.fault("KR009", message, where, "is it the right file?")
            raise _Stop
        if isinstance(event, yaml.AliasEvent):
            message = f"'*{event.anchor}' is read as a copy of another place, not as a text"
            self.fault("KR007", message, where, "write the value out here, or quote the text")
            return Scalar("", where)
        if event.anchor is not None:
            message = f"'&{event.anchor}' is read as the name of a place, not as a text"
            self.fault("KR007", message, where, "take it out, or quote the text")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            message = f"'{tag}' is read as an instruction to YAML, not as a text"
            self.fault("KR006", message, where, "take it out" if tag[:2] == "!!" else "write not(…) in a condition, or quote the text")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, where)
        self.depth += 1
        if self.depth > DEEPEST:
            self.too_deep(where)
            raise _Stop
        self.braces += bool(event.flow_style)
        found = self.mapping(where, flow=bool(event.flow_style)) if isinstance(event, yaml.MappingStartEvent) else self.listing(where)
        self.braces -= bool(event.flow_style)
        self.depth -= 1
        return found

    def scalar(self, event: Any, where: Where) -> Scalar:  # noqa: ANN401 - see next
        text: str = event.value
        if len(text) > LONGEST_SCALAR:
            message = f"this text is {len(text):,} characters long; the longest that is read has {LONGEST_SCALAR:,}"
            self.fault("KR009", message, where, "shorten it")
            return Scalar("", where)
        plain, end = not event.style, event.end_mark
        rest = self.lines[end.line][end.column :] if plain and end.line < len(self.lines) else ""
        hash_ = re.match(r"\s+#[^\s#]", rest)
        if hash_:
            place = Where(self.path, end.line + 1, end.column + hash_.end() - 1)
            left = f"the text was read as '{text}'" if text else "nothing is left of the text"
            fix = "quote the whole text, or put a space behind the # of a comment"
            self.fault("KR012", f"a # behind a space starts a comment; {left}", place, fix)
            self.cut = self.cut or self.braces > 0
        if event.style in {"|", ">"} and text and end.line > where.line:  # its text starts in the line below
            row = self.lines[where.line]
            where = Where(self.path, where.line + 1, len(row) - len(row.lstrip()) + 1)
        return Scalar(text.strip() if plain else text, where, quoted=event.style in {"'", '"'})

    def listing(self, where: Where) -> Listing:
        items = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.node(event))
        return Listing(tuple(items), where)

    def mapping(self, where: Where, *, flow: bool) -> Mapping:
        entries: dict[str, Entry] = {}
        before: str | None = None
        loose = False
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.node(event)
            behind = self.next()
            value = self.node(behind)
            was_loose, loose = loose, flow and behind.start_mark.index == behind.end_mark.index == event.end_mark.index
            if not isinstance(key, Scalar):
                self.fault("KR011", "a key is a text, not a list or keys with values", key.where, "write it as a text")
            elif loose:
                joined = no_space(key.text)
                if joined:
                    self.fault(joined.code, joined.message, replace(key.where, column=key.where.column + joined.column), joined.fix)
                elif before is None:
                    self.fault("KR012", "'{' starts keys with values in YAML", where, "quote the whole text")
                elif not was_loose:
                    found = comma(key.text, before, self.lines[key.where.line - 1][key.where.column - 1 :])
                    self.fault(found.code, found.message, key.where, found.fix)
            elif key.text == "<<":
                self.fault("KR007", "'<<' is read as a copy of another place", key.where, "write the keys out here")
            elif key.text in entries:
                first = (entries[key.text].where, "first written here")
                self.fault("KR005", f"'{key.text}' stands twice", key.where, "keep one of them", first)
            else:
                entries[key.text] = Entry(key.text, key.where, value)
            before = value.text if isinstance(value, Scalar) else ""
        return Mapping(tuple(entries.values()), where)

    def syntax(self, error: yaml.MarkedYAMLError) -> None:
        """Keep what the parser fell over, but for what follows from a fault that is kept already."""
        if "nesting depth" in str(error.problem):  # libyaml's own bound, met while it reads ahead of its events
            self.too_deep(self.place(error.problem_mark))
            return
        found = trap(error, self.lines)
        if self.cut or any(f.where and f.where.line == found.line for f in self.findings):
            return
        self.fault(found.code, found.message, Where(self.path, found.line, found.column), found.fix)

    def too_deep(self, where: Where) -> None:
        self.fault("KR008", f"this is nested deeper than {DEEPEST} levels", where, "is it the right file?")
