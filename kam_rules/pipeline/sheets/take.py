"""Take a workbook back into the policy that it was made of: what changed, cell by cell, and the text that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from difflib import SequenceMatcher

from kam_rules.model.document import Mapping as Document
from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Source
from kam_rules.pipeline.load import parse
from kam_rules.pipeline.sheets.rewrite import add_entry, add_item, add_key, braces, brackets, remove_item, remove_key, replace
from kam_rules.pipeline.sheets.tables import GROUPS, LISTS, PAIRS, SHEETS, Path, Row, Sheet
from kam_rules.pipeline.sheets.workbook import Cells

Values = dict[str, str]
LISTED = {
    "criteria": ("criteria",),
    "tiers": ("tiers", "rules"),
    "states": ("states", "rules"),
    "ladder": ("reconciliation", "ladder"),
}
"""Where the items of a sheet stand in a policy."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One difference: in which sheet and row, which column (none: the whole row), and both values."""

    sheet: str
    row: str
    column: str
    old: str
    new: str


def take(text: str, source: Source, sheets: Mapping[str, Cells], made_of: str) -> tuple[str, tuple[Taken, ...]]:
    """Return the policy's text with what the sheets say, and every difference.

    Args:
        text: the policy's text.
        source: the file that it was read from.
        sheets: the rows of each sheet.
        made_of: the SHA-256 of the policy that the workbook was made of.

    Raises:
        UsageError: KR862 the policy is not the one exported, or a change cannot be made without losing something.
    """
    if made_of != source.sha256:
        message = "the policy has changed since this workbook was made of it; its sheets would undo that"
        raise UsageError(Finding("KR862", message, Where(source.path), "export it again, and make your changes there"))
    differences: list[Taken] = []
    for sheet in SHEETS:
        rows = [cells for _, cells in sheets[sheet.name]]
        try:
            text, found = _Taker(sheet, text, source.path).take(rows)
        except UsageError as error:
            raise UsageError(
                [replaced(f, where=f.where and replaced(f.where, path=f.where.path or source.path)) for f in error.findings]
            ) from None
        differences += found
    _hold(text, source.path, sheets)
    return text, tuple(differences)


def _placed(finding: Finding, path: str) -> Finding:
    """Return a finding with the policy as its file, where it names a line alone."""
    where = finding.where
    return replaced(finding, where=replaced(where, path=path)) if where is not None and not where.path else finding


def _hold(text: str, path: str, sheets: Mapping[str, Cells]) -> None:
    """Make sure that the sheets of the new text are the sheets that were read."""
    document = parse(text, path)
    for sheet in SHEETS:
        now = [dict(row.cells) for row in sheet.rows(document)]
        if now != [cells for _, cells in sheets[sheet.name]]:
            message = f"the policy cannot say what the sheet '{sheet.name}' says"
            fix = "look for a cell that its row cannot have, and for rows that do not stand together"
            raise UsageError(Finding("KR862", message, Where(f"{path}[{sheet.name}]"), fix))


