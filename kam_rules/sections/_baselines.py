"""`targets.baselines` and `targets.method`: the ratios to compare with, and the one that is the target where a policy says so."""

from __future__ import annotations

from dataclasses import replace

from kam_rules.model.document import Mapping, Scalar
from kam_rules.model.errors import Where
from kam_rules.model.names import did_you_mean
from kam_rules.model.program import Derive, Rule
from kam_rules.model.tree import Arith, Compare, Const, If, Known, Node, Read, Round, number
from kam_rules.model.types import Type
from kam_rules.model.year import ACCOUNT_BASED, UNIFORM
from kam_rules.sections._draft import Draft
from kam_rules.sections._rules import NO_MONEY, NOTHING, read_of


def positive(base: Read) -> Node:
    """Return the condition that there is a base at all."""
    return Compare(">", base, Const(number(0).value, Type.MONEY))


def baselines(doc: Mapping, draft: Draft) -> list[tuple[str, Node, Where]]:
    """Return the ratio of each baseline, with its name and place."""
    found = []
    for entry in doc.entries:
        ratio: Node | None = None
        if entry.key == UNIFORM and isinstance(entry.value, Scalar):
            ratio = draft.expression(entry.value, "targets", Type.RATIO)
        elif isinstance(entry.value, Mapping):
            ratio = _by_value(Scalar(entry.key, entry.where), entry.value, draft)
        if ratio is not None:
            found.append((entry.key, ratio, entry.where))
    return found


def amount(name: str, ratio: Node, where: Where, base: Read, minor: int) -> Derive:
    """Return the step that works out the amounts of a baseline."""
    product = Arith("*", base, ratio, Type.MONEY)
    node = If(positive(base), Round(product, minor, Type.MONEY), NO_MONEY, Type.MONEY)
    return Derive(f"{name}_amount", Type.MONEY, node, minor, where=where)


def chosen(scalar: Scalar | None, ratios: list[tuple[str, Node, Where]], base: Read, draft: Draft) -> tuple[Rule, ...]:
    """Return the rule that makes a baseline the target, where the policy names it as its method."""
    if scalar is None or scalar.text == ACCOUNT_BASED:
        return ()
    draft.year = replace(draft.year, method=scalar.text)
    for name, ratio, where in ratios:
        if name == scalar.text:
            because = f"The policy's method is {name}: one ratio whatever the account's state"
            gives = (ratio, NOTHING, NOTHING)
            return (Rule("method", positive(base), gives, f"method: {name}", because, (("target", name),), where, built_in=True),)
    known = [ACCOUNT_BASED, *(name for name, _, _ in ratios)]
    draft.fault("KR334", f"there is no baseline '{scalar.text}' to take as the target", scalar.where, did_you_mean(scalar.text, known))
    return ()


def _by_value(name: Scalar, doc: Mapping, draft: Draft) -> Node | None:
    found = draft.field(name, Type.CATEGORY)
    if found is None:
        return None
    amount = f"{found.name}_amount"
    if amount in draft.places:
        related = [(draft.places[amount], "defined here")]
        draft.fault("KR307", f"'{amount}' is what this baseline's amounts are called", name.where, "rename the field or metric", related)
    ratio: Node = NOTHING
    for entry in reversed(doc.entries):
        if entry.key != "otherwise" and entry.key not in found.values:
            draft.fault("KR209", f"'{found.name}' is never \"{entry.key}\"", entry.where, did_you_mean(entry.key, found.values))
            continue
        scalar = entry.value if isinstance(entry.value, Scalar) else Scalar("", entry.where)
        node = draft.expression(scalar, "targets", Type.RATIO)
        if node is None:
            return None
        given = Compare("=", read_of(found), Const(entry.key, Type.CATEGORY))
        ratio = node if entry.key == "otherwise" else If(given, node, ratio, Type.RATIO)
    known = Known(read_of(found))
    return If(known, ratio, NOTHING, Type.RATIO)
