"""The folder holds no policy.

A policy is a YAML file with the key policy, or with extends.

Example:
    kam-rules policies examples/saas

Instead:
    kam-rules policies policies/key-accounts
"""

TITLE = "No policy in this folder"
LEVEL = "error"
