"""Two engines, or an engine and the record of the run, decide an account differently.

The engines are built apart so that a fault in one is seen by the other. Until it is found, nothing of the run can be
relied on, so it ends with a code of its own. Please report it with the policy.

Example:
    ACC-1: 'tiers.rule' is rule 'key' by columnar, rule 'core' by durable

Instead:
    ACC-1: both engines say rule 'key'
"""

TITLE = "Two answers for one account"
LEVEL = "error"
