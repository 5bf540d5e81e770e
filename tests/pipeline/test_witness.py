"""The independent witness: whom it asks, and what it notices."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from kam_rules import engine
from kam_rules.model.errors import DisagreementError
from kam_rules.model.outcome import Layout
from kam_rules.model.parts import whole
from kam_rules.model.run import Run
from kam_rules.pipeline.witness import witness
from tests.conftest import ROOT

STARTER = ROOT / "kam_rules" / "starter" / "policy.yaml"


def book(count: int) -> pl.DataFrame:
    """Return accounts of which every hundredth stands on the edge of a band."""
    return pl.DataFrame(
        {
            "account_id": [f"A-{i:05}" for i in range(count)],
            "base_revenue": [1000 + i for i in range(count)],
            "wallet": [51_000 + i if i % 100 == 0 else 60_000 + 7 * i for i in range(count)],
            "gross_margin": [300 + i // 2 for i in range(count)],
            "health_score": [61 + i % 30 for i in range(count)],
            "alignment": [4] * count,
            "values_strengths": [True] * count,
            "willing": [True] * count,
        }
    )


def run_of(count: int, policy: Path = STARTER) -> Run:
    return engine.run(policy, book(count), as_of=dt.date(2026, 6, 30))


@pytest.mark.parametrize("count", [1, 999, 1000])
def test_up_to_a_thousand_accounts_are_all_asked(count: int):
    found = run_of(count).witness
    assert found is not None
    assert (found.accounts, found.edges) == (count, 0)


def test_of_more_a_stated_sample_and_those_on_an_edge_are_asked():
    """500 spread evenly, and the accounts whose headroom is exactly the 50,000 of a band's edge."""
    run = run_of(1201)
    found = run.witness
    assert found is not None
    assert found.sample == 500
    assert found.edges >= 13
    assert found.accounts <= 500 + found.edges


def test_every_account_with_a_target_of_its_own_is_asked(tmp_path: Path):
    text = STARTER.read_text().replace("  by_state:\n", "  own: planned_nrr\n  by_state:\n", 1)
    text = text.replace("metrics:\n", "  planned_nrr: {type: ratio}\n\nmetrics:\n", 1)
    policy = tmp_path / "policy.yaml"
    policy.write_text(text)
    frame = book(1500).with_columns(planned_nrr=pl.when(pl.int_range(pl.len()) % 300 == 7).then(1.1))
    found = engine.run(policy, frame, as_of=dt.date(2026, 6, 30)).witness
    assert found is not None
    assert found.own == 5


@pytest.mark.parametrize("name", ["states", "tiers", "score", "target_amount", "gates", "criteria.growth_potential"])
def test_a_single_wrong_answer_is_noticed_and_named(name: str):
    run = run_of(30)
    slots = [slot for (id_, _), found in Layout(*run.ready.program.stages).slots.items() for slot in found if id_ == name]
    column, step = (slots[0].word, 1 << slots[0].shift) if slots else (name, 1)
    changed = pl.when(pl.col("account_id") == "A-00017").then(pl.col(column) - step).otherwise(pl.col(column)).alias(column)
    with pytest.raises(DisagreementError) as error:
        witness(replace(run, table=whole(run.table.frame().with_columns(changed))))
    assert f"A-00017: '{name}' is " in error.value.findings[0].message
    assert error.value.exit_code == 6


def test_a_policy_of_a_thousand_rules_is_decided_alike_by_every_engine(tmp_path: Path):
    triggers = "\n".join(f"  - {{id: t{i}, when: base_revenue >= {900 + i}, then: review, because: One of many}}" for i in range(1000))
    policy = tmp_path / "policy.yaml"
    policy.write_text(STARTER.read_text().split("triggers:")[0] + f"triggers:\n{triggers}\n")
    tables = [
        engine.run(policy, book(40), as_of=dt.date(2026, 6, 30), engine=name, witness=False).table.frame()
        for name in ("reference", "columnar", "durable")
    ]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_no_engine_bears_witness_for_itself():
    """A run by durable-rules is confirmed by the reference engine; a wrong answer of durable-rules is noticed."""
    run = engine.run(STARTER, book(20), as_of=dt.date(2026, 6, 30), engine="durable")
    assert run.witness is not None
    assert run.witness.engine == "reference"
    assert engine.explain(run, "A-00003")["policy"]["confirmed_by"] == ["reference"]
    with pytest.raises(DisagreementError) as error:
        witness(replace(run, table=whole(run.table.frame().with_columns(pl.col("score") + 1))))
    assert "by durable" in error.value.findings[0].message
    assert "by reference" in error.value.findings[0].message
