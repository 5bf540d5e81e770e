"""An editor that reads JSON Schema helps whoever writes a policy: errors at their field, hover, completion."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.editor import installed
from tests.editor.client import Editor

POLICY = ROOT / "policies/key-accounts/fy2027.yaml"
DATA = ROOT / "examples/saas/data.yaml"
TEXT = POLICY.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    """Return an editor with the project open."""
    packages = installed()
    if shutil.which("node") is None:
        pytest.skip("there is no Node here: no language server can run")
    with Editor(packages, ROOT) as found:
        yield found


@pytest.mark.parametrize("path", [POLICY, DATA, ROOT / "policies/resellers/fy2021.yaml"], ids=lambda path: path.name)
def test_a_good_file_has_no_mark(editor: Editor, path: Path):
    assert editor.open(path, path.read_text(encoding="utf-8")) == []


def test_the_schema_is_read_at_all(editor: Editor):
    """Else no mark would mean nothing."""
    assert editor.open(POLICY, TEXT.replace("owner: revenue-operations", "ownr: revenue-operations"))


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        pytest.param("capacity: 4", "capacitiy: 4", "capacitiy: 4", "capacitiy is not allowed", id="a key misspelled"),
        pytest.param("capacity: 4", "capacity: four", "capacity: four", 'Expected "integer"', id="a word for a number"),
        pytest.param("weight: 15%", "weight: 0.15", "weight: 0.15", 'Expected "string"', id="a fraction for a percent"),
        pytest.param("kind: qualitative", "kind: qualitatif", "kind: qualitatif", "Value is not accepted", id="a word that is none"),
        pytest.param("then: demote", "then: degrade", "then: degrade", "Value is not accepted", id="an action that is none"),
        pytest.param("    ask: Can we grow with this customer for years?\n", "", "- id: strategic_alignment", 'Missing property "ask"',
                     id="a key left out"),
        pytest.param("if_unknown: hold", "if_unknown: wait", "if_unknown: wait", "Value is not accepted", id="a choice that is none"),
    ],
)  # fmt: skip
def test_a_fault_is_marked_in_its_line(editor: Editor, old: str, new: str, line: str, said: str):
    text = TEXT.replace(old, new, 1)
    marks = editor.open(POLICY, text)
    lines = text.splitlines()
    assert any(said in mark["message"] and line in lines[mark["range"]["start"]["line"]] for mark in marks), marks


@pytest.mark.parametrize(
    ("word", "said"),
    [
        pytest.param("min_coverage", "criteria with data", id="a key of a section"),
        pytest.param("measure", "What is measured: a field, a metric or a calculation", id="a key of an item"),
        pytest.param("aspirational", "never part of a roll-up", id="a key below a name"),
        pytest.param("tie_break", "What ranks accounts of equal score", id="a list"),
    ],
)
def test_hover_tells_what_a_key_means(editor: Editor, word: str, said: str):
    editor.open(POLICY, TEXT)
    assert said in editor.hover(POLICY, TEXT, f"{word}:").replace("\\", "")


def test_keys_and_words_are_offered(editor: Editor):
    text = TEXT.replace("    - id: strategic\n", "    - id: strategic\n      \n", 1).replace("      capacity: 4\n", "", 1)
    editor.open(POLICY, text)
    keys = editor.complete(POLICY, text, "    - id: strategic\n      ")
    assert "capacity" in keys
    assert "weight" not in keys, "only what may stand here"
    text = TEXT.replace("then: demote", "then: ", 1)
    editor.open(POLICY, text)
    assert {"promote", "demote", "review"} <= set(editor.complete(POLICY, text, "then: "))
