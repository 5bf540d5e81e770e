"""The folder or file to be written exists already.

A run is a record, and a record is never written over. Choose another place, or remove the old one yourself.

Example:
    kam-rules run policy.yaml data.yaml --out runs/july   # a second time

Instead:
    kam-rules run policy.yaml data.yaml --out runs/july-2
"""

TITLE = "The place is taken"
LEVEL = "error"
