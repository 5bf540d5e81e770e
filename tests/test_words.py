"""Every word of every vocabulary: its place, its page, its example, its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kam_rules.backends import backend, backends
from kam_rules.curves import form, forms
from kam_rules.formats import format_, formats
from kam_rules.model.document import Mapping
from kam_rules.model.policy import Source
from kam_rules.model.report import Lines
from kam_rules.model.watch import Window
from kam_rules.pipeline.check import check_text
from kam_rules.pipeline.datafile import data_schema
from kam_rules.pipeline.load import parse
from kam_rules.pipeline.schemas import all_schemas, written
from kam_rules.pipeline.shape import check_shape
from kam_rules.plans import kind, kinds
from kam_rules.reports.reference import reference
from kam_rules.scales import scale, scales
from kam_rules.sections import ELSEWHERE, ORDER, policy_schema, section, sections
from kam_rules.sources import readers
from kam_rules.spreads import spread, spreads
from kam_rules.tables import table, tables
from kam_rules.windows import read, way, ways
from kam_rules.yearly import word as year_word
from kam_rules.yearly import words, year_schema
from tests.conftest import ROOT

MINIMAL = (ROOT / "kam_rules" / "starter" / "policy.yaml").read_text()


def example(doc: str | None) -> str:
    """Return the YAML behind ``Example:`` in a docstring."""
    lines = (doc or "").partition("Example:\n")[2].splitlines()
    body = [line for line in lines if line.startswith("    ") or not line.strip()]
    return "\n".join(line[4:] for line in body)


def replaced(text: str, key: str, body: str) -> str:
    """Return a policy in which the section `key` is `body`."""
    document = parse(text, "p")
    lines = text.splitlines()
    starts = [entry.where.line - 1 for entry in document.entries] + [len(lines)]
    names = [entry.key for entry in document.entries]
    if key not in names:
        return f"{text}\n{body}"
    i = names.index(key)
    return "\n".join([*lines[: starts[i]], *body.splitlines(), *lines[starts[i + 1] :]])


def test_every_section_of_the_folder_has_its_place_in_the_order():
    assert sorted(ORDER) == sorted(sections())


@pytest.mark.parametrize("name", ORDER)
def test_a_sections_example_has_the_sections_shape(name: str):
    found = example(section(name).__doc__)
    assert found.strip(), f"{name} has no example"
    document = parse(found, "example")
    shape = {"type": "object", "properties": {name: policy_schema()["properties"][name]}, "additionalProperties": False}
    assert check_shape(document, shape) == []
    assert name in document


@pytest.mark.parametrize(
    "name", [n for n in ORDER if n not in {"criteria", "fields", "metrics", "assumptions", "tiers", "states", "targets"}]
)
def test_a_sections_example_runs_in_the_starter_policy(name: str, tmp_path: Path):
    """The starter stands beside it under the name of an older policy, too."""
    (tmp_path / "fy2026.yaml").write_text(MINIMAL, encoding="utf-8")
    text = replaced(MINIMAL, name, example(section(name).__doc__))
    extra = "  growth: {type: ratio, is: (base_revenue - prior_revenue) / prior_revenue}"
    views = "".join(f"  {view}: {{type: rating, scale: [1, 5]}}\n" for view in ("our_view", "their_view"))
    fields = f"{views}  calibrated_on: {{type: date}}\n  prior_revenue: {{type: money, min: 0}}"
    text = text.replace("metrics:\n", f"metrics:\n{extra}\n").replace("fields:  ", f"fields:\n{fields}\n  #", 1)
    assert check_text(text, Source("p", ""), tmp_path / "p").id


@pytest.mark.parametrize("name", ["criteria", "tiers", "states", "targets", "metrics", "fields", "assumptions"])
def test_the_example_of_a_section_that_others_lean_on_lowers_without_fault(name: str):
    text = replaced(SCAFFOLD, name, example(section(name).__doc__))
    assert check_text(text, Source("p", "")).id


SCAFFOLD = """
policy: p
fiscal_year: FY2027
effective: {from: 2026-07-01, to: 2027-06-30}
owner: o
currency: USD
definition: {is: a, they_bring: b, we_bring: c}
assumptions:
  inflation:
    2026-07-01: {value: 5%, source: s, approved_by: a}
fields:
  base_revenue: {type: money, required: true, min: 0}
  wallet: {type: money, min: 0}
  contract_end: {type: date}
  customer_since: {type: date}
  health_score: {type: number}
  tenure_years: {type: number}
metrics:
  headroom: {type: money, is: wallet - base_revenue}
  penetration: {type: ratio, is: base_revenue / wallet}
criteria:
  - id: only
    weight: 100%
    purpose: long_term_growth
    kind: quantitative
    about: us
    horizon: current
    measure: base_revenue
    if_missing: reject
    bands: [{from: lowest, score: 0}, {from: 10, score: 100}]
