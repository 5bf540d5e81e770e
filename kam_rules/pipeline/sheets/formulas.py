"""A run's program as formulas of a spreadsheet: one line a step, which points at the lines and the constants it needs.

The same formula serves every account; `HERE` stands for the column of the account.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from fractions import Fraction

from kam_rules.pipeline.sheets.operations import CLOSE, EQUAL, MISSING, STRICT, Tree, equal, guard, half_even, once, parts, reads, said

HERE = "§"
LONGEST = 1_500
"""Characters from which a part of a formula gets a line of its own; a cell holds 8,192."""
NESTED = 20
"""Rules that one formula asks one inside the other; a spreadsheet allows 64 levels, and a rule takes two."""
CONSTANTS = ("number", "text", "date")
POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the re-performing sheet: a figure or condition, its words and place, and its formula; none for a heading."""

    what: str
    formula: str = ""
    text: str = ""
    where: str = ""
    part: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """One line of the policy's sheet: a rule, or a constant of it with the figures that it stands with."""

    step: str
    rule: str
    role: str
    beside: str = ""
    value: dt.date | str | Fraction | None = None
    text: str = ""
    because: str = ""
    where: str = ""


class Formulas:
    """Grows line by line: `at` says where the value of a name stands, `kinds` of what kind it is.

    Args:
        first: the row of the first line.
        kinds: number, text, flag or date, by the name of a field.
        constants_from: the row of the first line of the policy's sheet.
    """

    def __init__(self, first: int, kinds: dict[str, str], constants_from: int) -> None:  # noqa: D107 - the class says it
        self.first, self.kinds, self.constants_from = first, dict(kinds), constants_from
        self.lines: list[Line] = []
        self.stated: list[Stated] = []
        self.at: dict[str, str] = {}
        self.rules: dict[str, list[tuple[str, str, list[str]]]] = {}
        self._known: dict[str, str] = {}
        self._step = self._rule = ""
        self._role = "constant"
        self._beside: list[str] = []

    def heading(self, what: str) -> None:
        """Begin a part of the sheet."""
        self.lines.append(Line(what))

    def line(self, what: str, formula: str, text: str = "", where: str = "", *, part: bool = False) -> str:
        """Add a line and return the cell of it."""
        self.lines.append(Line(what, formula, text, where, part))
        return f"{HERE}{self.first + len(self.lines) - 1}"

    def state(self, line: Stated) -> int:
        """Add a line to the policy's sheet and return its row."""
        self.stated.append(line)
        return self.constants_from + len(self.stated) - 1

    def step(self, step: Tree) -> None:
        """Add a step of the program: a figure, or a list of rules with what it binds."""
        self._known = {}
        if "derive" not in step:
            self._list(step)
            return
        name = step["derive"]
        self._step, self._rule = name, ""
        self.at[name] = self.line(name, self.whole(step["is"]), step["text"], step["where"])
        self.kinds[name] = self.kind(step["is"])

    def _list(self, step: Tree) -> None:
        told = step["list"]
        rows, forms, gives = [], [], []
        for rule in step["rules"]:
            self._step, self._rule, self._known = told, rule["id"], {}
            rows.append(self.state(Stated(told, rule["id"], "rule", text=rule["text"], because=rule["because"], where=rule["where"])))
            self._role = "asked"
            forms.append(self.whole(rule["when"]))
            self._role = "given"
            gives.append([self.atom(node) for node in rule["gives"]])
        self._role = "constant"
        self.heading(f"{told}: {step['hit']}" + (f", unknown: {step['if_unknown']}" if step["hit"] == "first" else ""))
        cells = [
            self.line(f"{told}: {rule['id']}", form, rule["text"], rule["where"]) for rule, form in zip(step["rules"], forms, strict=True)
        ]
        self.rules[told] = [(cell, f"{POLICY}!$B${row}", given) for cell, row, given in zip(cells, rows, gives, strict=True)]
        if step["hit"] == "collect":
            return
        number = self.line(f"{told}: number of the rule that decides", self._decides(step, cells))
        self.at[f"{told}#"] = number
        for i, name in enumerate(step["binds"]):
            values = ",".join(given[i] for given in gives)
            self.at[name] = self.line(name, f"IF({number}={MISSING},{MISSING},CHOOSE({number},{values}))")
            self.kinds[name] = next((self.kind(rule["gives"][i]) for rule in step["rules"] if "missing" not in rule["gives"][i]), "number")

    def _decides(self, step: Tree, cells: list[str]) -> str:
        hold = step["hit"] == "first" and step["if_unknown"] != "flag"
        found = MISSING
        for i in range(len(cells) - 1, -1, -1):
            if (len(cells) - i) % NESTED == 0:
                found = self.line(f"from rule {i + 2} on", found, part=True)
            found = f"IF({cells[i]}=TRUE,{i + 1},{found})"
            found = f"IF({cells[i]}={MISSING},{MISSING},{found})" if hold else found
        if step["hit"] == "unique":
            found = f"IF(COUNTIF({cells[0]}:{cells[-1]},TRUE)=1,{found},{MISSING})"
        return found

    def kind(self, node: Tree) -> str:
        """Return the kind of a tree's value."""
        op, of = parts(node)
        if op in (*CONSTANTS, "flag", "missing"):
            return op
        if op == "read":
            return self.kinds.get(of, "number")
        if op in (*EQUAL, "<", "<=", ">", ">=", "and", "or", "not", "known"):
            return "flag"
        branches = of[1:] if op == "if" else of if op == "first_known" else []
        return next((kind for kind in map(self.kind, branches) if kind != "missing"), "number")

    def whole(self, node: Tree) -> str:
        """Return the formula of a tree, missing where its value is."""
        above = self._beside
        self._beside = reads(node) or above
        try:
            return self._whole(node)
        finally:
            self._beside = above

    def _whole(self, node: Tree) -> str:
        op, of = parts(node)
        if op == "/":
            (left, one), (right, two) = map(self._strict, of)
            return guard(once(one, two), f"IF(ROUND({right},{CLOSE})=0,{MISSING},{left}/{right})")
        if op in STRICT or op in EQUAL or not isinstance(of, list):
            text, needs = self._strict(node)
            return guard(needs, text)
        cells = [self.atom(item) for item in of]
        if op == "round":
            return guard((cells[0],), half_even(cells[0], node["places"]))
        if op == "known":
            return f"{cells[0]}<>{MISSING}"
        if op == "if":
            return f"IF({cells[0]}={MISSING},{MISSING},IF({cells[0]},{cells[1]},{cells[2]}))"
        if op == "first_known":
            found = MISSING
            for cell in reversed(cells):
                found = f"IF({cell}<>{MISSING},{cell},{found})"
            return found
        wins, loses = ("TRUE", "FALSE") if op == "or" else ("FALSE", "TRUE")
        decided, unknown = (",".join(f"{cell}={value}" for cell in cells) for value in (wins, MISSING))
        return f"IF(OR({decided}),{wins},IF(OR({unknown}),{MISSING},{loses}))"

    def atom(self, node: Tree) -> str:
        """Return the cell that a tree's value stands in, in a new line where there is none; a flag or nothing stands for itself."""
        op, _ = parts(node)
        if op in (*CONSTANTS, "read", "flag", "missing"):
            return self._strict(node)[0]
        key = json.dumps(node)
        if key not in self._known:
            self._known[key] = self.line(said(node), self.whole(node), part=True)
        return self._known[key]

    def _strict(self, node: Tree) -> tuple[str, tuple[str, ...]]:
        """Return what a tree is where nothing it needs is missing, and what it needs."""
        op, of = parts(node)
        if op == "missing":
            return MISSING, (MISSING,)
        if op == "flag":
            return str(of).upper(), ()
        if op in CONSTANTS:
            return self._constant(op, of), ()
        if op == "read":
            cell = self.at.get(of, MISSING)
            return cell, (cell,)
        if op not in STRICT and op not in EQUAL:
            cell = self.atom(node)
            return cell, (cell,)
        above = self._beside
        self._beside = reads(node) or above
        found = [self._strict(item) for item in of]
        self._beside = above
        texts = [text for text, _ in found]
        if sum(map(len, texts)) > LONGEST:
            texts = [self.atom(item) if len(text) > LONGEST // 2 else text for item, text in zip(of, texts, strict=True)]
        needs = once(*(needs for _, needs in found))
        if op not in EQUAL:
            return STRICT[op](*texts), needs
        kind = next((kind for kind in map(self.kind, of) if kind != "missing"), "number")
        return equal(op, kind, *texts), needs

    def _constant(self, kind: str, of: str) -> str:
        value = Fraction(of) if kind == "number" else dt.date.fromisoformat(of) if kind == "date" else of
        row = self.state(Stated(self._step, self._rule, self._role, ", ".join(self._beside), value))
        return f"{POLICY}!$E${row}"
