"""The result cannot be written.

The disk may be full, or the folder closed to you. Files and run folders are written whole or not at all, so nothing half-done
is left behind. The disk that is full may be that of temporary files, or the place that stdout goes to.

Example:
    kam-rules run policy.yaml data.yaml --out /run

Instead:
    kam-rules run policy.yaml data.yaml --out runs/july
"""

TITLE = "The result cannot be written"
LEVEL = "error"