scoring: {min_coverage: 0%, round: 2}
tiers: {if_unknown: hold, rules: [{id: all, otherwise: true}]}
states:
  inputs: {maturity: base_revenue, penetration: base_revenue, potential: base_revenue}
  if_unknown: hold
  rules:
    - {id: at_risk, when: base_revenue < 100, because: b}
    - {id: mature, otherwise: true, because: b}
targets:
  base: {field: base_revenue, basis: trailing_12m}
  plausible: [0%, 300%]
  by_state: {at_risk: {target: 80%}, mature: {target: 110%}}
  zero_base: {lapsed_when: base_revenue > 5, prospect: none, lapsed: none}
"""


@pytest.mark.parametrize("name", scales())
def test_a_scales_example_has_its_shape_and_stands_in_a_criterion(name: str):
    found = example(scale(name).__doc__)
    document = parse(found, "example")
    assert isinstance(document, Mapping)
    assert name in document
    old = SCAFFOLD[SCAFFOLD.index("    bands:") : SCAFFOLD.index("scoring:")]
    body = "\n".join(f"    {line}" for line in found.splitlines())
    text = SCAFFOLD.replace(old, f"{body}\n").replace(
        "measure: base_revenue\n", f"measure: {'base_revenue' if name == 'bands' else 'penetration'}\n"
    )
    assert check_text(text, Source("p", "")).id


@pytest.mark.parametrize("name", spreads())
def test_a_spreads_example_stands_in_a_ladder(name: str):
    """Each word, by itself and going down to accounts."""
    found = example(spread(name).__doc__).strip()
    assert found.startswith(f"spread: {name if spread(name).SCHEMA is None else '{' + name}")
    metrics = SCAFFOLD.replace("metrics:\n", "metrics:\n  contribution: {type: money, is: wallet * 20%}\n")
    rung = f"{{id: rep, up_to: 5%, then: rep_supplement, {found}, to_accounts: {{{found}}}}}"
    ladder = LADDER.format(rung=rung)
    assert check_text(f"{metrics}\n{ladder}", Source("p", "")).program.reconciliation is not None


LADDER = """
reconciliation:
  top_down: {{per: total, nrr: 112%}}
  shortfall_as: share of top_down
  ladder:
    - {{id: cushion, below: 0%, then: surplus}}
    - {rung}
    - {{id: too_large, otherwise: true, then: escalated, new_business_plan: 1}}
  unit: 1
"""


@pytest.mark.parametrize("name", forms())
def test_a_curves_example_stands_among_the_curves(name: str):
    found = example(form(name).__doc__).strip()
    text = f"{SCAFFOLD}\n{example(section('incentives').__doc__)}".replace(STEADY, found).replace("[high_potential]", "[mature]")
    incentives = check_text(text, Source("p", "")).incentives
    assert incentives is not None
    assert {m.curve.word for plan in incentives.plans.values() for part in plan.parts for m in part.measures} == {name}


@pytest.mark.parametrize("name", kinds())
def test_a_plans_example_stands_among_the_plans(name: str):
    """Each kind, beside the plans of the section's own example."""
    body = example(section("incentives").__doc__)
    plan_ = "\n".join(f"    {line}" for line in example(kind(name).__doc__).rstrip().splitlines()).replace("id: growers", "id: g2")
    plan_ = plan_.replace("id: defenders", "id: d2")
    id_ = plan_.partition("id: ")[2].split()[0].rstrip(",")
    body = body.replace("  assign:\n", f"{plan_}\n  assign:\n").replace(
        "otherwise: true, plan: growers", f"when: accounts > 1, plan: {id_}"
    )
    body = body.replace("  fit:", "      - {id: rest, otherwise: true, plan: growers}\n  fit:").replace("[high_potential]", "[mature]")
    incentives = check_text(f"{SCAFFOLD}\n{body}", Source("p", "")).incentives
    assert incentives is not None
    assert incentives.plans[id_].kind == name


STEADY = "line: [{at: 80%, pays: 50%}, {at: 100%, pays: 100%}, {at: 120%, pays: 150%}]"


@pytest.mark.parametrize("word", ["incentives.curves.steady.line", "incentives.plans.kind.renewal"])
def test_curves_and_kinds_of_plans_have_a_page(word: str):
    assert any(block.key == "advice" for block in reference(word).blocks)


@pytest.mark.parametrize("name", tables())
def test_a_tables_example_has_the_tables_shape(name: str):
    document = parse(example(table(name).__doc__), "example")
    shape = {"type": "object", "properties": {name: data_schema()["properties"][name]}, "additionalProperties": False}
    assert check_shape(document, shape) == []
    assert name in document
    assert all(field.meaning for field in table(name).FIELDS)
    assert set(table(name).LEAST) <= {field.name for field in table(name).FIELDS}


@pytest.mark.parametrize("name", words())
def test_a_yearly_tables_example_has_its_shape(name: str):
    found = year_word(name)
    document = parse(example(found.__doc__), "example")
    assert check_shape(document, year_schema()) == []
    assert name in document
    assert all(field.meaning for field in found.FIELDS)
    assert set(found.LEAST) <= {field.name for field in found.FIELDS}
    assert set(found.NEEDED) <= set(found.KEYS)


