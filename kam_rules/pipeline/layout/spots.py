"""Where each value of a YAML text begins and ends, where its comments stand, and texts changed at such places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from kam_rules.model.document import Plain
from kam_rules.pipeline.load import LOADER

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A value: its first sign and the place behind its last, counted in signs from 0.

    `style` is of a text ' " | > or nothing; `flow` tells braces or brackets. A mapping has keys beside its items.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    style: str = ""
    flow: bool = False
    keys: tuple[Spot, ...] = ()
    items: tuple[Spot, ...] = ()

    def at(self, path: Path) -> Spot:
        """Return the value that a path leads to."""
        found = self
        for step in path:
            index = step if isinstance(step, int) else next(i for i, key in enumerate(found.keys) if key.text == step)
            found = found.items[index]
        return found

    def walk(self) -> Iterator[Spot]:
        """Walk this value and all below, parents first."""
        yield self
        for item in self.items:
            yield from item.walk()


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands from `start` to before `end` becomes `text`."""

    start: int
    end: int
    text: str


def spots(text: str) -> Spot:
    """Return the top value of a YAML text that has been read without fault."""
    found: Spot = _spot(yaml.compose(text, Loader=LOADER), text)
    return found


def _spot(node: Any, text: str) -> Spot:  # noqa: ANN401 - PyYAML's nodes
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.ScalarNode):
        return Spot("text", start, end, node.value, node.style or "")
    flow = bool(node.flow_style)
    if isinstance(node, yaml.MappingNode):
        keys = tuple(_spot(key, text) for key, _ in node.value)
        items = tuple(_spot(value, text) for _, value in node.value)
        return Spot("mapping", start, end if flow else _last(items, keys, end), flow=flow, keys=keys, items=items)
    items = tuple(_spot(item, text) for item in node.value)
    return Spot("list", start, end if flow else _last(items, (), end), flow=flow, items=items)


def _last(items: tuple[Spot, ...], keys: tuple[Spot, ...], end: int) -> int:
    """Return where a block ends: YAML counts what follows up to the next value as a part of it."""
    return max((spot.end for spot in (*items, *keys)), default=end)


def plain(spot: Spot, told: Mapping[int, str] | None = None) -> Plain:
    """Return the values without places; `told` has other texts for those that begin at some place."""
    if spot.kind == "mapping":
        return {key.text: plain(item, told) for key, item in zip(spot.keys, spot.items, strict=True)}
    return [plain(item, told) for item in spot.items] if spot.kind == "list" else (told or {}).get(spot.start, spot.text)


def comments(text: str, top: Spot) -> tuple[tuple[int, int], ...]:
    """Return where each comment begins, at its #, and ends, before its line break."""
    taken = sorted((s.start, s.end) for spot in top.walk() for s in (spot, *spot.keys) if s.kind == "text")
    found, at, i = [], 0, 0
    while (at := text.find("#", at)) >= 0:
        while i < len(taken) and taken[i][1] <= at:
            i += 1
        inside = i < len(taken) and taken[i][0] <= at
        if inside or (at and text[at - 1] not in " \t\n\r"):
            at += 1
            continue
        end = min((text.find(sign, at) for sign in "\r\n" if text.find(sign, at) >= 0), default=len(text))
        found.append((at, end))
        at = end
    return tuple(found)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits made; no two may overlap."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        assert edit.start >= at, edit
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def column(text: str, at: int) -> int:
    """Return the column of a place, from 0."""
    return at - (text.rfind("\n", 0, at) + 1)


def line_of(text: str, at: int) -> int:
    """Return the number of the line that a place stands in, from 0."""
    return text.count("\n", 0, at)
