"""Ten explanations of each example, kept as reviewed files: each must convince a reader who has nothing else.

`python -m tests.write_goldens` writes them anew; read the difference before you keep it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kam_rules import engine
from kam_rules.formats import format_
from kam_rules.model.run import Run
from kam_rules.reports.explanation import explanation
from tests.conftest import ROOT

HERE = Path(__file__).parent
ACCOUNTS = {
    "saas": (
        "ACC-1001",  # high potential, key; same industry as the next, opposite state
        "ACC-1002",  # mature
        "ACC-1005",  # the state waits for the wallet
        "ACC-1007",  # eligible for strategic, no seat left
        "ACC-1024",  # branch of a group that is strategic
        "ACC-1031",  # a target agreed for this account alone
        "ACC-1060",  # no score: too little is known
        "ACC-1071",  # an agreed target below the floor
        "ACC-1077",  # a prospect with an absolute target
        "ACC-1084",  # lapsed
    ),
    "resellers": (
        "AW00000075",  # the first seat of strategic
        "AW00000376",  # the last one
        "AW00000245",  # eligible for strategic, seated in key
        "AW00000175",  # eligible for key, no seat left
        "AW00000308",  # did not pass the gates
        "AW00000614",  # at risk
        "AW00000311",  # high potential
        "AW00000007",  # lapsed
        "AW00000032",  # never bought
        "AW00000100",  # no peer estimate: the state is undecided
    ),
}
CASES = [(book, account) for book, accounts in ACCOUNTS.items() for account in accounts]


def rendered(run: Run, account: str) -> str:
    """Return an explanation as a terminal shows it."""
    return format_("text").render(explanation(engine.explain(run, account)), width=120, color=False)


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Run:
    """Return the run of a book."""
    found: Run = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize(("run", "account"), CASES, indirect=["run"])
def test_an_explanation_reads_as_it_was_reviewed(run: Run, account: str):
    assert rendered(run, account) == (HERE / f"{account}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(("run", "account"), CASES, indirect=["run"])
def test_a_trail_fits_its_published_schema(run: Run, account: str):
    schema = json.loads((ROOT / "schemas" / "trail.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(engine.explain(run, account))


@pytest.mark.parametrize(("run", "account"), CASES, indirect=["run"])
def test_every_place_of_a_trail_leads_to_what_it_names(run: Run, account: str):
    """A rule's place is the line and column where the policy writes it."""
    trail = engine.explain(run, account)
    lines = (ROOT / trail["policy"]["files"][0]["path"]).read_text(encoding="utf-8").splitlines()
    rules = [rule for found in trail["lists"] for rule in found["rules"] if rule["where"] != "built in"]
    assert rules
    for rule in rules:
        line, column = (int(n) for n in rule["where"].split(":")[1:])
        assert re.match(r"when|otherwise|own|prospect|lapsed|[a-z_]+:", lines[line - 1][column - 1 :]), rule["where"]


@pytest.mark.parametrize(("run", "account"), CASES, indirect=["run"])
def test_every_value_of_a_trail_stands_in_the_cell_it_names(run: Run, account: str):
    import csv

    trail: dict[str, Any] = engine.explain(run, account)
    folder = (ROOT / trail["policy"]["data"][0]["path"]).parent
    with (folder / trail["values"][0]["file"]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for value in trail["values"]:
        if value["column"] is not None:
            cell = rows[value["row"] - 1][rows[0].index(value["column"])]
            assert cell.strip() == (value["raw"] or "")


@pytest.mark.parametrize("run", ["saas", "resellers"], indirect=True)
def test_every_account_can_be_explained(run: Run):
    """No account of a book is without a trail, and every trail agrees with the record."""
    ids = run.table.frame()["account_id"].to_list()
    for account in ids if len(ids) < 100 else ids[::10]:
        trail = engine.explain(run, account)
        assert trail["decision"]["tier"] == run.table.frame().filter(run.table.frame()["account_id"] == account)["tier"][0]
        assert rendered(run, account)


def test_a_flip_is_confirmed_by_deciding_the_account_with_that_value(saas: Run):
    """Each value that a trail names as turning the tier does turn it, and its neighbour outside does not."""
    from fractions import Fraction

    from kam_rules.backends.reference import take
    from kam_rules.pipeline.flip import flips
    from kam_rules.pipeline.replay import replay

    stage = saas.ready.program.stages[0]
    checked = 0
    for account in ("ACC-1005", "ACC-1019", "ACC-1025", "ACC-1041", "ACC-1060"):
        found = replay(saas, account)
        rules = stage.list("tiers").rules
        index = found.verdict(stage.list("tiers")).rule
        now = None if index is None else rules[index].id

        def tier(name: str, value: object, found: Any = found) -> object:
            facts = {f.name: found.facts.get(f.name) for f in stage.fields} | {name: value}
            take(stage, facts)
            return facts["tier"]

        for flip in flips(saas.ready.program, found.facts, now):
            unit = Fraction(1, 10**flip.field.decimals)
            for end, step in ((flip.low, -unit), (flip.high, unit)):
                if end is not None:
                    assert tier(flip.field.name, end) == flip.tier
                    outside = end + step
                    if flip.field.least is None or outside >= flip.field.least:
                        assert tier(flip.field.name, outside) != flip.tier
                    checked += 1
            assert all(tier(flip.field.name, word) == flip.tier for word in flip.words)
    assert checked >= 4