@pytest.mark.parametrize("name", ways())
def test_a_windows_example_is_read_by_its_own_way(name: str):
    key, _, text = example(way(name).__doc__).strip().partition(": ")
    assert key == way(name).KEY
    assert re.fullmatch(way(name).PATTERN, text)
    assert read(key, text, Window()) not in {None, Window()}


@pytest.mark.parametrize("word", [*ORDER, *(f"criteria.{name}" for name in scales())])
def test_every_word_says_what_to_prefer_or_to_avoid(word: str):
    advice = next(block for block in reference(word).blocks if block.key == "advice")
    assert isinstance(advice, Lines)
    assert all(line.startswith(("Avoid ", "Prefer ")) and line.endswith(".") for line in advice.lines)


@pytest.mark.parametrize("name", formats())
def test_every_format_writes_a_report_that_ends_with_a_line_break(name: str):
    assert format_(name).render(reference("tiers"), width=100, color=False).endswith("\n")


def test_every_engine_and_reader_is_found_by_its_file():
    assert all(hasattr(backend(name), "decide") for name in backends())
    assert "reference" in backends()
    assert readers() == ("csv", "parquet", "xlsx")


def described(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Walk a schema and return every property without a description."""
    for key, part in schema.get("properties", {}).items():
        if not part.get("description") and "const" not in part:
            yield f"{path}.{key}"
        yield from described(part, f"{path}.{key}")
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield from described(schema[word], f"{path}[]")
    for option in schema.get("oneOf", ()):
        yield from described(option, path)


@pytest.mark.parametrize("name", all_schemas())
def test_every_property_of_every_schema_says_what_it_means(name: str):
    schema = all_schemas()[name]
    Draft202012Validator.check_schema(schema)
    assert list(described(schema)) == []


@pytest.mark.parametrize("name", all_schemas())
def test_the_published_schemas_are_current(name: str):
    published = ROOT / "schemas" / name
    assert published.read_text(encoding="utf-8") == written(all_schemas()[name]), "run: kam-rules schema --write schemas"


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_stands_in_another_file_is_refused_never_ignored(name: str):
    document = parse(f"{SCAFFOLD}\n{name}: {{}}\n", "p")
    codes = [finding.code for finding in check_shape(document, policy_schema())]
    assert codes == ["KR109"]


def test_the_starter_policy_and_the_shipped_ones_fit_the_published_schema():
    """An editor that reads the schema finds no fault where `check` finds none."""
    validator = Draft202012Validator(json.loads((ROOT / "schemas" / "policy.schema.json").read_text()))
    policies = [path for path in (ROOT / "policies").rglob("*.yaml") if not path.name.endswith((".tests.yaml", ".waivers.yaml"))]
    for path in [*policies, ROOT / "kam_rules" / "starter" / "policy.yaml"]:
        assert not list(validator.iter_errors(_as_an_editor_reads(path))), path


def test_a_policy_that_extends_fits_the_schema_of_such(tmp_path: Path):
    """Only what differs stands in it; an unknown key is told, as `check` tells it."""
    validator = Draft202012Validator(json.loads((ROOT / "schemas" / "extending.schema.json").read_text()))
    path = tmp_path / "policy.yaml"
    text = (
        "extends: fy2026.yaml\neffective: {from: 2026-07-01, to: 2027-06-30}\ntargets: {own: {remove: true}}\n"
        "tiers:\n  rules:\n    - {id: key, remove: true}\n    - {id: top, before: core, when: score >= 50}\n"
        "criteria:\n  - {id: growth, line: {remove: true}, bands: [{from: lowest, score: 1}, {from: 5, score: 2}]}\n"
    )
    path.write_text(text, encoding="utf-8")
    assert not list(validator.iter_errors(_as_an_editor_reads(path)))
    for wrong in (text.replace("before:", "befor:"), text.replace("extends: fy2026.yaml\n", ""), text.replace("id: key, ", "")):
        path.write_text(wrong, encoding="utf-8")
        assert list(validator.iter_errors(_as_an_editor_reads(path)))


def test_the_shipped_waivers_fit_the_published_schema():
    validator = Draft202012Validator(json.loads((ROOT / "schemas" / "waivers.schema.json").read_text()))
    waivers = [*(ROOT / "policies").rglob("*.waivers.yaml"), ROOT / "kam_rules" / "starter" / "policy.waivers.yaml"]
    assert waivers
    for path in waivers:
        assert not list(validator.iter_errors(_as_an_editor_reads(path))), path


def _as_an_editor_reads(path: Path) -> object:
    import yaml

    class Core(yaml.SafeLoader):
        """YAML 1.2's core schema, as editors read it: no dates, no yes and no."""

    Core.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in found if not tag.endswith(("timestamp", "bool"))]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Core)  # noqa: S506 - a safe loader by descent
