"""The one layout of a policy, its tests and its data file. No comment is lost, and no meaning changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import yaml

from kam_rules.model.document import Mapping
from kam_rules.model.schema import Schema
from kam_rules.pipeline.datafile import data_schema
from kam_rules.pipeline.layout.conditions import expressions, spaced, tidied, unfolded
from kam_rules.pipeline.layout.lines import ended, indented
from kam_rules.pipeline.layout.spots import comments, plain, spots
from kam_rules.pipeline.load import parse, read_file
from kam_rules.pipeline.trials.shapes import tests_schema
from kam_rules.sections import policy_schema

MOST_ROUNDS = 5
Meaning = tuple[object, Counter[str]]


def formatted(path: Path) -> tuple[str, str]:
    """Return a file's text, and the same in its layout.

    Raises:
        PolicyError: the file is not YAML as policies are written.
    """
    before, source = read_file(path)
    return source.text, layout(before, schema_of(parse(before, source.path)))


def schema_of(document: Mapping) -> Schema:
    """Return the schema of the kind of file that a document is."""
    return tests_schema() if "tests" in document else data_schema() if "accounts" in document else policy_schema()


def layout(text: str, schema: Schema) -> str:
    """Return a text in its layout; laying it out again changes nothing."""
    steps: tuple[Callable[[str], str], ...] = (ended, indented, lambda t: unfolded(t, schema), lambda t: spaced(t, schema), ended)
    said = meaning(text, schema)
    for _ in range(MOST_ROUNDS):
        before = text
        for step in steps:
            text = _kept(text, step, schema, said)
        if text == before:
            break
    return text


def _kept(text: str, step: Callable[[str], str], schema: Schema, said: Meaning) -> str:
    """Take a step, unless it would change a value or lose a comment: then the text stays as it is."""
    try:
        new = step(text)
        return new if new == text or meaning(new, schema) == said else text
    except yaml.YAMLError:
        return text


def meaning(text: str, schema: Schema) -> Meaning:
    """Return what a text says, with conditions in one spelling, and its comments."""
    top = spots(text)
    told = {spot.start: tidied(spot.text) for spot in expressions(top, schema)}
    return plain(top, told), Counter(text[at:end].rstrip() for at, end in comments(text, top))
