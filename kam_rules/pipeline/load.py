"""From bytes to a document with places: YAML as text only, one meaning a spelling, nothing expanded."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import yaml

from kam_rules.model.document import Doc, Entry, Listing, Mapping, Scalar
from kam_rules.model.errors import Finding, PolicyError, Where
from kam_rules.model.policy import Source

LARGEST = 4 * 2**20
LONGEST_SCALAR = 20_000
DEEPEST = 64
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STARTS = {
    ">": "starts a folded text in YAML",
    "|": "starts a block of text in YAML",
    "%": "cannot start a text in YAML",
    "@": "cannot start a text in YAML",
    "`": "cannot start a text in YAML",
}


class _Stop(Exception):
    """The rest of the file cannot be read; what is wrong is among the findings."""


def read_file(path: Path, shown: str | None = None) -> tuple[str, Source]:
    """Return the text of a YAML file and what it was read from.

    Raises:
        PolicyError: KR001 it cannot be opened, KR002 it is not UTF-8, KR003 it holds characters YAML forbids,
            KR009 it is larger than 4 MiB.
    """
    name = shown or str(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        fix = "is this a folder? name the file in it" if path.is_dir() else "check the path"
        message = f"cannot read this file: {(error.strerror or str(error)).lower()}"
        raise PolicyError(Finding("KR001", message, Where(name), fix)) from None
    if len(data) > LARGEST:
        message = "this file is larger than 4 MiB; a policy is a text that a person reads"
        raise PolicyError(Finding("KR009", message, Where(name), "is it the right file?"))
    return _decode(data, name), Source(name, hashlib.sha256(data).hexdigest())


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        raise PolicyError(Finding("KR002", "this file is UTF-16, not UTF-8", Where(name), "save it as UTF-8"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        where = Where(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        raise PolicyError(Finding("KR002", message, where, "save the file as UTF-8")) from None
    bad = FORBIDDEN.search(text)
    if bad:
        before_text = text[: bad.start()]
        where = Where(name, before_text.count("\n") + 1, bad.start() - before_text.rfind("\n"))
        message = f"character U+{ord(bad[0]):04X} cannot stand in a policy"
        raise PolicyError(Finding("KR003", message, where, "delete it"))
    return text


def parse(text: str, path: str) -> Mapping:
    """Return the document of a YAML text; the top is a mapping.

    Raises:
        PolicyError: KR004 to KR013, all that could be found, each with its line.
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
        line = rows[where.line - 1] if where and 0 < where.line <= len(rows) else ""
        found.append(replace(finding, excerpt=line))
    return sorted(found, key=lambda f: (f.where or Where(""), f.code, f.message))


