"""Going on after an escalation takes a name, a reason, and a folder that keeps the decision as evidence.

It is refused where no team is escalated: there is nothing to decide.

Example:
    kam-rules reconcile RUN --proceed new_business

Instead:
    kam-rules reconcile RUN --proceed new_business --by "Ingrid Solvang" --reason "Board of 12 March" --out decided
"""

TITLE = "A decision to go on is not complete, or not needed"
LEVEL = "error"
