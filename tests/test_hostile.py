"""What an adversary tried: names that hide figures, chains that grow, cells that are no values, folders that were touched."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from kam_rules import engine
from kam_rules.evidence.pack import MANIFEST, canonical, sha256
from kam_rules.model.errors import IntegrityError, PolicyError
from kam_rules.model.parts import whole
from kam_rules.model.policy import Source
from kam_rules.model.run import Run
from kam_rules.pipeline.check import check_text
from tests.conftest import ROOT, Said

STARTER = (ROOT / "kam_rules" / "starter" / "policy.yaml").read_text(encoding="utf-8")
AS_OF = dt.date(2026, 6, 30)


def policy(folder: Path, text: str) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "name",
    [
        *("row", "needs_data", "score_low", "score_high", "potential_known", "maturity_known", "target_amount", "target_nrr"),
        *("aspirational_nrr", "prospect_amount", "reason_needed", "below_floor", "uniform_amount", "score", "tier", "owner", "as_of"),
    ],
)
def test_no_field_can_hide_behind_a_figure_of_the_engine(name: str):
    """A field named like a figure would be read as that figure, by every engine alike: it is refused."""
    text = STARTER.replace("metrics:\n", f"  {name}: {{type: number}}\n\nmetrics:\n", 1)
    with pytest.raises(PolicyError) as error:
        check_text(text, Source("p", ""))
    assert [f.code for f in error.value.findings] == ["KR307"]


def test_every_figure_that_a_stage_makes_is_unwritable_or_reserved():
    """The list of reserved names is complete: whatever the shipped policies derive can be no field's name."""
    from kam_rules.model.program import Derive
    from kam_rules.sections._names import RESERVED

    found = check_text((ROOT / "policies" / "key-accounts" / "fy2027.yaml").read_text(encoding="utf-8"), Source("p", ""))
    metrics = {step.name for stage in found.program.stages for step in stage.steps if isinstance(step, Derive) and step.text}
    made = {step.name for stage in found.program.stages for step in stage.steps if isinstance(step, Derive)} - metrics
    made |= {name for rules in found.program.lists for name, _ in rules.binds}
    baselines = {f"{name}_amount" for name in found.program.baselines}
    assert {name for name in made - baselines if "." not in name} <= RESERVED


def test_a_field_cannot_take_the_name_of_a_baseline_s_amounts():
    text = (ROOT / "policies" / "key-accounts" / "fy2027.yaml").read_text(encoding="utf-8")
    text = text.replace("\nfields:", "\nfields:\n  industry_amount: {type: money}", 1)
    with pytest.raises(PolicyError) as error:
        check_text(text, Source("p", ""))
    assert [f.code for f in error.value.findings] == ["KR307"]


def accounts(**columns: object) -> pl.DataFrame:
    base = {"account_id": [f"A{i}" for i in range(40)], "base_revenue": [1000 * i for i in range(40)], "health_score": [60] * 40}
    return pl.DataFrame(base | columns)


def table_of(path: Path, name: str) -> pl.DataFrame:
    return engine.run(path, accounts(), as_of=AS_OF, engine=name, witness=False).table.frame()


def test_a_long_first_list_is_decided_by_columns_as_by_the_reference(tmp_path: Path):
    """300 rules once took a minute and a half to plan."""
    rules = "\n".join(f"    - {{id: s{i}, state: mature, when: base_revenue > {40000 - 100 * i}, because: b}}" for i in range(300))
    head, tail = STARTER.split("    - id: at_risk\n", 1)
    tail = tail[tail.index("    - {id: mature") :]
    by_state = tail.replace("    at_risk:        {floor", "    #", 1).replace("    high_potential: {floor", "    #", 1)
    path = policy(tmp_path, f"{head}{rules}\n{by_state}")
    assert table_of(path, "columnar").equals(table_of(path, "reference"))


def test_a_long_chain_of_or_is_no_deep_tree(tmp_path: Path):
    chain = " or ".join(["willing"] * 350)
    path = policy(tmp_path, STARTER.replace("    when: willing\n", f"    when: {chain}\n", 1))
    assert table_of(path, "columnar").equals(table_of(path, "reference"))


def test_amounts_that_columns_cannot_carry_are_decided_by_the_reference_and_it_is_said(tmp_path: Path):
    """One outlier does not stop the book, and the witness still confirms every account."""
    text = STARTER.replace("metrics:\n", "  n: {type: number}\n\nmetrics:\n", 1).replace(
        "when: health_score < 50", "when: n * n * n > 1", 1
    )
    run = engine.run(policy(tmp_path, text), accounts(n=["9223372036854.775807"] + ["0"] * 39), as_of=AS_OF)
    assert run.engine.startswith("reference (the columnar engine cannot carry")
    assert run.witness is not None
    assert run.witness.accounts == 40


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param([np.array([1, 2]), np.array([3])], id="arrays"),
        pytest.param([10**5000, 1], id="a number of five thousand digits"),
        pytest.param([Decimal("sNaN"), Decimal("-0")], id="a signalling NaN"),
        pytest.param([{"a": 1}, [2]], id="containers"),
        pytest.param([object(), None], id="objects"),
    ],
)
def test_a_cell_that_is_no_value_is_told_as_one(tmp_path: Path, cells: list[object]):
    frame = pd.DataFrame({"account_id": ["A", "B"], "base_revenue": [1, 2], "wallet": pd.Series(cells, dtype=object)})
    run = engine.run(policy(tmp_path, STARTER), frame, as_of=AS_OF)
    assert set(run.book.faults.frame()["code"]) <= {"KR414", "KR421"}
    assert run.book.faults.height >= 1


