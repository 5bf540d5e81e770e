"""The run has no rep of that id.

Who reads as a rep sees nobody else, so the ids of others are not offered.

Example:
    kam-rules explain runs/july rep:R-99 --for rep:R-99

Instead:
    kam-rules explain runs/july rep:R-01 --for rep:R-01
"""

TITLE = "No such rep"
LEVEL = "error"
