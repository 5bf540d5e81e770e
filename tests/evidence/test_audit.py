"""The audit sample: the same seed draws the same accounts, and a spreadsheet decides them again (F: audit sample)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from kam_rules import engine, inquiry
from kam_rules.model.errors import UsageError
from kam_rules.model.run import Run
from kam_rules.model.tree import Node, walk
from kam_rules.pipeline.assemble import nodes
from kam_rules.pipeline.audit import draw, shares
from kam_rules.pipeline.sheets.compared import SEATS
from kam_rules.pipeline.sheets.operations import half_even
from tests.conftest import Said
from tests.generators import SMALL, run_case, write_case
from tests.pipeline.test_tier_changes import EX2, WAITED, review

OFFICE = shutil.which("soffice")
RECALCULATED = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: no workbook was recalculated")


def recalculated(path: Path, folder: Path) -> Any:
    """Return a workbook as LibreOffice reckons it."""
    out = folder / "recalculated"
    home = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(OFFICE), home, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return load_workbook(out / path.name, data_only=True)


def verdicts(book: Any) -> dict[str, list[str]]:
    """Return what each comparison says, by the column of decisions.csv."""
    rows = book["reperformed"].iter_rows(min_row=5, values_only=True)
    return {str(row[0]).partition(":")[0]: [str(cell) for cell in row[4:]] for row in rows if str(row[0]).endswith(": OK or DIFFERS")}


@RECALCULATED
@pytest.mark.parametrize("which", ["saas", "resellers"])
def test_a_spreadsheet_comes_to_every_recorded_figure_of_the_drawn_accounts(which: str, request: pytest.FixtureRequest, tmp_path: Path):
    run: Run = request.getfixturevalue(which)
    engine.write(run, tmp_path / "run", {})
    drawn = inquiry.audit(tmp_path / "run", tmp_path / "audit.xlsx", n=60, seed=7)
    found = verdicts(recalculated(tmp_path / "audit.xlsx", tmp_path))
    assert {"score", "tier before seating", "state", "committed_target", "target_nrr", "floor_target", "triggers"} <= set(found)
    assert {name: set(cells) for name, cells in found.items()} == {name: {"OK"} for name in found}
    assert all(len(cells) == drawn.decisions.height == 60 for cells in found.values())


@RECALCULATED
def test_a_changed_value_constant_or_record_shows_in_its_account_and_nowhere_else(saas: Run, tmp_path: Path):
    """The formulas live: revenue carried through, a record that was tampered with told."""
    engine.write(saas, tmp_path / "run", {})
    inquiry.audit(tmp_path / "run", tmp_path / "audit.xlsx", n=12, seed=1)
    book: Any = load_workbook(tmp_path / "audit.xlsx")
    rows = {row[0].value: row for row in book["values"].iter_rows(min_row=5)}
    rows["base_revenue"][4].value *= 2
    state = next(cell for cell in rows["state"][5:] if cell.value != "at_risk")
    state.value = "at_risk"
    book.save(tmp_path / "changed.xlsx")
    found = recalculated(tmp_path / "changed.xlsx", tmp_path)
    told = [cell.value for cell in found["reperformed"][3][4:]]
    assert [i for i, said in enumerate(told) if said == "DIFFERS"] == [0, state.column - 5]
    assert {name for name, cells in verdicts(found).items() if cells[state.column - 5] == "DIFFERS"} == {"state"}


@RECALCULATED
def test_a_weight_changed_in_the_policy_sheet_moves_the_score(saas: Run, tmp_path: Path):
    engine.write(saas, tmp_path / "run", {})
    inquiry.audit(tmp_path / "run", tmp_path / "audit.xlsx", n=8, seed=1)
    book: Any = load_workbook(tmp_path / "audit.xlsx")
    for row in book["policy"].iter_rows(min_row=5):
        if row[0].value == "score" and row[3].value == "growth_potential.score":
            row[4].value = 0
    book.save(tmp_path / "changed.xlsx")
    assert "DIFFERS" in verdicts(recalculated(tmp_path / "changed.xlsx", tmp_path))["score"]


@RECALCULATED
def test_ties_are_rounded_to_even_as_the_engine_does(tmp_path: Path):
    cases = {0.125: 0.12, 0.135: 0.14, 2.5: 2.5, -0.125: -0.12, 0.1251: 0.13, 1.005: 1.0, 0: 0}
    book = Workbook()
    sheet: Any = book.worksheets[0]
    for i, value in enumerate(cases, 1):
        sheet.cell(i, 1).value, sheet.cell(i, 2).value = value, f"={half_even(f'A{i}', 2)}"
    book.save(tmp_path / "ties.xlsx")
    found = recalculated(tmp_path / "ties.xlsx", tmp_path).worksheets[0]
    assert [round(float(row[1]), 9) for row in found.iter_rows(values_only=True)] == list(cases.values())


def _hostile(text: str) -> list[dict[str, object]]:
    return [{"account_id": text, "account_name": text, "owner": text, "base_revenue": 1000, "wallet": None}]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "'="])
def test_no_text_of_the_data_becomes_a_formula_of_the_workbook(start: str, tmp_path: Path):
    text = f"{start}cmd|' /C calc'!A0"
    engine.write(run_case(tmp_path, _hostile(text)), tmp_path / "run", {})
    inquiry.audit(tmp_path / "run", tmp_path / "audit.xlsx", n=1, seed=7)
    book: Any = load_workbook(tmp_path / "audit.xlsx")
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert len(found) >= 3
    assert {cell.data_type for cell in found} == {"s"}


def test_the_same_seed_draws_the_same_accounts_and_another_seed_others(resellers: Run):
    ids = [draw(resellers, 25, seed, "tier").decisions["account_id"].to_list() for seed in (7, 7, 8)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("by", ["tier", "state", "owner", "none"])
def test_each_stratum_gives_its_share_and_at_least_one(resellers: Run, by: str):
    found = draw(resellers, 40, 7, by)
    assert sum(stratum.accounts for stratum in found.strata) == resellers.table.height
    assert sum(stratum.drawn for stratum in found.strata) == found.decisions.height == found.values.height == 40
    assert all(1 <= stratum.drawn <= stratum.accounts for stratum in found.strata)
    assert found.decisions["row"].to_list() == found.values["row"].to_list()


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 500), min_size=1, max_size=8), st.integers(8, 900))
def test_shares_sum_to_what_is_drawn_and_never_exceed_a_stratum(sizes: dict[str, int], n: int):
    found = shares(sizes, n)
    assert sum(found.values()) == min(n, sum(sizes.values()))
    assert all(1 <= found[name] <= size for name, size in sizes.items())


def test_fewer_accounts_than_strata_are_refused_with_what_to_do(saas: Run):
    strata = len(draw(saas, 86, 7, "tier").strata)
    with pytest.raises(UsageError) as error:
        draw(saas, strata - 1, 7, "tier")
    (finding,) = error.value.findings
    assert (finding.code, finding.fix) == ("KR581", f"draw at least one of each: --n {strata}; or name another --stratify")
    assert len(draw(saas, strata, 7, "tier").strata) == strata


def test_more_than_there_are_draws_them_all(saas: Run):
    assert draw(saas, 10_000, 7, "owner").decisions.height == saas.table.height


def test_the_command_writes_beside_the_run_and_never_over_a_file(saas: Run, tmp_path: Path, kam: Callable[..., Said]):
    engine.write(saas, tmp_path / "run", {})
    said = kam("audit", tmp_path / "run", "--n", 10)
    assert said.code == 0
    assert said.out.splitlines()[-1] == f"wrote {tmp_path / 'run-audit.xlsx'}; the policy: draft"
    assert kam("audit", tmp_path / "run", "--n", 10).code == 2
    assert kam("verify", tmp_path / "run").code == 0


def test_a_run_of_which_a_byte_was_changed_is_not_sampled(saas: Run, tmp_path: Path, kam: Callable[..., Said]):
    engine.write(saas, tmp_path / "run", {})
    path = tmp_path / "run" / "program.json"
    path.write_text(path.read_text(encoding="utf-8").replace("250000", "250001", 1), encoding="utf-8")
    assert kam("audit", tmp_path / "run").code == 5


@RECALCULATED
def test_a_tier_that_was_kept_is_said_to_be_not_re_performed_and_the_rest_is(tmp_path: Path):
    engine.write(review(EX2, "2026-02-01", WAITED), tmp_path / "run", {})
    drawn = inquiry.audit(tmp_path / "run", tmp_path / "audit.xlsx", n=5, seed=7)
    found = verdicts(recalculated(tmp_path / "audit.xlsx", tmp_path))
    kept = [seat not in (*SEATS, "undecided") for seat in drawn.decisions["seat"]]
    assert any(kept)
    assert [said == "not re-performed" for said in found.pop("tier before seating")] == kept
    assert {name: set(cells) for name, cells in found.items()} == {name: {"OK"} for name in found}


EVERY = {
    "fields": SMALL["fields"]
    + """
        kind: {type: category, values: [a, b, c]}
        until: {type: date}
        """,
    "metrics": """
        low: {type: number, is: "min(points, health, 90)"}
        high: {type: number, is: "max(points, health) - 2 * abs(points - health) / 4"}
        near: {type: number, is: "round(points / 3, 1)"}
        days_left: {type: integer, is: "days(since, until)"}
        months_left: {type: integer, is: "months(since, until)"}
        either: {type: number, is: "first_known(health, points, 1)"}
        asked: {type: number, is: 'if kind = "a" and not(willing) then 10 else if kind != "b" or known(health) then 60 else 90'}
        """,
    "criteria": """
        - {id: low, weight: 20%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
           measure: low, if_missing: renormalise, line: {worst: 0, best: 90}}
        - {id: high, weight: 20%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
           measure: high, if_missing: zero, line: {worst: 100, best: -20}}
        - {id: near, weight: 20%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: current,
           measure: near, if_missing: {neutral: 33.3}, bands: [{from: lowest, score: 0}, {from: 10, score: 40}, {from: 20.5, score: 100}]}
        - {id: kind, weight: 20%, purpose: long_term_growth, kind: qualitative, about: us, horizon: current,
           measure: kind, if_missing: renormalise, bands: [{is: a, score: 100}, {is: b, score: 30}, {otherwise: true, score: 5}]}
        - {id: asked, weight: 20%, purpose: long_term_growth, kind: quantitative, about: us, horizon: future,
           measure: asked + months_left, if_missing: renormalise, line: {worst: 0, best: 100}}
        """,
    "states": """
        inputs: {maturity: health, penetration: headroom, potential: headroom}
        if_unknown: hold
        rules:
          - {id: at_risk, when: days_left < 30 or either <= 20, because: Serious work to retain}
          - {id: mature, otherwise: true, because: Solid}
        """,
}
"""A policy that says every kind of operation and both kinds of scale."""


def _rows() -> list[dict[str, object]]:
    """Return accounts on, below and beyond the edges, with every value missing once."""
    whole = {"base_revenue": 1000, "points": 60, "health": 40, "willing": "yes", "since": "2026-01-31", "until": "2026-02-28", "kind": "a"}
    each: dict[str, tuple[object, ...]] = {
        "points": (0, 30, 61.5, 61.4, 100, -7, None),
        "health": (20, 20.01, 95, None),
        "kind": ("b", "c", None),
        "willing": ("no", None),
        "since": (None,),
        "until": ("2026-03-01", "2026-03-02", "2025-12-31", "2027-01-30", "2028-02-29", None),
        "base_revenue": (0,),
    }
    changes: list[dict[str, object]] = [{}, {"points": None, "health": None}]
    changes += [{name: value} for name, values in each.items() for value in values]
    return [{"account_id": f"A{number:02}"} | whole | change for number, change in enumerate(changes)]


@RECALCULATED
def test_a_spreadsheet_comes_to_the_recorded_figures_of_a_policy_that_says_every_operation(tmp_path: Path):
    run = engine.run(*write_case(tmp_path, _rows(), **EVERY), witness=False)
    said = {type(node).__name__ for stage in run.ready.program.stages for step in stage.steps for top in nodes(step) for node in walk(top)}
    assert said == {kind.__name__ for kind in Node.__args__}
    engine.write(run, tmp_path / "run", {})
    inquiry.audit(tmp_path / "run", tmp_path / "audit.xlsx", n=len(_rows()), seed=7)
    found = verdicts(recalculated(tmp_path / "audit.xlsx", tmp_path))
    assert {name: set(cells) for name, cells in found.items()} == {name: {"OK"} for name in found}
    assert len(found["score"]) == len(_rows())
