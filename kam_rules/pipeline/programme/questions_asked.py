"""The three questions of article 001 that come before any score: can we grow, do they value us, are they willing.

A gate is known by its id: strategic_alignment, value, willingness.
"""

from __future__ import annotations

from collections.abc import Iterator

from kam_rules.model.policy import Policy
from kam_rules.pipeline.analyse.ground import Insight, insight
from kam_rules.pipeline.assemble import GATES

ASKED = {
    "strategic_alignment": "Can we grow with this customer for years?",
    "value": "Does the customer value our unique strengths?",
    "willingness": "Have they shown that they want to partner?",
}


def questions(policy: Policy) -> Iterator[Insight]:
    """Ask for each of the three."""
    gates = [rule.id for found in policy.program.lists if found.id == GATES for rule in found.rules]
    for id_, ask in ASKED.items():
        if id_ not in gates:
            message = f"no gate '{id_}' asks: {ask} Article 001 asks all three questions before any score"
            fix = f"add a gate with id: {id_}, or give this id to the gate that asks it"
            yield insight("KR724", message, policy.document.key_where("gates"), fix, subject=f"gates.{id_}")