class _Reader:
    """Builds a document from parser events and keeps every fault it meets."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path, self.lines = text, path, text.splitlines()
        self.findings: list[Finding] = []
        self.depth = 0

    def fault(self, code: str, message: str, where: Where, fix: str) -> None:
        self.findings.append(Finding(code, message, where, fix))

    def place(self, mark: yaml.Mark) -> Where:
        return Where(self.path, mark.line + 1, mark.column + 1)

    def read(self) -> Mapping:
        empty = Mapping((), Where(self.path, 1, 1))
        try:
            self.events = yaml.parse(self.text, Loader=LOADER)
            self.next()
            start = self.next()
            if isinstance(start, yaml.StreamEndEvent):
                self.fault("KR011", "this file is empty", Where(self.path), "kam-rules init writes one to start from")
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
        except (yaml.YAMLError, RecursionError) as error:
            self.fault("KR004", f"this is not YAML: {error}", Where(self.path), "check the quotes and the indentation")
            return empty
        if not isinstance(document, Mapping):
            self.fault("KR011", "a file holds keys with values", document.where, "start with policy: NAME")
            return empty
        return document

    def next(self) -> yaml.Event:
        return next(self.events)

    def node(self, event: yaml.Event) -> Doc:
        where = self.place(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self.fault("KR007", f"*{event.anchor} repeats another place of the file", where, "write the value out here, or quote the text")
            return Scalar("", where)
        if event.anchor is not None:
            self.fault("KR007", f"&{event.anchor} names a place of the file", where, "take it out, or quote the text")
        if event.tag is not None:
            self.fault("KR006", f"{event.tag} changes how YAML reads a value", where, "take it out, or quote the text")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, where)
        self.depth += 1
        if self.depth > DEEPEST:
            self.fault("KR008", f"this is nested deeper than {DEEPEST} levels", where, "is it the right file?")
            raise _Stop
        found = self.mapping(where) if isinstance(event, yaml.MappingStartEvent) else self.listing(where)
        self.depth -= 1
        return found

    def scalar(self, event: yaml.ScalarEvent, where: Where) -> Scalar:
        text: str = event.value
        if len(text) > LONGEST_SCALAR:
            self.fault("KR009", f"this text is longer than {LONGEST_SCALAR} characters", where, "shorten it")
        plain = not event.style
        if plain and event.end_mark.line < len(self.lines):
            rest = self.lines[event.end_mark.line][event.end_mark.column :]
            if text and re.match(r"\s+#[^\s#]", rest):
                message = f"the text ends before ' #': read as {text!r}"
                fix = f"quote the whole text: '{text}{rest.rstrip()}', or put a space behind the # of a comment"
                self.fault("KR012", message, where, fix)
        return Scalar(text.strip() if plain else text, where, quoted=not plain)

    def listing(self, where: Where) -> Listing:
        items = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.node(event))
        return Listing(tuple(items), where)

    def mapping(self, where: Where) -> Mapping:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key, value = self.node(event), self.node(self.next())
            if not isinstance(key, Scalar):
                self.fault("KR011", "a key is a text", key.where, "quote it")
                continue
            if key.text == "<<":
                self.fault("KR007", "<< merges another place of the file", key.where, "write the keys out here")
            elif re.fullmatch(r"\d{3}", key.text) and isinstance(value, Scalar) and not value.text:
                message = f"a comma ends a value inside braces: '{key.text}' was read as a key"
                self.fault("KR012", message, key.where, "write the number without commas: 1000000")
            elif key.text in entries:
                first = entries[key.text].where
                self.fault("KR005", f"'{key.text}' stands twice (first in line {first.line})", key.where, "keep one of them")
            else:
                entries[key.text] = Entry(key.text, key.where, value)
        return Mapping(tuple(entries.values()), where)

    def syntax(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        where = self.place(mark) if mark else Where(self.path)
        line = self.lines[where.line - 1] if 0 < where.line <= len(self.lines) else ""
        message, fix, column = _trap(line, where.column, str(error.problem or ""), self.lines, where.line)
        self.fault("KR012" if message else "KR004", message or f"this is not YAML: {error.problem or error.context}",
                   replace(where, column=column or where.column), fix or "check the quotes and the indentation")  # fmt: skip


def _trap(line: str, column: int, problem: str, lines: list[str], number: int) -> tuple[str, str, int]:
    """Return (message, fix, column) for a line that YAML reads otherwise than its writer meant; empty texts if none."""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        return "a tab stands in the indentation", "indent with spaces", indent.index("\t") + 1
    for candidate in (line, lines[number - 2] if number >= 2 else ""):  # noqa: PLR2004
        start = re.match(r"\s*(?:- )?\s*([\w]+):\s+(([>|%@`]).*\S)\s*$", candidate)
        if start and (candidate is line or start[3] in ">|"):
            return f"'{start[3]}' {STARTS[start[3]]}", f"quote the text: {start[1]}: '{start[2]}'", start.start(2) + 1
    opened = re.match(r'\s*(?:- )?\s*([\w]+):\s+("[^"]*"\s*[^\s#,}].*)$', line)
    if opened and "{" not in line[: opened.start(2)]:
        return "a text ends at its second quote", f"put single quotes around it all: {opened[1]}: '{opened[2]}'", opened.start(2) + 1
    listed = re.match(r"\s*(?:- )?\s*([\w]+):\s+([\[{].*[\]})][^,]*\w.*)$", line)
    if listed and "did not find expected key" in problem:
        return f"'{listed[2][0]}' starts a list in YAML", f"quote the text: {listed[1]}: '{listed[2]}'", listed.start(2) + 1
    if "mapping values are not allowed" in problem:
        return "': ' inside a text starts a new key", "quote the whole text", 0
    if "{" in line and "?" in line:
        return "'?' inside braces has a meaning of its own in YAML", "quote the text, or unfold the braces into lines", line.index("?") + 1
    if column <= len(line) and line[column - 1 : column] in STARTS:
        return f"'{line[column - 1]}' {STARTS[line[column - 1]]}", "quote the text", 0
    return "", "", 0
