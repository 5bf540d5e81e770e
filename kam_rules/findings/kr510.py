"""The reference has no page of that name.

Pages are named as the keys stand in a policy, with a point between levels.

Example:
    kam-rules reference bands

Instead:
    kam-rules reference criteria.bands
"""

TITLE = "No such word in the reference"
LEVEL = "error"
