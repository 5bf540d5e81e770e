"""What a line was meant to say where YAML reads it otherwise: for each trap of YAML a plain sentence and a fix."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
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
KEY = r"\s*(?:- +)*[\w.-]+:"
START = re.compile(rf"(?P<key>{KEY}\s+)?(?P<text>\S.*?)\s*$")
JOINED = re.compile(r"\s*(?:- +)*(?P<key>[\w.-]+):(?P<text>[^ :].*)$")
ODD = re.compile("[\u00a0\u2000-\u200d\u202f\u2060\u3000\ufeff]")
"""Signs that look like a space or like nothing."""
ODD_PLACE = re.compile(rf"({KEY}| *)(?P<odd>{ODD.pattern})")
HEADER = re.compile(r"[>|][+-]?\d?[+-]?(\s+#.*)?$")
"""What may stand behind a key whose text follows in the lines below."""


@dataclass(frozen=True, slots=True)
class Trap:
    """A fault of YAML as its writer would name it; the place, from 1, is the parser's own where it is 0."""

    code: str
    message: str
    fix: str
    line: int = 0
    column: int = 0


def trap(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Trap:
    """Return what a fault that the parser met means."""
    mark: Any = error.problem_mark or error.context_mark
    line, column, number = _line(lines, mark.line), mark.column + 1, mark.line + 1
    above = _line(lines, mark.line - 1)
    found = _by_line(line, column, above, number) or _by_problem(error, lines, line, column)
    if found is None:
        message = f"YAML cannot read on from here: {error.problem or error.context}"
        found = Trap("KR004", message, "check the quotes and the indentation")
    return Trap(found.code, found.message, found.fix, found.line or number, found.column or column)


def quoted(text: str) -> str:
    """Return the text in the quotes that leave it as it is."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def no_space(text: str) -> Trap | None:
    """Return the trap of a key and a value with nothing between colon and value, such as ``id:core``."""
    joined = JOINED.match(text)
    if joined is None:
        return None
    fix = f"write {joined['key']}: {joined['text']}"
    return Trap("KR012", "a colon ends a key only with a space behind it", fix, 0, joined.start("text"))


def comma(key: str, before: str, row: str) -> Trap:
    """Return the trap of a comma inside braces; `row` is the line from what was read as a key on."""
    fix, number = "quote the whole text, or unfold the braces into lines", re.match(r"[\d,]+", row)
    if before.isdigit() and number:
        whole = re.fullmatch(r"(,\d{3})+", f",{number[0].rstrip(',')}")
        fix = f"write the number without commas: {before}{number[0].replace(',', '')}" if whole else "write decimals with a point: 2.5"
    return Trap("KR012", f"a comma ends a value inside braces: '{key}' was read as a key", fix)


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number][:LONGEST_LINE] if 0 <= number < len(lines) else ""


def _by_line(line: str, column: int, above: str, number: int) -> Trap | None:
    """Tell the trap from what stands in the line or the one above, whatever the parser says of it."""
    for text, at in ((line, number), (above, number - 1)):
        indent = text[: len(text) - len(text.lstrip())]
        if "\t" in indent:
            return Trap("KR012", "a tab stands in the indentation", "indent with spaces", at, indent.index("\t") + 1)
        odd = ODD_PLACE.match(text)
        if odd:
            message = f"the sign U+{ord(odd['odd']):04X} looks like a space and is none"
            return Trap("KR012", message, "delete it and type a plain space", at, odd.start("odd") + 1)
        start = START.match(text)
        if start and start["key"] and start["text"][0] in ">|" and not HEADER.match(start["text"]):
            return _sign(start, at)
        dash = re.match(r"\s*([-–—])(?=\w)|\s*([–—])(?= )", text)
        if dash and ":" in text:
            sign = dash[1] or dash[2]
            message = "a - starts an item only with a space behind it" if sign == "-" else f"'{sign}' is not the - of the keyboard"
            return Trap("KR012", message, f"write - {text[dash.end() :].strip()}", at, dash.end())
    start = START.match(line)
    if start is None or not start["key"] or column < start.start("text") + 1:
        return None
    if start["text"][0] in "%@`]}" or re.match(r"[-?]\s|[*&!]", start["text"]):
        return _sign(start, number)
    ends = re.match(r"""("[^"\\]*"|'[^']*')(\s*[^\s#,\]}])""", start["text"])
    if ends:
        return _second_quote(start, ends, number)
    if re.match(r"\[.*\].*\w|\{.*\}.*\w", start["text"]) and column > start.start("text") + 1:
        return _sign(start, number)
    return None


def _sign(start: re.Match[str], number: int) -> Trap:
    sign, advice = start["text"][0], _advice(start, "quote the text", start["text"])
    return Trap("KR012", f"'{sign}' {SIGNS.get(sign, ELSE)}", advice, number, start.start("text") + 1)