def test_flags_and_ids_survive_a_column_that_a_gap_made_floats(tmp_path: Path):
    """Pandas turns 1, 0 and a gap into floats; they are still yes, no and missing."""
    frame = pd.DataFrame({"account_id": [1001.0, 1002.0, 1003.0], "base_revenue": [1, 2, 3], "willing": [1, 0, None]})
    run = engine.run(policy(tmp_path, STARTER), frame, as_of=AS_OF)
    assert run.book.table.frame()["willing"].to_list() == [True, False, None]
    assert run.book.table.frame()["account_id"].to_list() == ["1001", "1002", "1003"]


@pytest.fixture
def written(saas: Run, tmp_path: Path) -> Path:
    return engine.write(saas, tmp_path / "run")


def forge(folder: Path, change: Callable[[dict[str, object]], object] = lambda _: None) -> None:
    """Write the manifest anew over whatever the files hold now, as someone would who covers a trace."""
    import hashlib

    manifest = json.loads((folder / MANIFEST).read_text())
    for output in manifest["run"]["outputs"]:
        path = folder / output["path"]
        output.update(sha256=sha256(path), bytes=path.stat().st_size)
    change(manifest["run"])
    manifest["run_sha256"] = hashlib.sha256(canonical(manifest["run"])).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest))


@pytest.mark.parametrize("name", ["decisions.csv", "decisions.parquet"])
def test_decisions_forged_together_with_their_hashes_do_not_follow_from_the_trail(written: Path, name: str):
    path = written / name
    if name.endswith(".csv"):
        path.write_text(path.read_text().replace("ACC-1006,", "ACC-1006 ,", 1))
    else:
        pl.read_parquet(path).with_columns(tier=pl.lit("key")).write_parquet(path)
    forge(written)
    with pytest.raises(IntegrityError) as error:
        engine.read(written)
    assert [Path(str(f.where)).name for f in error.value.findings] == [name]


def test_a_forged_seat_is_found_by_seating_the_book_again(saas: Run):
    from dataclasses import replace

    from kam_rules.model.errors import DisagreementError

    table = saas.table.frame().with_columns(
        pl.when(pl.col("account_id") == "ACC-1067").then(pl.lit("key")).otherwise(pl.col("tier").cast(pl.String)).alias("tier")
    )
    with pytest.raises(DisagreementError) as error:
        engine.explain(replace(saas, table=whole(table)), "ACC-1001")
    assert "ACC-1067" in error.value.findings[0].message


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda run: run.pop("counts"), id="no counts"),
        pytest.param(lambda run: run.update(as_of="x"), id="a day that is none"),
        pytest.param(lambda run: run.update(witness={"a": 1}), id="a witness of another shape"),
    ],
)
def test_a_manifest_that_does_not_fit_its_files_is_told(written: Path, change: Callable[[dict[str, object]], object]):
    forge(written, change)
    with pytest.raises(IntegrityError):
        engine.read(written)


def test_a_manifest_of_brackets_is_told(written: Path):
    (written / MANIFEST).write_text("[" * 100_000)
    with pytest.raises(IntegrityError):
        engine.read(written)


def test_files_that_the_run_did_not_write_are_told(written: Path):
    (written / "extra").mkdir()
    (written / "extra" / "decisions.csv").write_text("x")
    with pytest.raises(IntegrityError):
        engine.read(written)


def test_a_link_out_of_the_run_is_told(written: Path, tmp_path: Path):
    (tmp_path / "elsewhere.csv").write_bytes((written / "decisions.csv").read_bytes())
    (written / "decisions.csv").unlink()
    (written / "decisions.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(IntegrityError):
        engine.read(written)


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize("name", [pytest.param("x" * 300, id="a name too long"), pytest.param("bad\udcff", id="a name that is no text")])
def test_a_place_that_no_folder_can_have_is_told(kam: Callable[..., Said], tmp_path: Path, name: str):
    said = kam("run", "policies/key-accounts/fy2027.yaml", "examples/saas/data.yaml", "--no-witness", "--out", tmp_path / name)
    assert said.code == 2
    assert "KR502" in said.err


@pytest.mark.usefixtures("at_root")
def test_an_absurd_assumption_is_told(kam: Callable[..., Said], tmp_path: Path):
    data = ("policies/key-accounts/fy2027.yaml", "examples/saas/data.yaml", "--out", tmp_path / "r")
    assert kam("run", *data, "--set", f"inflation={'9' * 5000}%").code == 2


@pytest.mark.usefixtures("at_root")
def test_an_id_is_found_as_the_spreadsheet_spells_it(tmp_path: Path):
    frame = pd.DataFrame({"account_id": ["=1+1"], "base_revenue": [5]})
    run = engine.run(policy(tmp_path, STARTER), frame, as_of=AS_OF)
    assert engine.explain(run, "'=1+1")["account"]["account_id"] == "=1+1"


def test_a_nul_byte_in_the_data_is_told(tmp_path: Path, kam: Callable[..., Said], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    kam("init")
    data = (tmp_path / "accounts.csv").read_bytes()
    (tmp_path / "accounts.csv").write_bytes(data.replace(b"Aldermere", b"Ald\0ere"))
    said = kam("run", "policy.yaml", "data.yaml")
    assert said.code == 4
    assert "accounts.csv:2" in said.err


def test_a_unit_on_an_amount_is_told(tmp_path: Path, kam: Callable[..., Said], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    kam("init")
    text = (tmp_path / "data.yaml").read_text()
    (tmp_path / "data.yaml").write_text(text.replace("wallet: wallet", "wallet: {column: wallet, unit: percent}"))
    said = kam("run", "policy.yaml", "data.yaml")
    assert said.code == 4
    assert "take unit: out" in said.err
