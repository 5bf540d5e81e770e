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
    (r"=>", "write >="),
    (r"=<", "write <="),
    (r"&&?", "write and"),
    (r"\|\|?", "write or"),
    (r"!(?!=)", "write not(…) around the condition"),
    (r"(?!and|or|in|if|then|else|between)(?i:and|or|in|if|then|else|between)\b", "write it in small letters"),
    (r"is\s+not\b", "write != for 'is not'"),
    (r"is\b", "write = for 'is', or a comparison such as >="),
    (r"percent\b", "write the percent sign behind its number: 5%"),
    (r"\d+[kKmM]\b", "write the number in full: 100000"),
    (r"'[^']*'?", 'a text stands in double quotes: "…"'),
    (r"[“”„«»]", 'a text stands in straight double quotes: "…"'),
    (r'"[^"]*$', 'add the closing "'),
    (r"≥", "write >="),
    (r"≤", "write <="),
    (r"≠", "write !="),
    (r"[−–]", "write the minus sign of the keyboard: -"),
    (r"[×·]", "write * to multiply"),
    (r",\d{3}", "write the number without commas: 1000000"),
    (r"%", "the percent sign follows its number without a space: 5%"),
    (r"\^|\*\*", "there are no powers; write x * x"),
    (r"[$€£]", "write amounts without a currency sign"),
    (r"\.\d", "write a digit in front of the point: 0.5"),
    (r"\.(?!\.)", "write a digit behind the point, or leave the point out"),
    (r"[\u00a0\u2000-\u200d\u202f\u2060\u3000\ufeff]", "this sign looks like a space and is none: delete it and type a plain space"),
)
"""What people write out of habit, and what to write instead."""
WORDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "PERCENT": "a percent",
    "STRING": 'a "text"',
    "$END": "the end",
    "OPERATOR": "a comparison",
    "PLUS": "+",
    "MINUS": "-",
    "TIMES": "*",
    "OVER": "/",
    "COMMA": "a comma",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "[",
    "RSQB": "]",
    "__ANON_0": "..",
}


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
        start, shown, advice = habit
        return ExpressionFault("KR201", f"cannot read {shown}", start, advice)
    expected = _expected(error)
    if not text.strip():
        return ExpressionFault("KR201", "the expression is empty", 0, "write one, such as score >= 75")
    if offset >= len(text):
        return ExpressionFault("KR201", "the expression ends too early", len(text.rstrip()), f"add {expected}")
    if expected == "the end" and text[offset] in ")]":
        return ExpressionFault("KR201", f"nothing is open that this {text[offset]} could close", offset, "take it out")
    if text[offset] in "<>=!" and "a name" not in expected:
        fix = "compare twice, joined with and: 1 <= x and x <= 3"
        return ExpressionFault("KR201", f"a comparison cannot be compared again with {_quoted(text[offset:])}", offset, fix)
    if text[offset] == "," and re.search(r"\bin\s*\[[^\]]*$", text[:offset]):
        fix = "a list stands in round brackets: in (a, b)"
        return ExpressionFault("KR201", "[ ] holds the two ends of a range: [1..3]", text.rindex("[", 0, offset), fix)
    return ExpressionFault("KR201", f"did not expect {_quoted(text[offset:])} here", offset, f"expected {expected}")


def _habit(text: str, offset: int) -> tuple[int, str, str] | None:
    """Return (offset, what is shown, advice) for a habit of another language."""
    number = re.search(r"\d+$", text[:offset])
    for start in (offset, number.start() if number else offset, max(0, offset - 1)):
        for pattern, advice in HABITS:
            found = re.match(pattern, text[start:])
            if found and start + found.end() > offset:
                shown = f"U+{ord(found[0]):04X}" if len(found[0]) == 1 and not found[0].isprintable() else found[0]
                return start, shown if {"'", '"'} & set(shown) else f"'{shown}'", advice
    word = re.search(r"(?i)\bnot\s+(\w+)$", text[:offset] + (re.match(r"\w*", text[offset:]) or [""])[0])
    return (word.start(), f"'{word[0]}'", f"write not({word[1]})") if word else None


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
