"""A workbook that re-performs drawn accounts of a run with live formulas: `sample`, `values`, `policy`, `reperformed`.

A column of `values` and of `reperformed` is one account, in both the same; nothing is reckoned here but the formulas' text.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kam_rules.formats._cells import put_text
from kam_rules.model.run import Run
from kam_rules.pipeline.audit import Drawn
from kam_rules.pipeline.sheets.compared import TOP, VALUES, Compared
from kam_rules.pipeline.sheets.formulas import HERE, POLICY, Stated
from kam_rules.pipeline.sheets.operations import Tree

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SAMPLE, AGAIN = "sample", "reperformed"
BESIDE = 4
"""Columns before the first account's."""
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Live:
    """A cell that is a formula of ours; every other text stays a text."""

    formula: str


def audit_workbook(run: Run, program: Tree, sealed: str, drawn: Drawn) -> bytes:
    """Return the workbook.

    Args:
        run: the run.
        program: what its program.json says.
        sealed: its run_sha256.
        drawn: the accounts.
    """
    from openpyxl import Workbook

    told, book = Compared(program, drawn), Workbook()
    book.remove(book.worksheets[0])
    _fill(book.create_sheet(SAMPLE), _sample(run, sealed, told), (30, 26, 16, 20, 14, 18, 18))
    _fill(book.create_sheet(VALUES), _values(run, told), (26, 26, 12, 50), (BESIDE + 1, TOP))
    _fill(book.create_sheet(POLICY), _policy(told.formulas.stated), (28, 28, 10, 34, 14, 60, 40, 40), (1, TOP))
    _fill(book.create_sheet(AGAIN), _again(told), (46, 50, 36, 8), (BESIDE + 1, TOP))
    _outline(book[AGAIN], told)
    book.properties.creator = "kam-rules"
    book.active = 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _letters(told: Compared) -> list[str]:
    from openpyxl.utils import get_column_letter

    return [get_column_letter(BESIDE + 1 + i) for i in range(told.drawn.decisions.height)]


def _sample(run: Run, sealed: str, told: Compared) -> list[Row]:
    head, drawn, total = run.standing.head, told.drawn, sum(stratum.accounts for stratum in told.drawn.strata)
    how = f"in each stratum the accounts with the smallest SHA-256 of '{drawn.seed}:account_id'; strata in proportion, at least one each"
    rows: list[Row] = [
        ["An audit sample: the formulas of 'reperformed' decide the drawn accounts again from 'values' and 'policy'."],
        ["policy", f"{run.policy.id} {run.policy.fiscal_year}", run.standing.said],
        *(["policy file", source.path, source.sha256] for source in run.policy.sources),
        ["run_sha256", sealed],
        ["ledger", *((f"{head.entries} entries before this run", head.sha256) if head else ("not recorded in one",))],
        ["decided on", run.ready.effective_on, "values as of", run.ready.as_of],
        ["drawn", f"{drawn.decisions.height} of {total} accounts", f"seed {drawn.seed}", f"by {drawn.by}"],
        ["how", how],
        [],
        ["stratum", "accounts", "drawn"],
        *([stratum.name, stratum.accounts, stratum.drawn] for stratum in drawn.strata),
        [],
        ["account", "name", drawn.by if drawn.by != "none" else "owner", "tier recorded", "score", "committed target", "re-performed"],
    ]
    first = len(rows) + 1
    by = drawn.by if drawn.by != "none" else "owner"
    for one, letter in zip(drawn.decisions.iter_rows(named=True), _letters(told), strict=True):
        cells = [one[name] for name in ("account_id", "account_name", by, "tier", "score", "committed_target")]
        rows.append([*cells, Live(f"{AGAIN}!{letter}3")])
    rows += [["accounts that differ", Live(f'COUNTIF(G{first}:G{len(rows)},"DIFFERS")')], [], ["What is not re-performed here"]]
    seats = "seats: a tier with bounded seats is given by rank among all accounts; the tier before seating is re-performed, the seat is not"
    notes = [seats, *told.left, "rederive.py of the run decides these again for every account; kam-rules verify RUN does so on two engines"]
    notes += ["a tier that an account keeps by what it held before, or takes from the head of its family: 'not re-performed' stands there"]
    notes += ["A spreadsheet reckons in binary doubles of some 15 digits: numbers are compared after rounding to the places that are kept"]
    notes += [
        "A change of a cell of 'values' or 'policy' is carried through to 'reperformed'; days before 1 March 1900 are beyond a spreadsheet"
    ]
    return rows + [[note] for note in notes]


