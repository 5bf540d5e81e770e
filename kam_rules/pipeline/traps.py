"""What a line was meant to say where YAML reads it otherwise: for each trap of YAML a plain sentence and a fix."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

LONGEST_LINE = 1000
"""Characters of a line that are looked at; what is longer was not typed."""
LONGEST_ADVICE = 100
"""Characters of a text that are written out as they should be."""
INDENT = "give it the same indentation as the keys beside it"
SIGNS = {
    ">": "starts a folded text in YAML",
    "|": "starts a block of text in YAML",
    "[": "starts a list in YAML",
    "{": "starts keys with values in YAML",
    "*": "starts a reference in YAML",
    "&": "starts the name of a place in YAML",
    "!": "starts an instruction to YAML",
    "-": "starts an item of a list in YAML",
    "?": "starts a key in YAML",
}
ELSE = "cannot start a text in YAML"
START = re.compile(r"(?P<key>\s*(?:- +)*[\w.-]+:\s+)?(?P<text>\S.*?)\s*$")
ODD = re.compile("[\u00a0\u2000-\u200d\u202f\u2060\u3000\ufeff]")
"""Signs that look like a space or like nothing."""
HEADER = re.compile(r"[>|][+-]?\d?[+-]?(\s+#.*)?$")
"""What may stand behind a key whose text follows in the lines below."""


@dataclass(frozen=True, slots=True)
class Trap:
    """A fault of YAML as its writer would name it, with its place from 1; `related` are places that explain it."""

    code: str
    message: str
    fix: str
    line: int = 0
    column: int = 0
    related: tuple[tuple[int, int, str], ...] = field(default=())


def trap(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Trap:
    """Return what a fault that the parser met means."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Trap("KR004", f"this is not YAML: {error.problem}", "check the quotes and the indentation")
    line, column = _line(lines, mark.line), mark.column + 1
    found = _by_line(line, column, _line(lines, mark.line - 1), mark.line + 1) or _by_problem(error, lines, line, column)
    if found is None:
        message = f"YAML cannot read on from here: {error.problem or error.context}"
        found = Trap("KR004", message, "check the quotes and the indentation")
    if found.line:
        return found
    return Trap(found.code, found.message, found.fix, mark.line + 1, found.column or column, found.related)


def quoted(text: str) -> str:
    """Return the text in the quotes that leave it as it is."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number][:LONGEST_LINE] if 0 <= number < len(lines) else ""


def _by_line(line: str, column: int, above: str, number: int) -> Trap | None:
    """Tell the trap from what stands in the line, whatever the parser says of it."""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        return Trap("KR012", "a tab stands in the indentation", "indent with spaces", number, indent.index("\t") + 1)
    odd = ODD.search(indent)
    if odd:
        return _odd_space(odd, number)
    for text, at in ((line, number), (above, number - 1)):
        start = START.match(text)
        if start and start["key"] and start["text"][0] in ">|" and not HEADER.match(start["text"]):
            return _sign(start, at)
    start = START.match(line)
    if start is None or not start["key"] or column < start.start("text") + 1:
        return None
    if start["text"][0] in "%@`]}" or re.match(r"[-?]\s|[*&!]", start["text"]):
        return _sign(start, number)
    ends = re.match(r"""("[^"]*"|'[^']*')\s*[^\s#,\]}]""", start["text"])
    if ends:
        return Trap("KR012", "a text ends at its second quote", _advice(start, "put quotes around it all"), number, start.start("text") + 1)
    if re.match(r"\[.*\].*\w|\{.*\}.*\w", start["text"]) and column > start.start("text") + 1:
        return _sign(start, number)
    return None


def _odd_space(odd: re.Match[str], number: int) -> Trap:
    message = f"the sign U+{ord(odd[0]):04X} looks like a space and is none"
    return Trap("KR012", message, "delete it and type a plain space", number, odd.start() + 1)


def _sign(start: re.Match[str], number: int) -> Trap:
    sign = start["text"][0]
    return Trap("KR012", f"'{sign}' {SIGNS.get(sign, ELSE)}", _advice(start, "quote the text"), number, start.start("text") + 1)


