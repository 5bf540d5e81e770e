"""Change one value, key or item of a YAML text in its place; every other sign stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.pipeline.layout.spots import Edit, Path, Spot, applied, column, comments, spots

PLAIN = re.compile(r"[^\s>\[\]\"%*&!@{}'|`,?:#-]|-(?=\S)")
INDENT = 2


class Ready(str):
    """A value that is YAML already: words in brackets, pairs in braces."""

    __slots__ = ()


def replace(text: str, path: Path, value: str) -> str:
    """Return the text with another value at a path; one in quotes keeps its kind of quotes."""
    top = spots(text)
    spot = top.at(path)
    flow = any(top.at(path[:i]).flow for i in range(len(path)))
    end = len(text[: spot.end].rstrip()) if spot.style in {"|", ">"} else spot.end
    return applied(text, [Edit(spot.start, end, written(value, flow=flow, style=spot.style))])


def written(value: str, *, flow: bool, style: str = "") -> str:
    """Return a value as YAML, in quotes where it needs them.

    Examples:
        >>> written("score >= 75", flow=True), written("a, b", flow=True), written("a, b", flow=False)
        ('score >= 75', "'a, b'", 'a, b')
    """
    if isinstance(value, Ready):
        return value
    bare = PLAIN.match(value) and ": " not in value and " #" not in value and not value.endswith(":")
    bare = bare and not (flow and re.search(r"[,\[\]{}?]", value))
    if style == '"' and "\\" not in value and '"' not in value:
        return f'"{value}"'
    return value if bare and style != "'" else "'" + value.replace("'", "''") + "'"


def braces(values: Mapping[str, str]) -> Ready:
    """Return a mapping in braces."""
    return Ready(f"{{{', '.join(f'{key}: {written(value, flow=True)}' for key, value in values.items())}}}")


def brackets(values: Iterable[str]) -> Ready:
    """Return a list in brackets."""
    return Ready(f"[{', '.join(written(value, flow=True) for value in values)}]")


def add_key(text: str, path: Path, key: str, value: str, order: tuple[str, ...]) -> str:
    """Return the text with another key in a mapping, behind the last key that stands before it in `order`."""
    top = spots(text)
    spot = top.at(path)
    flow = any(top.at(path[:i]).flow for i in range(len(path) + 1))
    said = f"{key}: {written(value, flow=flow)}"
    rank = order.index(key) if key in order else len(order)
    before = [i for i, found in enumerate(spot.keys) if found.text in order[:rank]]
    last = spot.items[before[-1]] if before else None
    if spot.flow:
        place = last.end if last else spot.start + 1
        return applied(text, [Edit(place, place, f", {said}" if last else f"{said}, " if spot.keys else said)])
    indent = " " * column(text, spot.keys[0].start)
    if last is None:
        return applied(text, [Edit(spot.keys[0].start, spot.keys[0].start, f"{said}\n{indent}")])
    place = _line_end(text, last)
    return applied(text, [Edit(place, place, f"\n{indent}{said}")])


def remove_key(text: str, path: Path, key: str) -> str:
    """Return the text without a key of a mapping.

    Raises:
        UsageError: KR862 a comment would go with it.
    """
    top = spots(text)
    spot = top.at(path)
    i = next(i for i, found in enumerate(spot.keys) if found.text == key)
    start = spot.keys[i].start
    if spot.flow:
        return _without(text, top, [(k.start, item.end) for k, item in zip(spot.keys, spot.items, strict=True)], i, f"'{key}'")
    if i == 0 and len(spot.keys) > 1:
        return _cut(text, top, start, spot.keys[1].start, f"'{key}'")
    line = text.rfind("\n", 0, start)
    return _cut(text, top, line if line >= 0 else start, _line_end(text, spot.items[i]), f"'{key}'")


def add_item(text: str, path: Path, after: int, values: Mapping[str, str]) -> str:
    """Return the text with another mapping in a list, behind item `after` (-1: in front), written as its neighbour is."""
    top = spots(text)
    spot = top.at(path)
    near = spot.items[max(after, 0)]
    flow = braces(values)
    if spot.flow:
        place = near.end if after >= 0 else near.start
        return applied(text, [Edit(place, place, f", {flow}" if after >= 0 else f"{flow}, ")])
    dash = text.rfind("-", 0, near.start)
    indent = " " * column(text, dash)
    block = f"\n{indent}{' ' * INDENT}".join(f"{key}: {written(value, flow=False)}" for key, value in values.items())
    item = f"{indent}- {flow if near.flow else block}"
    if after < 0:
        place = text.rfind("\n", 0, dash) + 1
        return applied(text, [Edit(place, place, f"{item}\n")])
    place = _line_end(text, near)
    return applied(text, [Edit(place, place, f"\n{item}")])


def add_entry(text: str, path: Path, key: str, values: Mapping[str, str]) -> str:
    """Return the text with another key at the end of a mapping, its value a mapping in braces."""
    return add_key(text, path, key, braces(values), tuple(found.text for found in spots(text).at(path).keys))


def remove_item(text: str, path: Path, index: int, name: str) -> str:
    """Return the text without an item of a list.

    Raises:
        UsageError: KR862 a comment would go with it, or it is the last item.
    """
    top = spots(text)
    spot = top.at(path)
    if spot.flow:
        return _without(text, top, [(item.start, item.end) for item in spot.items], index, name)
    start = text.rfind("\n", 0, text.rfind("-", 0, spot.items[index].start))
    return _cut(text, top, start, _line_end(text, spot.items[index]), name)


def _without(text: str, top: Spot, parts: list[tuple[int, int]], i: int, name: str) -> str:
    """Take one part out of braces or brackets, with the comma beside it."""
    start, end = parts[i]
    if i + 1 < len(parts):
        end = parts[i + 1][0]
    elif i:
        start = parts[i - 1][1]
    return _cut(text, top, start, end, name)


def _cut(text: str, top: Spot, start: int, end: int, name: str) -> str:
    if any(start < at < end for at, _ in comments(text, top)):
        message = f"{name} cannot be removed from a sheet: a comment would go with it"
        raise UsageError(Finding("KR862", message, Where("", text.count("\n", 0, start) + 2), "remove it in the policy's text"))
    return applied(text, [Edit(start, end, "")])


def _line_end(text: str, spot: Spot) -> int:
    """Return where the line ends in which a value ends, a comment behind it included."""
    end = len(text[: spot.end].rstrip()) if spot.style in {"|", ">"} else spot.end
    found = text.find("\n", end)
    return len(text) if found < 0 else found
