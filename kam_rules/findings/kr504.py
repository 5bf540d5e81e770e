"""The folder is not one that kam-rules run wrote, or some of its files are missing.

Name the folder of the run itself, not a file in it and not the folder above it.

Example:
    kam-rules explain runs ACC-1

Instead:
    kam-rules explain runs/july ACC-1
"""

TITLE = "Not a complete run"
LEVEL = "error"
