"""The one layout of a policy: no comment lost, no meaning changed, and the same when it is laid out again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules.model.document import Plain
from kam_rules.model.policy import Source
from kam_rules.pipeline.check import check_text
from kam_rules.pipeline.layout.conditions import tidied, unfolded
from kam_rules.pipeline.layout.fmt import layout, meaning
from kam_rules.pipeline.layout.lines import ended, indented
from kam_rules.pipeline.layout.mend import mend
from kam_rules.pipeline.layout.spots import comments, plain, spots
from kam_rules.sections import policy_schema
from tests.conftest import ROOT, Said

Kam = Callable[..., Said]
SCHEMA = policy_schema()
STARTER = (ROOT / "kam_rules/starter/policy.yaml").read_text(encoding="utf-8")
SHIPPED = [path for folder in ("policies", "kam_rules/starter", "examples") for path in sorted((ROOT / folder).rglob("*.yaml"))]

MESSY = """\
# top comment   \r
policy: key-accounts   \r



fiscal_year: FY2027
tiers:
      if_unknown: hold   # why
      rules:
      # the top one
      -   {id: strategic, when: score>=75 and base_revenue   >= 5, capacity: 2, # inner one
           # own line
           tie_break: [headroom desc,
             score desc], because: "What, named"}   # trailing
      - {id: key, when: 'tier in("a","b")', because: b}
      -   id: core
          otherwise: true
          # last
      # after the list
states:
   rules:
   - {id: r, when: health_score<50, because: b}
targets:
    zero_base: {lapsed_when: known(customer_since) and base_revenue > 0, prospect: none, lapsed: none} # zb
    because: >-
        folded   with blanks
        text   here
    base:
        {field: base_revenue,
         basis: trailing_12m}


"""
LAID_OUT = """\
# top comment
policy: key-accounts


fiscal_year: FY2027
tiers:
  if_unknown: hold   # why
  rules:
    # the top one
    - id: strategic  # trailing
      when: score >= 75 and base_revenue >= 5
      capacity: 2  # inner one
      # own line
      tie_break: [headroom desc, score desc]
      because: "What, named"
    - id: key
      when: 'tier in ("a", "b")'
      because: b
    - id: core
      otherwise: true
      # last
      # after the list
states:
  rules:
    - {id: r, when: health_score < 50, because: b}
targets:
  zero_base:
    lapsed_when: known(customer_since) and base_revenue > 0  # zb
    prospect: none
    lapsed: none
  because: >-
      folded   with blanks
      text   here
  base:
    {field: base_revenue,
     basis: trailing_12m}
