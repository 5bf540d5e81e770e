"""The data that a run was decided from have changed, and the run keeps no copy of them, as its policy says.

The hash of each file and of each table stands in the manifest. Take the data of that day from where they are kept; if
nobody kept them, the run can no longer be decided again, and only its own files can be held against their hashes with
`rederive.py`.

Example:
    kam-rules explain runs/july ACC-1                 # after accounts.csv was exported anew

Instead:
    kam-rules explain runs/july ACC-1 --data archive/july/data.yaml
"""

TITLE = "The data of a run have changed"
LEVEL = "error"
