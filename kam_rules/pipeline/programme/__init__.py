"""Is it a programme that can work: what the five articles ask of a policy beyond that it decides.

One question a file. Nothing here is a fault of the language; each is advice with its source, and may be waived.
"""

from __future__ import annotations

from kam_rules.model.policy import Policy
from kam_rules.pipeline.analyse.ground import Insight
from kam_rules.pipeline.programme import choices, limits, mix, promises, questions_asked, reasons, spend, states

QUESTIONS = (mix, spend, questions_asked, states, limits, promises, reasons, choices)


def advise(policy: Policy) -> tuple[Insight, ...]:
    """Return what the articles would say of a policy."""
    return tuple(told for question in QUESTIONS for told in question.questions(policy))
