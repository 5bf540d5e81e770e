"""The folder cannot be written to.

The disk may be full, or the folder closed to you. A run folder is written whole or not at all, so nothing half-done
is left behind.

Example:
    kam-rules run policy.yaml data.yaml --out /run

Instead:
    kam-rules run policy.yaml data.yaml --out runs/july
"""

TITLE = "The result cannot be written"
LEVEL = "error"
