"""Choices that could go two ways and that the policy leaves open, after the table of formulas and their edge cases.

What the language itself asks for (bands without gaps, if_missing, if_unknown, basis, zero bases, rounding) cannot be
left out and is not asked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from kam_rules.model.policy import Policy
from kam_rules.model.program import Criterion
from kam_rules.model.tree import Arith, Compare, Const, Extreme, Node, reads, walk
from kam_rules.model.types import Type
from kam_rules.pipeline.analyse.ground import Insight, insight
from kam_rules.pipeline.assemble import nodes
from kam_rules.pipeline.programme.spend import written_out

WHOLE = Fraction(1)
YEARS = (364, 365, 366, 371)
"""Days of a fiscal year: a calendar year, or 52 or 53 weeks."""


def questions(policy: Policy) -> Iterator[Insight]:
    """Ask for ties, for shares above the whole, and for the year."""
    yield from _ties(policy)
    yield from _share(policy)
    yield from _year(policy)


def _ties(policy: Policy) -> Iterator[Insight]:
    rules = {rule.id: rule for rule in policy.program.ranking.list("tiers").rules}
    for seats in policy.program.seating.tiers:
        if seats.capacity is not None and not seats.tie_break:
            message = f"accounts of equal score compete for the last seat of '{seats.tier}', and only the account id decides"
            fix = "write tie_break: [headroom desc], or waive this if chance may decide"
            yield insight("KR730", message, rules[seats.tier].where, fix, subject=f"tiers.{seats.tier}.tie_break")


def _share(policy: Policy) -> Iterator[Insight]:
    """A share of wallet above 100% is a wrong estimate: flagged, clipped or scored, as the policy says."""
    program = policy.program
    node = dict(program.state_inputs).get("penetration")
    if node is None or not _quotient(written_out(program, node)) or _speaks(policy, node):
        return
    where = policy.document.map("states").map("inputs").key_where("penetration")
    message = "penetration exceeds 100% wherever the wallet is estimated too low, and no rule, band or line says what that means"
    fix = "clip it with min(…, 100%), give it a band from: 100%, or add a trigger that asks for a new estimate"
    yield insight("KR730", message, where, fix, subject="states.inputs.penetration")


def _quotient(node: Node) -> bool:
    return isinstance(node, Arith) and node.op == "/"


def _speaks(policy: Policy, node: Node) -> bool:
    """Tell whether something compares the share, or clips it, at 100% or above."""
    program = policy.program
    names = set(reads(node)) | {getattr(node, "name", "")}
    for stage in program.stages:
        for tree in (tree for step in stage.steps for tree in nodes(step)):
            for part in walk(tree):
                if isinstance(part, Compare | Extreme) and names & set(reads(part)) and _above(part):
                    return True
    return any(_ends(c) for c in program.criteria if names & set(reads(written_out(program, c.measure))) | (names & {c.text}))


def _above(part: Node) -> bool:
    return any(isinstance(n, Const) and isinstance(n.value, Fraction) and n.type is Type.RATIO and n.value >= WHOLE for n in walk(part))


def _ends(criterion: Criterion) -> bool:
    edges = [edge for edge, _ in criterion.edges if edge is not None] + list(criterion.line or ())
    return any(edge >= WHOLE for edge in edges)


def _year(policy: Policy) -> Iterator[Insight]:
    days = (policy.end - policy.start).days + 1
    where = policy.document.key_where("effective")
    if days not in YEARS:
        message = f"the policy is in force for {days} days; a fiscal year has 365 or 366, or 52 or 53 weeks"
        yield insight("KR730", message, where, "check effective:, or waive this with the reason for a short year", subject="effective")
    named = re.search(r"\d{4}|\d{2}", policy.fiscal_year)
    years = {policy.start.year, policy.end.year}
    if named and not any(str(year).endswith(named[0]) for year in years):
        message = f"'{policy.fiscal_year}' names neither the year in which the policy begins nor the one in which it ends"
        fix = f"write FY{policy.end.year}, or correct effective:"
        yield insight("KR730", message, policy.document.key_where("fiscal_year"), fix, subject="fiscal_year")
