"""Conditions: out of braces where they are longer than a comparison, and with one space around each sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lark import Token, Tree

from kam_rules.feel.fault import ExpressionFault
from kam_rules.feel.syntax import parse
from kam_rules.model.schema import Schema
from kam_rules.pipeline.layout.spots import Edit, Spot, applied, column, comments, spots

LONG = {"any", "all", "choose", "one_of", "between", "range_closed", "range_below", "range_above", "range_open"}
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\d+(?:\.\d+)?%?|[^\W\d]\w*|<=|>=|!=|\.\.|\S')
WORDS = {"and", "or", "in", "if", "then", "else", "between"}
STEP = 2
Comments = tuple[tuple[int, int], ...]
SIGNS = {"<=", ">=", "!=", "=", "<", ">", "*", "/"}


def spaced(text: str, schema: Schema) -> str:
    """Return the text with one space around each sign of every condition and calculation."""
    edits = []
    for spot in expressions(spots(text), schema):
        raw = text[spot.start : spot.end]
        new = _quoted(spot, raw, tidied(spot.text))
        if new is not None and new != raw:
            edits.append(Edit(spot.start, spot.end, new))
    return applied(text, edits)


def _quoted(spot: Spot, raw: str, new: str) -> str | None:
    """Return a changed text in the quotes that it has; None where it is written in a way that is left alone."""
    if "\n" in raw or spot.style in {"|", ">"} or (spot.style == '"' and "\\" in raw):
        return None
    if spot.style == "'":
        return "'" + new.replace("'", "''") + "'"
    return f'"{new}"' if spot.style == '"' else new


def tidied(expression: str) -> str:
    """Return an expression with its spaces put right; one that cannot be read stays as it is.

    Examples:
        >>> tidied('score>=75 and  not ( tier in("a","b"))')
        'score >= 75 and not(tier in ("a", "b"))'
        >>> tidied("100%+inflation - -5%")
        '100% + inflation - -5%'
    """
    tree = _read(expression)
    tokens = TOKEN.findall(expression)
    out = ""
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else ""
        out += ("" if not out or _tight(tokens, i, before, token) else " ") + token
    return out if tree is not None and _read(out) == tree else expression


def _tight(tokens: list[str], i: int, before: str, token: str) -> bool:
    """Tell whether no space stands between a token and the one before."""
    if token in {",", ")", "]", ".."} or before in {"(", "[", ".."}:
        return True
    if token == "(":  # noqa: S105 - a bracket
        return before not in WORDS | SIGNS | {"+", "-", ","} and bool(re.match(r"\w", before))
    return before in {"-", "+"} and (i == 1 or tokens[i - 2] in WORDS | SIGNS | {"(", "[", ",", "+", "-", ".."})


@lru_cache(maxsize=4096)
def _read(expression: str) -> Tree[Token] | Token | None:
    try:
        return parse(expression)
    except ExpressionFault:
        return None


def expressions(top: Spot, schema: Schema) -> Iterator[Spot]:
    """Walk the texts that the schema knows as conditions or calculations."""
    schema = branch(schema, top)
    if top.kind == "text" and schema.get("x-kind") == "expression":
        yield top
    below = schema.get("properties", {})
    other = schema.get("additionalProperties")
    rest = other if isinstance(other, dict) else {}
    if top.kind == "mapping":
        for key, item in zip(top.keys, top.items, strict=True):
            yield from expressions(item, below.get(key.text, rest))
    elif top.kind == "list":
        for item in top.items:
            yield from expressions(item, schema.get("items", {}))


def branch(schema: Schema, spot: Spot) -> Schema:
    """Return the one of several shapes that a value is written in."""
    kind = {"mapping": "object", "list": "array"}.get(spot.kind, "scalar")
    for option in schema.get("oneOf", ()):
        if option.get("type") == kind or (kind == "scalar" and option.get("type") not in {"object", "array"}):
            return dict(option)
    return schema


def unfolded(text: str, schema: Schema) -> str:
    """Return the text with every mapping in braces that holds a condition longer than a comparison, one key a line."""
    top = spots(text)
    long_ = {spot.start for spot in expressions(top, schema) if _long(spot.text)}
    told = comments(text, top)
    edits = []
    for outer in top.walk():
        for i, spot in enumerate(() if outer.flow else outer.items):
            if spot.kind == "mapping" and spot.flow and any(item.start in long_ for item in spot.items) and _free(text, spot, told):
                under = column(text, outer.keys[i].start) + STEP if outer.keys else None
                edits.append(_one_a_line(text, spot, under, told))
    return applied(text, edits)


def _free(text: str, spot: Spot, told: Comments) -> bool:
    """Tell whether no value of a mapping holds a comment, or a quoted text of several lines."""
    broken = (item.style and "\n" in text[item.start : item.end] for item in spot.walk())
    return not any(broken) and not any(item.start <= at < item.end for item in spot.items for at, _ in told)


def _long(expression: str) -> bool:
    tree = _read(expression)
    return isinstance(tree, Tree) and any(part.data in LONG for part in tree.iter_subtrees())


def _one_a_line(text: str, spot: Spot, under: int | None, told: Comments) -> Edit:
    """Write a mapping in braces as a block; comments stay at the end of their line, or on lines of their own."""
    behind = [(at, end) for at, end in told if at >= spot.end and "\n" not in text[spot.end : at]][:1]
    starts = [key.start for key in spot.keys]
    lines: list[str] = []
    for i, (key, item) in enumerate(zip(spot.keys, spot.items, strict=True)):
        until = starts[i + 1] if i + 1 < len(starts) else spot.end
        own = [comment for comment in told if item.end <= comment[0] < until]
        same = [comment for comment in own if "\n" not in text[item.end : comment[0]]]
        loose = [comment for comment in own if comment not in same]
        if i == 0:
            loose = [*(comment for comment in told if spot.start <= comment[0] < key.start), *behind, *loose]
            same, loose = (same, loose) if same else (loose[:1], loose[1:])
        tail = "".join(f"  {text[at:end]}" for at, end in same)
        lines.append(f"{text[key.start : key.end]}: {_flat(text, item)}{tail}")
        lines += [text[at:end] for at, end in loose]
    indent = column(text, spot.start) if under is None else under
    body = f"\n{' ' * indent}".join(lines if under is None else ["", *lines])
    start = spot.start if under is None else len(text[: spot.start].rstrip(" "))
    return Edit(start, behind[0][1] if behind else spot.end, body)


def _flat(text: str, spot: Spot) -> str:
    """Return a value in one line, as it is written; blanks around line breaks are one."""
    raw = text[spot.start : spot.end]
    return raw if spot.kind == "text" and spot.style else re.sub(r"\s*\n\s*", " ", raw)