def _advice(start: re.Match[str], what: str) -> str:
    if len(start["text"]) > LONGEST_ADVICE:
        return what
    return f"{what}: {start['key'].strip().removeprefix('- ').strip()} {quoted(start['text'])}"


def _by_problem(error: yaml.MarkedYAMLError, lines: Sequence[str], line: str, column: int) -> Trap | None:
    """Tell the trap from what the parser says."""
    problem, context = error.problem or "", error.context or ""
    if "mapping values are not allowed" in problem:
        return _second_colon(line, column)
    if "flow" in context and error.context_mark is not None:
        return _not_closed(error, lines, line, column)
    if "could not find expected ':'" in problem:
        return _no_colon(error, lines)
    if "quoted scalar" in context and error.context_mark is not None:
        opened = error.context_mark
        return Trap("KR004", "this quote is never closed", "add the closing quote", opened.line + 1, opened.column + 1)
    sign = line[column - 1 : column]
    if re.match(r"block sequence entries|mapping keys|did not find expected node content", problem):
        return Trap("KR012", f"'{sign}' {SIGNS.get(sign, ELSE)}", "quote the text")
    if "cannot start any token" in problem:
        return Trap("KR012", f"'{sign}' {ELSE}", "quote the text")
    if re.search(r"scanning an? (alias|anchor|tag)", context):
        at = error.context_mark.column if error.context_mark else column - 1
        return Trap("KR012", f"'{line[at : at + 1]}' {SIGNS.get(line[at : at + 1], ELSE)}", "quote the text", column=at + 1)
    if "did not find expected key" in problem or "'-' indicator" in problem:
        return Trap("KR004", "this line does not line up with the lines above it", INDENT)
    return None


def _second_colon(line: str, column: int) -> Trap:
    if re.fullmatch(r"\s*(- +)*[\w.-]+", line[: column - 1]):
        message = "this line stands further in than the line above, which has its value already"
        return Trap("KR004", message, INDENT, column=len(line) - len(line.lstrip()) + 1)
    start = START.match(line)
    fix = _advice(start, "quote the whole text") if start and start["key"] else "quote the whole text"
    return Trap("KR012", "': ' inside a text starts a new key", fix)


def _not_closed(error: yaml.MarkedYAMLError, lines: Sequence[str], line: str, column: int) -> Trap:
    opened: Any = error.context_mark
    sign = _line(lines, opened.line)[opened.column : opened.column + 1] or "["
    close = {"{": "}", "[": "]"}.get(sign, sign)
    if error.problem_mark is None or opened.line != error.problem_mark.line:
        message = f"this {sign} is not closed before line {(error.problem_mark or opened).line + 1}"
        fix = f"add {close} where it ends; quote a text with , or ': ' in it"
        return Trap("KR004", message, fix, opened.line + 1, opened.column + 1)
    found = line[column - 1 : column]
    if found in {"]", "}"}:
        return Trap("KR004", f"what starts with {sign} is closed with {found}", f"write {close} in front of it")
    message = "inside braces a text ends at , and ': '" if sign == "{" else "inside brackets a text ends at , and ': '"
    return Trap("KR012", message, "quote the whole text, or unfold it into lines")


def _no_colon(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Trap:
    opened: Any = error.context_mark or error.problem_mark
    line = _line(lines, opened.line)
    joined = re.match(r"\s*(?:- +)*([\w.-]+):([^ :].*)$", line)
    if joined and (odd := ODD.match(line, joined.start(2))):
        return _odd_space(odd, opened.line + 1)
    if joined:
        fix = f"write {joined[1]}: {joined[2]}"
        return Trap("KR012", "a colon ends a key only with a space behind it", fix, opened.line + 1, joined.start(2))
    fix = "write a key, a colon, a space and a value; a text that goes on from the line above stands further in"
    return Trap("KR004", "this line has no ': ' between a key and its value", fix, opened.line + 1, opened.column + 1)