"""


def test_a_messy_policy_is_laid_out():
    assert layout(MESSY, SCHEMA) == LAID_OUT


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_shipped_files_stand_in_the_layout(path: Path, kam: Kam):
    said = kam("fmt", "--check", path)
    assert (said.code, said.out) == (0, "")


@pytest.mark.parametrize(
    ("when", "unfolds"),
    [
        pytest.param("score >= 75", False, id="a comparison stays"),
        pytest.param("base_revenue < 0.7 * prior_revenue", False, id="a comparison with a product stays"),
        pytest.param("not(willing)", False, id="a negation stays"),
        pytest.param("known(wallet)", False, id="a function stays"),
        pytest.param("willing and score >= 75", True, id="two joined with and"),
        pytest.param("willing or values_strengths", True, id="two joined with or"),
        pytest.param("score in [1..3]", False, id="brackets cannot stand in braces unquoted"),
        pytest.param("score between 1 and 3", True, id="a range"),
        pytest.param("willing && score", False, id="what cannot be read is left alone"),
    ],
)
def test_a_condition_longer_than_a_comparison_stands_outside_of_braces(when: str, unfolds: bool):  # noqa: FBT001 - one of two outcomes
    quoted = f"'{when}'" if "[" in when else when
    text = f"triggers:\n  - {{id: a, when: {quoted}, then: review, because: b}}\n"
    assert ("{" not in unfolded(text, SCHEMA)) is (unfolds or "[" in when)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a>=1", "a >= 1", id="a sign has a space on both sides"),
        pytest.param("a  >=   1", "a >= 1", id="and no more than one"),
        pytest.param("-a", "-a", id="a minus in front belongs to what follows"),
        pytest.param("a - -1", "a - -1", id="also behind another"),
        pytest.param("a-1", "a - 1", id="a minus between stands apart"),
        pytest.param("( a+b )*2", "(a + b) * 2", id="brackets are tight"),
        pytest.param("round( a,2 )", "round(a, 2)", id="a comma has a space behind it"),
        pytest.param('a = "x  y>=z"', 'a = "x  y>=z"', id="a text stays as it is"),
        pytest.param("a in(1,2)", "a in (1, 2)", id="a list stands apart from in"),
        pytest.param("not (a)", "not(a)", id="not is a function"),
        pytest.param("a and(b or c)", "a and (b or c)", id="and is none"),
        pytest.param("a in [1 .. 2)", "a in [1..2)", id="a range is tight"),
        pytest.param("5 %", "5 %", id="what cannot be read stays as it is"),
        pytest.param("grün>=1", "grün >= 1", id="any script"),
    ],
)
def test_expressions_have_one_spelling(text: str, said: str):
    assert tidied(text) == said
    assert tidied(said) == said


# --- For every text ----------------------------------------------------------------------------------------------------

PLAIN = plain(spots(STARTER))
REMARKS = ("# why", "#", "# it's {odd}: [a, b] 'c", "# — ünïcode, ✓", "# !x", "# # #")


class Scribe:
    """Writes values as YAML in a careless hand: any indentation, braces or none, quotes or none, remarks in between."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - no secret

    def remark(self) -> str:
        return f"{' ' * self.random.randint(1, 9)}{self.random.choice(REMARKS)}" if self.random.random() < 0.25 else ""

    def lines(self, indent: int) -> str:
        """Return what may stand between two lines: remarks, empty lines, blanks."""
        found = ""
        while self.random.random() < 0.15:
            space = " " * self.random.choice((0, indent, indent + 3))
            found += self.random.choice(["\n", "  \n", f"{space}{self.random.choice(REMARKS)}\n"])
        return found

    def text(self, text: str, flow: bool) -> str:  # noqa: FBT001 - one of two places
        loose = re.sub(r" (>=|<=|=|<|>|\*|\+|-) ", lambda m: self.random.choice([f" {m[1]} ", f"{m[1]}", f"  {m[1]} "]), text)
        text = loose if self.random.random() < 0.3 and '"' not in text and tidied(loose) == tidied(text) else text
        way = self.random.random()
        odd = flow and re.search(r"[,\[\]{}?]", text)
        if way < 0.6 and not odd and ": " not in text and " #" not in text and not re.match(r"[\s>\[\]\"%*&!@{}'|`-]", text) and text:
            return text
        return "'" + text.replace("'", "''") + "'" if way < 0.85 else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def flow(self, value: Plain) -> str:
        gap = self.random.choice(["", "", " "])
        if isinstance(value, dict):
            return "{" + gap + ", ".join(f"{key}: {self.flow(item)}" for key, item in value.items()) + gap + "}"
        if isinstance(value, list):
            return "[" + gap + ", ".join(self.flow(item) for item in value) + gap + "]"
        return self.text(value, flow=True)

    def block(self, value: Plain, indent: int) -> str:
        if not isinstance(value, dict | list):
            return f" {self.text(value, flow=False)}{self.remark()}\n"
        if not value or (indent and self.random.random() < 0.35):
            return f" {self.flow(value)}{self.remark()}\n"
        deeper = indent + self.random.randint(1, 5)
        return f"{self.remark()}\n{self.items(value, deeper)}"

    def items(self, value: Plain, indent: int) -> str:
        if isinstance(value, dict):
            return "".join(f"{self.lines(indent)}{' ' * indent}{key}:{self.block(item, indent)}" for key, item in value.items())
        return "".join(f"{self.lines(indent)}{' ' * indent}-{self.item(item, indent)}" for item in value)

    def item(self, item: Plain, indent: int) -> str:
        if isinstance(item, dict) and self.random.random() < 0.6:
            gap = self.random.randint(1, 4)
            body = self.items_tight(item, indent + 1 + gap)
            return " " * gap + body.lstrip(" ")
        return f" {self.flow(item)}{self.remark()}\n"

    def items_tight(self, value: dict[str, Plain], indent: int) -> str:
        first, *rest = value.items()
        head = f"{' ' * indent}{first[0]}:{self.block(first[1], indent)}"
        return head + (self.items(dict(rest), indent) if rest else "")


