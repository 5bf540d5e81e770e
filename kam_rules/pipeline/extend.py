"""A policy and those that it extends, made one document in which every value keeps the file and the place it was written in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kam_rules.model.document import Doc, Entry, Listing, Mapping, Scalar
from kam_rules.model.errors import Finding, PolicyError, Where
from kam_rules.model.names import did_you_mean, nearest
from kam_rules.model.policy import Source
from kam_rules.pipeline.load import excerpts, parse, read_file

EXTENDS, REMOVE, BEFORE, AFTER, OTHERWISE = "extends", "remove", "before", "after", "otherwise"
CONDITIONS = ("when", "measure", OTHERWISE)
"""What a rule is: where one of these is written again, the rule stands in the newer file."""
HALF = {"KR102", "KR304", "KR310", "KR312"}
"""Faults of what is not whole, which an override of a name that nobody gave looks like."""
Given = Sequence[tuple[Path, str]]


@dataclass(frozen=True, slots=True)
class Whole:
    """A policy with all that it extends.

    Attributes:
        document: the one document.
        sources: its own file, then those it extends, the nearest first.
        own: what each file itself says, by its path as shown.
        new: by place, each named part that no file before has, with its name and the names beside it there.
    """

    document: Mapping
    sources: tuple[Source, ...]
    own: dict[str, Mapping]
    new: dict[Where, tuple[str, tuple[str, ...]]]


def whole(text: str, source: Source, path: Path, given: Given | None = None) -> Whole:
    """Return the policy of a YAML text with all that it extends.

    Args:
        text: the text of the file.
        source: the file that it was read from.
        path: where the file is, so that what it extends is found from there.
        given: where each extended file is and how it is shown, the nearest first, where they are not to be looked for.

    Raises:
        PolicyError: KR340 to KR344, and the faults of any of the files as YAML.
    """
    layers = [(parse(text, source.path), source)]
    chain = [(path, source.path)]
    try:
        while (word := layers[-1][0].scalar(EXTENDS)) is not None:
            chain.append(_next(word, chain, given))
            layers.append(_layer(word, *chain[-1]))
    except PolicyError as error:
        raise PolicyError(excerpts(list(error.findings), {s.path: s.text for _, s in layers})) from None
    merger = _Merger()
    document = layers[-1][0]
    for newer, _ in reversed(layers[:-1]):
        document = merger.mapping(document, newer)
    first = layers[0][0]
    if len(layers) > 1 and "effective" not in first:
        fix = "add effective: {from: …, to: …}, the first and the last day on which this policy is in force"
        merger.fault("KR344", "a policy that extends another has days of its own", first.key_where(EXTENDS), fix)
    if merger.findings:
        raise PolicyError(excerpts(merger.findings, {s.path: s.text for _, s in layers}))
    return Whole(document, tuple(s for _, s in layers), {s.path: own for own, s in layers}, merger.new)


def _next(word: Scalar, chain: list[tuple[Path, str]], given: Given | None) -> tuple[Path, str]:
    """Return the file that the last one extends: where it is, and how it is shown."""
    if given is not None:
        return given[len(chain) - 1]
    here, shown = chain[-1]
    path = here.parent / word.text
    known = [found.resolve() for found, _ in chain]
    if path.resolve() in known:
        loop = [Path(name).name for _, name in chain[known.index(path.resolve()) :]]
        message = f"extends leads in a circle: {' → '.join([*loop, loop[0]])}"
        raise PolicyError(Finding("KR340", message, word.where, "let the oldest of them extend nothing"))
    return path, os.path.normpath(Path(shown).parent / word.text)


def _layer(word: Scalar, path: Path, shown: str) -> tuple[Mapping, Source]:
    if not path.is_file():
        beside = sorted(found.name for found in path.parent.glob("*.yaml") if found.name.count(".") == 1)
        near = nearest(path.name, beside)
        fix = f"did you mean '{Path(word.text).with_name(near)}'?" if near else "write its path, seen from the folder of this file"
        raise PolicyError(Finding("KR341", f"there is no file '{word.text}' to extend", word.where, fix))
    text, source = read_file(path, shown)
    return parse(text, shown), source


@dataclass
class _Merger:
    """Lays newer documents over older ones, and keeps every fault it meets."""

    findings: list[Finding] = field(default_factory=list)
    new: dict[Where, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def fault(self, code: str, message: str, where: Where, fix: str) -> None:
        self.findings.append(Finding(code, message, where, fix))

    def value(self, old: Doc, new: Doc) -> Doc:
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            return self.mapping(old, new)
        if isinstance(old, Listing) and isinstance(new, Listing) and all(_id(item) for item in old) and any(_id(item) for item in new):
            return self.listing(old, new)
        return new

    def mapping(self, old: Mapping, new: Mapping) -> Mapping:
        """Merge by key, in the older one's order; what is new stands before `otherwise`."""
        found = {entry.key: entry for entry in old.entries}
        for entry in new.entries:
            known = found.get(entry.key)
            if _removes(entry.value):
                if self.removable(entry.key, entry.where, tuple(found)):
                    del found[entry.key]
            elif known is not None:
                found[entry.key] = Entry(entry.key, entry.where, self.value(known.value, entry.value))
            else:
                self.note(entry.key, entry.value, tuple(found), entry.where)
                last = found.pop(OTHERWISE, None)
                found[entry.key] = entry
                if last is not None:
                    found[OTHERWISE] = last
        return Mapping(tuple(found.values()), new.where)

    def listing(self, old: Listing, new: Listing) -> Listing:
        """Merge by id, in the older one's order; what is new stands before `otherwise`, or where it says."""
        items = list(old.items)
        touched: set[str] = set()
        for item in new.items:
            name = _id(item)
            at = next((i for i, other in enumerate(items) if _id(other) == name), None)
            names = tuple(_id(other) for other in items)
            if not isinstance(item, Mapping) or not name or name in touched:
                items.append(item)  # its shape, or the name that stands twice, is told later
            elif _removes(item):
                if self.removable(name, item.key_where("id"), names):
                    items = [other for other in items if _id(other) != name]
            elif at is None:
                self.note(name, item, names, item.where)
                items.insert(self.place(item, names, _last(items)), _plain(item))
            else:
                before = items.pop(at)
                rest = tuple(_id(other) for other in items)
                items.insert(self.place(item, rest, at), self.item(before, _plain(item)))
            touched.add(name)
        return Listing(tuple(items), new.where)

    def item(self, old: Doc, new: Mapping) -> Doc:
        """Merge a rule; it stands where its condition does."""
        merged = self.value(old, new)
        again = any(key in new for key in CONDITIONS)
        return merged if again or not isinstance(merged, Mapping) else replace(merged, where=old.where)

    def place(self, item: Mapping, names: tuple[str, ...], usual: int) -> int:
        """Return where an item goes among the others."""
        for key, shift in ((BEFORE, 0), (AFTER, 1)):
            word = item.scalar(key)
            if word is not None and word.text in names:
                return names.index(word.text) + shift
            if word is not None:
                self.fault("KR342", f"there is no '{word.text}' to stand {key}", word.where, did_you_mean(word.text, names))
        return usual

    def removable(self, name: str, where: Where, names: tuple[str, ...]) -> bool:
        if name not in names:
            self.fault("KR343", f"there is no '{name}' to remove", where, did_you_mean(name, names))
        return name in names

    def note(self, name: str, value: Doc, names: tuple[str, ...], where: Where) -> None:
        """Remember what is new, in case it was meant to be there."""
        if isinstance(value, Mapping):
            self.new |= dict.fromkeys((where, value.where), (name, names))