def _second_quote(start: re.Match[str], ends: re.Match[str], number: int) -> Trap:
    """A quote inside a quoted text, as in 'the council's office', or a text that only starts with a quoted word."""
    text = start["text"]
    inside = text[-1] == text[0] and ends[2][0].isalnum()
    advice = _advice(start, "write" if inside else "put quotes around it all", text[1:-1] if inside else text)
    return Trap("KR012", "a text ends at its second quote", advice, number, start.start("text") + 1)


def _advice(start: re.Match[str], what: str, text: str) -> str:
    if len(text) > LONGEST_ADVICE:
        return what if what != "write" else "quote the text"
    return f"{what}{'' if what == 'write' else ':'} {start['key'].strip().lstrip('- ')} {quoted(text)}"


def _by_problem(error: yaml.MarkedYAMLError, lines: Sequence[str], line: str, column: int) -> Trap | None:
    """Tell the trap from what the parser says."""
    problem, context, sign = error.problem or "", error.context or "", line[column - 1 : column]
    opened: Any = error.context_mark or error.problem_mark
    if "mapping values are not allowed" in problem:
        return _second_colon(line, column)
    if "could not find expected ':'" in problem:
        return _no_colon(opened, lines)
    if "quoted scalar" in context:
        return _quote(problem, opened)
    if re.match(r"block sequence entries|mapping keys|did not find expected node content|.*any token", problem):
        return _no_start(problem, sign)
    if re.search(r"scanning an? (alias|anchor|tag)", context):
        sign = line[opened.column : opened.column + 1]
        return Trap("KR012", f"'{sign}' {SIGNS.get(sign, ELSE)}", "quote the text", column=opened.column + 1)
    if "flow" in context:
        return _not_closed(error, lines, line, column)
    return _not_in_line(problem, context, sign)


def _quote(problem: str, opened: Any) -> Trap:  # noqa: ANN401 - a mark of YAML
    if "unexpected" in problem:
        return Trap("KR004", "this quote is never closed", "add the closing quote", opened.line + 1, opened.column + 1)
    return Trap("KR012", "a backslash inside double quotes changes what follows it", "put single quotes around the text")


def _no_start(problem: str, sign: str) -> Trap:
    if sign == "," and "node content" in problem:
        return Trap("KR004", "nothing stands in front of this comma", "take the comma out")
    return Trap("KR012", f"'{sign}' {ELSE if 'any token' in problem else SIGNS.get(sign, ELSE)}", "quote the text")


def _not_in_line(problem: str, context: str, sign: str) -> Trap | None:
    if "directive" in context or "<document start>" in problem:
        return Trap("KR004", "a line ... or a line that starts with % is an instruction to YAML", "take that line out")
    if not re.search(r"expected key|'-' indicator", problem):
        return None
    if sign and sign in "]}":
        return Trap("KR004", f"nothing is open that this {sign} could close", "take it out")
    if sign == ":":
        return Trap("KR004", "a key is missing in front of this colon", "write the key")
    return Trap("KR004", "this line does not line up with the lines above it", INDENT)


def _second_colon(line: str, column: int) -> Trap:
    if re.fullmatch(r"\s*(- +)*[\w.-]+", line[: column - 1]):
        message = "this line stands further in than the line above, which has its value already"
        return Trap("KR004", message, INDENT, column=len(line) - len(line.lstrip()) + 1)
    start = START.match(line)
    fix = _advice(start, "quote the whole text", start["text"]) if start and start["key"] else "quote the whole text"
    return Trap("KR012", "': ' inside a text starts a new key", fix)


def _not_closed(error: yaml.MarkedYAMLError, lines: Sequence[str], line: str, column: int) -> Trap:
    opened: Any = error.context_mark
    ended: Any = error.problem_mark or opened
    sign = _line(lines, opened.line)[opened.column : opened.column + 1]
    close, found = {"{": "}", "[": "]"}.get(sign, sign), line[column - 1 : column]
    if opened.line != ended.line:
        fix = f"add {close} where it ends; quote a text with , or ': ' in it"
        return Trap("KR004", f"this {sign} is not closed before line {ended.line + 1}", fix, opened.line + 1, opened.column + 1)
    if found in {"]", "}"}:
        return Trap("KR004", f"what starts with {sign} is closed with {found}", f"write {close} in front of it")
    if line[: column - 1].rstrip()[-1:] in {"'", '"'}:
        return Trap("KR012", "a text ends at its second quote", "put the whole text in the other kind of quotes")
    kind = "braces" if sign == "{" else "brackets"
    return Trap("KR012", f"inside {kind} this text ends at '{found}'", f"quote the whole text, or unfold the {kind} into lines")


def _no_colon(opened: Any, lines: Sequence[str]) -> Trap:  # noqa: ANN401 - a mark of YAML
    line, number = _line(lines, opened.line), opened.line + 1
    known = _by_line(line, 0, "", number)
    if known:
        return known
    joined = no_space(line)
    if joined:
        return Trap(joined.code, joined.message, joined.fix, number, joined.column)
    fix = "write a key, a colon, a space and a value; a text that goes on from the line above stands further in"
    return Trap("KR004", "this line has no ': ' between a key and its value", fix, number, opened.column + 1)