@settings(max_examples=100)
@given(st.integers(min_value=0, max_value=10**9))
def test_whatever_the_hand_the_layout_keeps_meaning_and_comments_and_is_final(seed: int):
    text = Scribe(seed).items(PLAIN, 0)
    assert plain(spots(text), None) is not None
    new = layout(text, SCHEMA)
    assert meaning(new, SCHEMA) == meaning(text, SCHEMA)
    assert layout(new, SCHEMA) == new
    for step in (ended, indented, lambda t: unfolded(t, SCHEMA)):
        assert meaning(step(text), SCHEMA) == meaning(text, SCHEMA), "no step leans on the net below it"
    assert not any(line != line.rstrip() for line in new.splitlines())
    laid, starter = check_text(new, Source("p", "")), check_text(STARTER, Source("p", ""))
    assert [(r.id, str(r.when), r.because) for rules in laid.program.lists for r in rules.rules] == [
        (r.id, str(r.when), r.because) for rules in starter.program.lists for r in rules.rules
    ]


def test_the_random_hand_is_careless_enough():
    """What it writes is messy: else the property above says little."""
    texts = [Scribe(seed).items(PLAIN, 0) for seed in range(40)]
    assert all(layout(text, SCHEMA) != text for text in texts)
    assert sum(len(comments(text, spots(text))) for text in texts) > 400
    assert any(re.search(r"\{[^}\n]* and [^}\n]*\}", text) for text in texts)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("a: b # c\n", 1, id="behind a value"),
        pytest.param("a: b#c\n", 0, id="no space in front: part of the value"),
        pytest.param("a: 'b # c'\n", 0, id="inside quotes"),
        pytest.param("a: |\n  b # c\n", 0, id="inside a block text"),
        pytest.param("a: {b: c} # d } # e\n", 1, id="behind braces"),
        pytest.param("# a\n#b\nc: d\n", 2, id="on lines of their own"),
        pytest.param("a: {b: c, # d\n  e: f}\n", 1, id="inside braces"),
    ],
)
def test_a_comment_is_what_yaml_takes_for_one(text: str, count: int):
    assert len(comments(text, spots(text))) == count


# --- The commands --------------------------------------------------------------------------------------------------------


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + MESSY.encode())
    return path


def test_fmt_writes_the_file_and_says_so(messy: Path, kam: Kam):
    said = kam("fmt", messy)
    assert (said.code, said.out) == (0, f"wrote {messy}\n")
    assert messy.read_bytes() == LAID_OUT.encode()
    assert kam("fmt", messy).out == ""


@pytest.mark.parametrize(("option", "code"), [("--check", 1), ("--diff", 0), ("--dry-run", 0)])
def test_what_only_looks_writes_nothing(messy: Path, kam: Kam, option: str, code: int):
    before = messy.read_bytes()
    said = kam("fmt", option, messy)
    assert said.code == code
    assert messy.read_bytes() == before
    assert ("+    - id: strategic  # trailing" in said.out) is (option == "--diff")
    assert [path.name for path in messy.parent.iterdir()] == ["policy.yaml"]


def test_a_file_that_is_no_yaml_is_told_and_left(tmp_path: Path, kam: Kam):
    path = tmp_path / "policy.yaml"
    path.write_text("a: {b: c\n")
    said = kam("fmt", path)
    assert said.code == 3
    assert "KR004" in said.err
    assert path.read_text() == "a: {b: c\n"


def test_a_file_keeps_its_rights(messy: Path, kam: Kam):
    messy.chmod(0o640)
    kam("fmt", messy)
    assert messy.stat().st_mode & 0o777 == 0o640


# --- Small faults mended -------------------------------------------------------------------------------------------------

