"""Scales turn a measure into a score from 0 to 100: one word a file, lowered to rules or to a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from typing import Protocol

from kam_rules.model.catalogue import words_of
from kam_rules.model.document import Doc, Scalar
from kam_rules.model.errors import Where
from kam_rules.model.program import Rule
from kam_rules.model.schema import Schema
from kam_rules.model.tree import Const, Node

Literal = Callable[[Scalar], Const | None]
Fault = Callable[[str, str, Where, str], None]


@dataclass(frozen=True, slots=True)
class Scaled:
    """What a scale says: rules that give a score each, or one figure; and the scores it can reach.

    `edges` are the lower edges of bands with their scores, the first open below; `line` its worst and best value.
    """

    lowest: Fraction
    highest: Fraction
    rules: tuple[Rule, ...] = ()
    figure: Node | None = None
    edges: tuple[tuple[Fraction | None, Fraction], ...] = ()
    line: tuple[Fraction, Fraction] | None = None


class Scale(Protocol):
    """One way to score a measure."""

    SCHEMA: Schema

    def lower(self, doc: Doc, measure: Node, literal: Literal, fault: Fault, name: str) -> Scaled | None:
        """Return what the scale says of `measure`, or None after a fault; `name` is the criterion's id."""


def scale(name: str) -> Scale:
    """Return a scale by its word."""
    return import_module(f"{__name__}.{name}")


def scales() -> tuple[str, ...]:
    """Return all words for scales."""
    return words_of(__path__)
