"""The engine that you named does not exist.

All engines give the same decisions; they differ in speed only. Without a name the usual one is taken.

Example:
    kam-rules run policy.yaml data.yaml --engine columns

Instead:
    kam-rules run policy.yaml data.yaml --engine columnar
"""

TITLE = "There is no such engine"
LEVEL = "error"
