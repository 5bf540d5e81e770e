"""From text to a syntax tree, and from a misspelling to advice. No types, no meaning."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from kam_rules.feel.fault import ExpressionFault

LONGEST = 4000
DEEPEST = 64

HABITS = (
    (r"==", "one = compares: write ="),
    (r"<>", "write != for 'is not'"),
    (r"&&?", "write and"),
    (r"\|\|?", "write or"),
    (r"!", "write not(…) around the condition"),
    (r"'", 'text stands in double quotes: "…"'),
    (r"[“”„«»]", 'text stands in straight double quotes: "…"'),
    (r"≥", "write >="),
    (r"≤", "write <="),
    (r"≠", "write !="),
    (r"[−–]", "write the minus sign of the keyboard: -"),
    (r"[×·]", "write * to multiply"),
    (r",\d{3}", "write the number without commas: 1000000"),
    (r"%", "the percent sign follows its number without a space: 5%"),
    (r"\^|\*\*", "there are no powers; write x * x"),
    (r"[$€£]", "write amounts without a currency sign"),
)
WORDS = {"NAME": "a name", "NUMBER": "a number", "PERCENT": "a percent", "STRING": 'a "text"', "$END": "the end"}


@cache
def grammar() -> str:
    """Return the grammar as the reference prints it."""
    return files("kam_rules.feel").joinpath("grammar.lark").read_text(encoding="utf-8")


@cache
def _parser() -> Lark:
    return Lark(grammar(), parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _nesting(text: str) -> int:
    depth = deepest = 0
    for sign in re.sub(r'"[^"]*"', "", text):
        depth += (sign in "([") - (sign in ")]")
        deepest = max(deepest, depth)
    return deepest


def parse(text: str) -> Tree[Token] | Token:
    """Return the syntax tree of an expression.

    Raises:
        ExpressionFault: KR201 where the text is no expression, KR213 where it is too long or too deep.
    """
    if len(text) <= LONGEST and _nesting(text) <= DEEPEST:
        try:
            tree = _parser().parse(text)
        except UnexpectedInput as error:
            raise _fault(text, error) from None
        if _depth(tree) <= DEEPEST:
            return tree
    fix = "give parts of it a name under metrics"
    message = f"this expression is too long or too deep to read (at most {LONGEST} characters, {DEEPEST} levels)"
    raise ExpressionFault("KR213", message, 0, fix)


def _depth(tree: Tree[Token] | Token) -> int:
    """Return how many levels stand below the top, counted without recursion."""
    deepest, level = 0, [tree]
    while level := [child for node in level if isinstance(node, Tree) for child in node.children if isinstance(child, Tree)]:
        deepest += 1
    return deepest


def _fault(text: str, error: UnexpectedInput) -> ExpressionFault:
    offset = error.pos_in_stream if error.pos_in_stream is not None and error.pos_in_stream >= 0 else len(text)
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        offset = len(text)
    habit = _habit(text, offset)
    if habit:
        return ExpressionFault("KR201", f"cannot read {_quoted(text[offset:])}", offset, habit)
    if offset >= len(text):
        message = "the expression ends too early" if text.strip() else "the expression is empty"
        return ExpressionFault("KR201", message, offset, f"expected {_expected(error)}")
    return ExpressionFault("KR201", f"did not expect {_quoted(text[offset:])} here", offset, f"expected {_expected(error)}")


def _habit(text: str, offset: int) -> str:
    around = (offset, max(0, offset - 1))
    for start in around:
        for pattern, advice in HABITS:
            if re.match(pattern, text[start:]):
                return advice
    word = re.match(r"not\s+(\w+)", text[max(0, offset - 4) :]) or re.search(r"\bnot\s+(\w+)", text[: offset + 20])
    return f"write not({word[1]})" if word else ""


def _quoted(rest: str) -> str:
    found = re.match(r'\s*(\w+|"[^"]*"|.)', rest)
    return f"'{found[1]}'" if found else "the end"


def _expected(error: UnexpectedInput) -> str:
    names = (error.accepts or error.expected) if isinstance(error, UnexpectedToken) else getattr(error, "allowed", None) or set()
    if "NAME" in names:
        return "a name, a number, a text or a bracket"
    if isinstance(error, UnexpectedCharacters | UnexpectedToken) and "OPERATOR" in names:
        return "a comparison (=, <, >=, in, between), and, or, + - * /, or the end"
    listed = sorted(WORDS.get(name, name.strip("_").lower()) for name in names)
    return ", ".join(listed) or "something else"
