"""Every manifest and every report of a run prints where the ledger ended (R-LEDGER), so that whoever keeps one keeps an anchor."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from kam_rules import proof
from tests.conftest import ROOT, SAAS, Said

REPORTS = ("baselines", "crm", "cushion", "define", "fairness", "governance", "incentives", "resources", "rules")
OF_A_RUN = [
    *(("report", name) for name in REPORTS),
    ("explain", "ACC-1001"),
    ("explain", "rep:R-01"),
    ("explain", "ACC-1001", "--why-not", "key"),
    ("explain", "ACC-1001", "--view", "sentence"),
    ("explain", "ACC-1001", "--view", "page"),
    ("explain", "ACC-1001", "--for", "rep:R-01"),
    ("pay", ROOT / "examples/saas/pay_fy2027.yaml"),
    ("reconcile",),
    ("brief",),
    ("verify",),
    ("periods",),
    ("mid-year", ROOT / "examples/saas/changes.yaml"),
]
"""Each command that reads a run, and what follows the run."""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a recorded run, and the head that stood before it."""
    from click.testing import CliRunner

    from kam_rules.cli.main import main

    folder = tmp_path_factory.mktemp("heads")
    head = proof.new_ledger(folder / "ledger.db", "2026-01-05T09:00:00+00:00").sha256
    words = ["run", *(ROOT / path for path in SAAS), "--ledger", folder / "ledger.db", "--out", folder / "run", "--no-witness"]
    said = CliRunner().invoke(main, [str(word) for word in words])
    assert said.exit_code == 0
    assert f"[ledger 1:{head[:12]}]" in said.output.splitlines()[0]
    return folder / "run", head


@pytest.mark.parametrize("form", ["text", "markdown", "json", "html"])
@pytest.mark.parametrize("words", OF_A_RUN, ids=lambda words: " ".join(str(word) for word in words).rsplit("/", 1)[-1])
def test_every_report_of_a_run_prints_the_head_in_every_format(
    words: tuple[Any, ...], form: str, recorded: tuple[Path, str], kam: Callable[..., Said]
):
    run, head = recorded
    first, rest = ([*words[:2]], words[2:]) if words[0] == "report" else ([words[0]], words[1:])
    said = kam(*first, run, *rest, "--format", form)
    assert said.code in (0, 1), said.err
    assert re.search(rf"1:{head[:12]}", said.out), said.out[:300]


def test_the_manifest_and_the_audit_workbook_bear_the_whole_head(recorded: tuple[Path, str], tmp_path: Path, kam: Callable[..., Said]):
    run, head = recorded
    assert json.loads((run / "manifest.json").read_text())["run"]["standing"]["head"]["sha256"] == head
    assert kam("audit", run, "--out", tmp_path / "audit.xlsx").code == 0
    rows = {row[0]: row[1:3] for row in load_workbook(tmp_path / "audit.xlsx")["sample"].iter_rows(values_only=True)}
    assert rows["ledger"] == ("1 entries before this run", head)


def test_what_is_told_of_a_ledger_prints_where_it_ends(recorded: tuple[Path, str], kam: Callable[..., Said]):
    run, _ = recorded
    ledger = run.with_name("ledger.db")
    for words in (["ledger", "verify", ledger], ["publish", "--ledger", ledger], ["status", ROOT / SAAS[0], "--ledger", ledger]):
        assert proof.head(ledger).sha256 in " ".join(kam(*words).out.split())
