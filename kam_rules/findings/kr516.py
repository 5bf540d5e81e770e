"""`--data` is for a run that keeps no data, since its policy says so; this one holds the data that it was decided from.

Data that have changed since would say nothing of this run. To decide by other data, run again.

Example:
    kam-rules verify runs/july --data august/data.yaml

Instead:
    kam-rules verify runs/july
"""

TITLE = "A run that keeps its data"
LEVEL = "error"