def told(findings: list[Finding], found: Whole) -> list[Finding]:
    """Return findings in which what is new but not whole is told, once, as an override of a name that is not there."""
    done: dict[Where, Finding] = {}
    others = []
    for finding in findings:
        name, names = found.new.get(finding.where or Where(""), ("", ()))
        if not name or finding.code not in HALF or finding.where is None:
            others.append(finding)
            continue
        message = f"there is no '{name}' to override in what this policy extends, and to be new it is not whole: {finding.message}"
        fix = f"{did_you_mean(name, names)} Or write it whole, as a new one"
        done.setdefault(finding.where, replace(finding, code="KR342", message=message, fix=fix))
    return [*others, *done.values()]


def _id(item: Doc) -> str:
    return item.text("id") if isinstance(item, Mapping) else ""


def _removes(value: Doc) -> bool:
    return isinstance(value, Mapping) and value.text(REMOVE) == "true"


def _plain(item: Mapping) -> Mapping:
    """Return an item without what says where it goes."""
    return replace(item, entries=tuple(entry for entry in item.entries if entry.key not in {BEFORE, AFTER}))


def _last(items: list[Doc]) -> int:
    """Return the place before what catches everything else, or the end."""
    return next((i for i, item in enumerate(items) if isinstance(item, Mapping) and OTHERWISE in item), len(items))