FAIL = ROOT / "tests/cases/fail"
MENDED = {
    "kr101_key_misspelled": ("capacitiy", "capacity"),
    "kr101_section_misspelled": ("trigers", "triggers"),
    "kr103_no_is_text": ("NO", "false"),
    "kr105_date_short": ("2026-7-1", "2026-07-01"),
    "kr105_decimal_comma": ("60,0%", "60.0%"),
    "kr201_double_ampersand": ("&&", "and"),
    "kr202_misspelled": ("wiling", "willing"),
    "kr311_tier_misspelled": ("keys", "key"),
}
NOT_MENDED = ("kr306_target_of_1112", "kr105_percent_as_fraction", "kr204_fraction", "kr212_target_as_fraction", "kr106_above_the_most")


@pytest.mark.parametrize("name", MENDED)
def test_a_fault_with_one_right_spelling_is_mended(name: str):
    text = (FAIL / f"{name}.yaml").read_text(encoding="utf-8")
    new, done = mend(text, Source(name, ""))
    assert [(change.old, change.new) for change in done] == [MENDED[name]]
    assert check_text(new, Source(name, "")).id
    assert comments(new, spots(new)) or not comments(text, spots(text))


@pytest.mark.parametrize("name", NOT_MENDED)
def test_a_figure_is_never_guessed(name: str):
    """112% or 1112%, 60% or 0.6%: a person says."""
    text = (FAIL / f"{name}.yaml").read_text(encoding="utf-8")
    assert mend(text, Source(name, "")) == (text, ())


@pytest.mark.parametrize("path", sorted(FAIL.glob("kr[1-3]*.yaml")), ids=lambda path: path.stem)
def test_mending_never_makes_a_policy_worse(path: Path):
    from kam_rules.pipeline.layout.mend import _faults

    text = path.read_text(encoding="utf-8")
    new, done = mend(text, Source(path.name, ""))
    before, after = _faults(text, Source(path.name, "")), _faults(new, Source(path.name, ""))
    assert len(after) <= len(before) - len(done)
    assert {(f.code, f.message) for f in after} <= {(f.code, f.message) for f in before}


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the starter policy with a misspelled key, standing beside it."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "policy.yaml"
    path.write_text(STARTER.replace("owner: revenue-operations", "ownr: revenue-operations   # who"), encoding="utf-8")
    return path


def test_check_mends_when_told_to_and_checks_what_is_left(faulty: Path, kam: Kam):
    assert kam("check", "policy.yaml").code == 3
    said = kam("check", "policy.yaml", "--fix")
    assert said.code == 0, said.err
    assert said.err.startswith("policy.yaml:6:1: KR101 mended: ownr -> owner\n")
    assert faulty.read_text() == STARTER.replace("owner: revenue-operations", "owner: revenue-operations   # who")


@pytest.mark.parametrize("option", ["--diff", "--dry-run"])
def test_check_only_looks_where_it_is_told_to(faulty: Path, kam: Kam, option: str):
    before = faulty.read_bytes()
    said = kam("check", "policy.yaml", "--fix", option)
    assert said.code == 3
    assert "KR101 would mend: ownr -> owner" in said.err
    assert ("+owner: revenue-operations   # who" in said.out) is (option == "--diff")
    assert faulty.read_bytes() == before


def test_several_policies_are_checked_one_after_the_other(faulty: Path, kam: Kam):
    """As pre-commit hands them on; a document for a program holds one."""
    (faulty.parent / "good.yaml").write_text(STARTER, encoding="utf-8")
    said = kam("check", "policy.yaml", "good.yaml")
    assert said.code == 3
    assert "KR101" in said.err
    assert "good.yaml" in said.out
    assert kam("check", "good.yaml", "good.yaml").code == 0
    assert kam("check", "good.yaml", "good.yaml", "--format", "sarif").code == 2


def test_several_faults_are_mended_at_once_and_comments_stay():
    text = STARTER.replace("owner:", "ownr:").replace("then: review", "then: reviw")
    text = text.replace("willing\n    because", "wiling   # asked\n    because")
    new, done = mend(text, Source("p", ""))
    assert {(change.old, change.new) for change in done} == {("ownr", "owner"), ("wiling", "willing"), ("reviw", "review")}
    assert new == STARTER.replace("willing\n    because", "willing   # asked\n    because")
    assert yaml.safe_load(new)["owner"] == "revenue-operations"
