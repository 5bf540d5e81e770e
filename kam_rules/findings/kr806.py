"""`kam-rules reconcile --set` climbs the ladder again with the decisions as they are.

This assumption is read by a rule or a target, so that the accounts would have to be decided again.

Example:
    kam-rules reconcile RUN --set inflation=3%

Instead:
    kam-rules run POLICY DATA --set inflation=3%
"""

TITLE = "An assumption changes decisions"
LEVEL = "error"
