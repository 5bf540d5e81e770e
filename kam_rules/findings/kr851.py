"""There is no test to run.

A policy without tests has not passed any. Tests stand beside the policy, in a file with its name and .tests.yaml.

Example:
    kam-rules test policy.yaml        with no policy.tests.yaml beside it

Instead:
    kam-rules test generate policy.yaml
    kam-rules test policy.yaml
"""

TITLE = "No test found"
LEVEL = "error"