class _Taker:
    """Takes one sheet; the text is read anew after each change."""

    def __init__(self, sheet: Sheet, text: str, path: str) -> None:
        self.sheet, self.text, self.path = sheet, text, path
        self.found: list[Taken] = []

    def take(self, rows: list[Values]) -> tuple[str, list[Taken]]:
        if self.sheet.name == "bands":
            for criterion in dict.fromkeys(row["criterion"] for row in rows):
                self.known(criterion)
            for criterion in self.criteria():
                self.bands(criterion, [row for row in rows if row["criterion"] == criterion])
        else:
            self.keyed(rows)
        return self.text, self.found

    def refuse(self, message: str, fix: str) -> UsageError:
        return UsageError(Finding("KR862", message, Where(f"{self.path}[{self.sheet.name}]"), fix))

    def document(self) -> Document:
        return parse(self.text, self.path)

    def rows(self) -> list[Row]:
        return list(self.sheet.rows(self.document()))

    # --- Rows that a key names ----------------------------------------------------------------------------------------

    def keyed(self, rows: list[Values]) -> None:
        """Take rows by their keys: cells that changed, rows that are new or gone; another order is refused."""
        keys = [tuple(row[column] for column in self.sheet.columns[: self.sheet.keys]) for row in rows]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice or any(not key[0] for key in keys):
            what = f"'{' '.join(twice).strip()}' stands in two rows" if twice else f"a row has no {self.sheet.columns[0]}"
            raise self.refuse(what, "give every row a name of its own")
        before = [row.key for row in self.rows()]
        if [key for key in before if key in keys] != [key for key in keys if key in before]:
            fix = "sort them back; an order is changed in the policy's text, where it decides"
            raise self.refuse("the rows stand in another order", fix)
        for key in [key for key in before if key not in keys]:
            self.remove(next(row for row in self.rows() if row.key == key))
        for i, (key, row) in enumerate(zip(keys, rows, strict=True)):
            now = next((found for found in self.rows() if found.key == key), None)
            if now is None:
                self.add(key, row, keys[i - 1] if i else None)
            else:
                self.cells(now, row)

    def cells(self, now: Row, row: Values) -> None:
        """Take the cells of a row that is there."""
        for column in self.sheet.columns[self.sheet.keys :]:
            old, new = now.cells[column], row[column]
            if old == new:
                continue
            self.found.append(Taken(self.sheet.name, " ".join(now.key).strip(), column, old, new))
            group, key = GROUPS.get(column), column.rpartition(".")[2]
            path: Path = (*now.path, group) if group else now.path
            self.cell(path, key, old, new, now.path)

    def cell(self, path: Path, key: str, old: str, new: str, above: Path) -> None:
        value = said(key, new)
        if old and new:
            self.text = replace(self.text, (*path, key), value)
        elif new and path != above and not _there(self.document(), path):
            self.text = add_key(self.text, above, str(path[-1]), braces({key: value}), self.order())
        elif new:
            self.text = add_key(self.text, path, key, value, self.order())
        else:
            self.text = remove_key(self.text, path, key)
            if path != above and not _there(self.document(), path):
                self.text = remove_key(self.text, above, str(path[-1]))

    def order(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(GROUPS.get(column, column) for column in self.sheet.columns))

    def remove(self, row: Row) -> None:
        self.found.append(Taken(self.sheet.name, " ".join(row.key).strip(), "", _line(row.cells), ""))
        *above, last = row.path
        name = f"'{' '.join(row.key).strip()}'"
        if isinstance(last, int):
            self.text = remove_item(self.text, tuple(above), last, name)
        else:
            self.text = remove_key(self.text, tuple(above), last)

    def add(self, key: tuple[str, ...], row: Values, before: tuple[str, ...] | None) -> None:
        self.found.append(Taken(self.sheet.name, " ".join(key).strip(), "", "", _line(row)))
        if self.sheet.name == "targets":
            self.add_target(key, row)
            return
        path = LISTED[self.sheet.name]
        if not self.rows():
            fix = f"write {'.'.join(path)} in the policy's text first, with one item"
            raise self.refuse(f"the policy has no {path[-1]} to take '{key[0]}'", fix)
        after = -1 if before is None else next(i for i, found in enumerate(self.rows()) if found.key == before)
        self.text = add_item(self.text, path, after, dict(_pairs(row)))

    def add_target(self, key: tuple[str, ...], row: Values) -> None:
        state, tier = key
        values = {column: row[column] for column in self.sheet.columns[2:] if row[column]}
        path: Path = ("targets", "by_state", state, "by_tier") if tier else ("targets", "by_state")
        if tier and not _there(self.document(), path):
            raise self.refuse(f"'{state}' has no by_tier to take the tier '{tier}'", "write by_tier: in the policy's text first")
        self.text = add_entry(self.text, path, tier or state, values)

    # --- Bands: rows without a name -----------------------------------------------------------------------------------

    def criteria(self) -> list[str]:
        return [item.text("id") for item in self.document().maps("criteria")]

    def known(self, criterion: str) -> None:
        if criterion not in self.criteria():
            raise self.refuse(f"there is no criterion '{criterion}'", did_you_mean(criterion, self.criteria()))

    def bands(self, criterion: str, rows: list[Values]) -> None:
        """Take the bands of a criterion: those that stay are found by their place among the others."""
        at = self.criteria().index(criterion)
        path: Path = ("criteria", at, "bands")
        now = [row for row in self.rows() if row.key[0] == criterion]
        if not now and rows:
            self.found += [Taken("bands", criterion, "", "", _line(row)) for row in rows]
            self.text = add_key(self.text, path[:-1], "bands", brackets(braces(dict(_pairs(row, 1))) for row in rows), ("if_missing",))
            return
        if now and not rows:
            self.found += [Taken("bands", criterion, "", _line(row.cells), "") for row in now]
            self.text = remove_key(self.text, path[:-1], "bands")
            return
        old, new = ([tuple(cells[column] for column in self.sheet.columns) for cells in side] for side in ([r.cells for r in now], rows))
        for way, a, b, c, d in reversed(SequenceMatcher(None, old, new, autojunk=False).get_opcodes()):
            if way != "equal":
                self.stretch(criterion, path, now[a:b], rows[c:d], a)

    def stretch(self, criterion: str, path: Path, old: list[Row], new: list[Values], at: int) -> None:
        """Take a stretch of bands in place of another: as many as there are change, the rest is added or removed."""
        both = min(len(old), len(new))
        for row in new[: both - 1 if both else None : -1] if len(new) > both else ():
            self.found.append(Taken("bands", criterion, "", "", _line(row)))
            self.text = add_item(self.text, path, at + both - 1, dict(_pairs(row, 1)))
        for i in reversed(range(both, len(old))):
            self.found.append(Taken("bands", criterion, "", _line(old[i].cells), ""))
            self.text = remove_item(self.text, path, at + i, f"a band of '{criterion}'")
        for now, row in zip(old[:both], new[:both], strict=True):
            self.cells(Row((criterion,), now.path, now.cells), row)


def said(key: str, value: str) -> str:
    """Return a cell as YAML: several words in brackets, pairs in braces."""
    if key in LISTS and value:
        return brackets(word.strip() for word in value.split(","))
    found = [re.fullmatch(r"([^:]+): *(\S.*)", part.strip()) for part in value.split(",")] if key in PAIRS else []
    pairs = {pair[1]: pair[2] for pair in found if pair}
    return braces(pairs) if pairs and len(pairs) == len(found) else value


def _pairs(row: Values, skip: int = 0) -> Iterator[tuple[str, str]]:
    """Walk the keys of a new item with their values, groups in braces."""
    groups: dict[str, Values] = {}
    for column, value in list(row.items())[skip:]:
        group = GROUPS.get(column)
        if value and group:
            key = column.rpartition(".")[2]
            groups.setdefault(group, {})[key] = said(key, value)
        elif value:
            yield column, said(column, value)
    yield from ((group, braces(parts)) for group, parts in groups.items())


def _line(cells: Mapping[str, str]) -> str:
    return ", ".join(f"{column}: {value}" for column, value in cells.items() if value)


def _there(document: Document, path: Path) -> bool:
    found: object = document
    for step in path:
        found = found.get(str(step)) if isinstance(found, Document) else found.items[int(step)] if hasattr(found, "items") else None
    return isinstance(found, Document) and bool(found.entries)
