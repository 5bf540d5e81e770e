"""The steps of a run's program over drawn accounts, and what of their decisions is held against the formulas."""

from __future__ import annotations

from collections.abc import Iterator

from kam_rules.model.standing import STATUS
from kam_rules.pipeline.audit import Drawn
from kam_rules.pipeline.sheets.formulas import HERE, Formulas
from kam_rules.pipeline.sheets.operations import MISSING, Tree

VALUES = "values"
TOP = 5
"""The row at which fields, constants and steps begin."""
SEATS = ("seated", "open", "capacity", "share_limit", "not_qualified")
"""Seats whose account asked for the tier that it got, or lost; the other kinds rest on what an account held or on its head."""
HANDED = ("qualified", "score", "coverage", "tier")


class Compared:
    """The rows of the two sheets that are columns of accounts, and the formulas that join them."""

    def __init__(self, program: Tree, drawn: Drawn) -> None:  # noqa: D107 - the class says it
        self.program, self.drawn = program, drawn
        self.fields = [field for field in program["fields"] if field["name"] in drawn.values.columns]
        self.recorded = [name for name in drawn.decisions.columns if name not in ("account_id", "account_name", "row")]
        self.recorded_from = TOP + len(self.fields) + 1
        self.formulas = Formulas(TOP, {field["name"]: field["kind"] for field in program["fields"]}, TOP)
        self.left: list[str] = []
        self._steps()
        self.verdicts = self._verdicts()

    def told(self, name: str) -> str:
        """Return the cell of what was recorded in a column of decisions.csv."""
        return f"{VALUES}!{HERE}{self.recorded_from + self.recorded.index(name)}"

    def _steps(self) -> None:
        told, (first, *rest) = self.formulas, self.program["stages"]
        for i, field in enumerate(self.fields):
            cell = f"{VALUES}!{HERE}{TOP + i}"
            told.at[field["name"]] = told.line(field["name"], f"IF(ISBLANK({cell}),{MISSING},{cell})", field["meaning"])
        values = dict(told.at)
        told.heading(first["name"])
        for step in first["steps"]:
            told.step(step)
        self.eligible = told.at.get("tier", MISSING)
        for stage in rest:
            told.heading(stage["name"])
            cell = self.told("tier")
            told.at["tier"] = told.line("tier as recorded, after seating", f"IF(ISBLANK({cell}),{MISSING},{cell})")
            before = dict(told.at)
            told.at = values | {name: before[name] for name in HANDED}
            for step in stage["steps"]:
                told.step(step)
            told.at = before | told.at

    def _verdicts(self) -> tuple[int, int]:
        """Add a line for each column of decisions.csv that can be held against the formulas; return the first and last row."""
        told = self.formulas
        again = dict(self._again())
        told.heading("held against decisions.csv")
        first = told.first + len(told.lines)
        for name, cell in again.items():
            recorded = self.told(name)
            told.line(f"{name}: OK or DIFFERS", self._verdict(name, cell, recorded))
        lost, seat, tier = (self.told(name) for name in ("lost_tier", "seat", "tier"))
        asked = ",".join(f'{seat}="{kind}"' for kind in SEATS)
        same = _judged(f"EXACT({self.eligible},IF(ISBLANK({lost}),{tier},{lost}))", self.eligible)
        told.line(
            "tier before seating: OK or DIFFERS",
            f'IF(OR({asked}),{same},IF(AND({seat}="undecided",{self.eligible}={MISSING}),"OK","not re-performed"))',
        )
        skipped = [name for name in self.recorded if name not in {*again, "owner", "tier", "lost_tier", STATUS}]
        self.left = [f"{', '.join(skipped)}: these columns of decisions.csv"] if skipped else []
        return first, told.first + len(told.lines) - 1

    def _again(self) -> Iterator[tuple[str, str]]:
        told = self.formulas
        for column in self.program["columns"]:
            name, cell, beside = column["column"], told.at.get(column["figure"]), column.get("beside")
            if cell is not None and name in self.recorded:
                if beside:
                    cell = told.line(f"{name}: beside {beside}", f"IF({told.at[beside]}={MISSING},{MISSING},{cell})", part=True)
                yield name, cell
        for named in self.program["named"]:
            rules, kind, name = told.rules[named["list"]], named["is"], named["column"]
            if name not in self.recorded:
                continue
            if kind in ("gives", "rule"):
                number = told.at[f"{named['list']}#"]
                values = ",".join(given[0] if kind == "gives" else id_ for _, id_, given in rules)
                text = f"IF({number}={MISSING},{MISSING},CHOOSE({number},{values}))"
            elif kind == "first":
                text = MISSING
                for cell, _, given in reversed(rules):
                    text = f"IF({cell}=TRUE,{given[0]},{text})"
            else:
                wanted = "TRUE" if kind == "true" else MISSING
                text = "TRIM(" + "&".join(f'IF({cell}={wanted},{id_}&" ","")' for cell, id_, _ in rules) + ")"
            yield name, told.line(name, text, part=True)

    def _verdict(self, name: str, cell: str, recorded: str) -> str:
        kind = self.drawn.decisions.schema[name]
        if kind.is_decimal() or kind.is_integer():
            same = f"ABS({cell}-{recorded})<=0.5*1E-{getattr(kind, 'scale', 0)}+1E-9"
        else:
            same = f"{cell}={recorded}" if str(kind) == "Boolean" else f"EXACT({cell},{recorded})"
        both = f'IF({cell}={MISSING},IF(ISBLANK({recorded}),"OK","DIFFERS"),IF(ISBLANK({recorded}),"DIFFERS",{_judged(same, cell)}))'
        return f'IF(ISERROR({cell}),"DIFFERS",{both})'


def _judged(same: str, cell: str) -> str:
    return f'IF(ISERROR({cell}),"DIFFERS",IF({same},"OK","DIFFERS"))'
