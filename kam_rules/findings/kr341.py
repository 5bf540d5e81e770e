"""The file that a policy extends is not there.

Without it most of the policy is unknown. The path is seen from the folder of the file that says it.

Example:
    extends: FY26.yaml

Instead:
    extends: fy2026.yaml
"""

TITLE = "The extended policy is not there"
LEVEL = "error"