def _values(run: Run, told: Compared) -> list[Row]:
    drawn, columns = told.drawn, run.book.source.columns
    decided = drawn.decisions
    rows: list[Row] = [
        ["The values of the drawn accounts as they were decided on, one account a column; an empty cell is a missing value."],
        ["account", "column of the source", "kind", "meaning", *decided["account_id"]],
        ["name", "", "", "", *decided["account_name"]],
        ["row of the source", run.book.source.shown, "", "", *decided["row"]],
    ]
    for field in told.fields:
        source = columns[field["name"]].column if field["name"] in columns else ""
        cells = [_value(value, field["kind"], field["decimals"]) for value in drawn.values[field["name"]]]
        rows.append([field["name"], source, field["kind"], field["meaning"], *cells])
    rows.append(["recorded in decisions.csv"])
    return rows + [[name, "", "", "", *(None if value == "" else value for value in decided[name])] for name in told.recorded]


def _value(value: Any, kind: str, decimals: int) -> Any:  # noqa: ANN401 - a cell of Polars
    return Decimal(value).scaleb(-decimals) if kind == "number" and value is not None else value


def _policy(stated: list[Stated]) -> list[Row]:
    rows: list[Row] = [
        ["The policy as this run compiled it: each rule with its place, and each constant with the figures that it stands with."],
        ["Formulas of 'reperformed' point at the constants (column E) and at the ids of the rules (column B)."],
        [],
        ["step", "rule", "what", "stands with", "value", "text", "because", "place"],
    ]
    return rows + [[s.step, s.rule, s.role, s.beside, _constant(s.value), s.text, s.because, s.where] for s in stated]


def _constant(value: dt.date | str | Fraction | None) -> Any:  # noqa: ANN401 - a cell
    """Return a constant as a cell; a fraction without an end as a division."""
    if not isinstance(value, Fraction):
        return value
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact if Fraction(exact) == value else Live(f"{value.numerator}/{value.denominator}")


def _again(told: Compared) -> list[Row]:
    first, last = told.verdicts
    letters = _letters(told)
    rows: list[Row] = [
        ["Each line is a figure or a condition, from the top; TRUE, FALSE, or empty: unknown. A grouped line is part of the next."],
        ["account", "text", "place", "", *(Live(f"{VALUES}!{letter}2") for letter in letters)],
        ["OK or DIFFERS", "", "", "", *(Live(f'IF(COUNTIF({c}{first}:{c}{last},"DIFFERS")>0,"DIFFERS","OK")') for c in letters)],
        [],
    ]
    for line in told.formulas.lines:
        formulas = [Live(line.formula.replace(HERE, letter)) for letter in letters] if line.formula else []
        rows.append([line.what, line.text, line.where, "", *formulas])
    return rows


def _fill(sheet: Worksheet, rows: list[Row], widths: tuple[int, ...], frozen: tuple[int, int] | None = None) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for i, row in enumerate(rows, 1):
        for j, value in enumerate(row, 1):
            cell = sheet.cell(i, j)
            if isinstance(value, str):
                put_text(cell, value)
            else:
                cell.value = f"={value.formula}" if isinstance(value, Live) else value
        sheet.cell(i, 1).font = Font(bold=len(row) == 1 or i == 1)
    for j, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(j)].width = width
    if frozen:
        sheet.freeze_panes = sheet.cell(frozen[1], frozen[0]).coordinate


def _outline(sheet: Worksheet, told: Compared) -> None:
    """Group the lines that are parts of others, and mark what differs."""
    from openpyxl.formatting.rule import CellIsRule
    from openpyxl.styles import PatternFill

    for i, line in enumerate(told.formulas.lines, told.formulas.first):
        sheet.row_dimensions[i].outlineLevel = int(line.part)
    red = PatternFill(bgColor="FFC7CE")
    sheet.conditional_formatting.add(sheet.dimensions, CellIsRule(operator="equal", formula=['"DIFFERS"'], fill=red))  # type: ignore[no-untyped-call]
