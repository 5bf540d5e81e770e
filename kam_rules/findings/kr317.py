"""--set names an assumption that the policy does not have, or gives it a value of another kind.

--set tries another figure in one run, and the run says so. It changes assumptions only, never a rule.

Example:
    kam-rules run policy.yaml data.yaml --set inflaton=3

Instead:
    kam-rules run policy.yaml data.yaml --set inflation=3%
"""

TITLE = "An assumption that cannot be set"
LEVEL = "error"
