"""How a tree's operations are written in a spreadsheet's language; a missing value is an empty text.

A spreadsheet reckons in binary doubles, so two numbers are compared after rounding to `CLOSE` decimals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MISSING = '""'
CLOSE = 9
Tree = dict[str, Any]
EQUAL = ("=", "!=")


def _sign(sign: str) -> Callable[..., str]:
    return lambda a, b: f"({a}{sign}{b})"


STRICT: dict[str, Callable[..., str]] = {
    **{sign: _sign(sign) for sign in "+-*"},
    **{sign: (lambda a, b, s=sign: f"(ROUND({a},{CLOSE}){s}ROUND({b},{CLOSE}))") for sign in ("<", "<=", ">", ">=")},
    "not": lambda a: f"NOT({a})",
    "min": lambda *items: f"MIN({','.join(items)})",
    "max": lambda *items: f"MAX({','.join(items)})",
    "days": lambda start, end: f"({end}-{start})",
    "months": lambda a, b: f"IF({b}<{a},-{_months(b, a)},{_months(a, b)})",
}
"""Operations that are missing exactly where an operand is."""


def _months(start: str, end: str) -> str:
    return f"((YEAR({end})-YEAR({start}))*12+MONTH({end})-MONTH({start})-IF(DAY({end})<DAY({start}),1,0))"


def parts(node: Tree) -> tuple[str, Any]:
    """Return the operation of a tree and its operands."""
    ((op, of),) = ((key, node[key]) for key in node if key != "places")
    return op, of


def reads(node: Tree) -> list[str]:
    """Return the names that a tree reads, each once, in its order."""
    op, of = parts(node)
    if op == "read":
        return [of]
    return list(dict.fromkeys(name for item in of for name in reads(item))) if isinstance(of, list) else []


def said(node: Tree) -> str:
    """Return a tree in short words, for the label of a line."""
    op, of = parts(node)
    if op == "missing" or not isinstance(of, list):
        return "missing" if op == "missing" else str(of).lower() if op == "flag" else str(of)
    told = [said(item) for item in of]
    return f"({told[0]} {op} {told[1]})" if op in (*"+-*/", *EQUAL, "<", "<=", ">", ">=") else f"{op}({', '.join(told)})"


def guard(needs: tuple[str, ...], text: str) -> str:
    """Return a formula that is missing where one of its needs is."""
    if needs in ((), (text,)):
        return text
    asked = ",".join(f"{need}={MISSING}" for need in needs)
    return f"IF({f'OR({asked})' if len(needs) > 1 else asked},{MISSING},{text})"


def half_even(cell: str, places: int) -> str:
    """Return a formula that rounds half to even; what a double holds within a millionth of a half counts as a half."""
    scaled = f"{cell}*1E{places}"
    tie = f"ABS({scaled}-INT({scaled})-0.5)<0.000001"
    return f"IF({tie},2*ROUND({scaled}/2,0),ROUND({scaled},0))/1E{places}"


def equal(op: str, kind: str, left: str, right: str) -> str:
    """Return a comparison of two values of a kind; texts are told apart by their letters' case, too."""
    if kind == "text":
        found = f"EXACT({left},{right})"
    elif kind == "flag":
        found = f"({left}={right})"
    else:
        found = f"(ROUND({left},{CLOSE})=ROUND({right},{CLOSE}))"
    return found if op == "=" else f"NOT({found})"


def once(*needs: tuple[str, ...]) -> tuple[str, ...]:
    """Return everything that is needed, each once."""
    return tuple(dict.fromkeys(need for some in needs for need in some))
