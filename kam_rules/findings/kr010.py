"""A line --- starts a second document, and one file holds one policy.

Only one of the two could be in force, and a reader would have to guess which.

Example:
    policy: key-accounts
    ---
    policy: resellers

Instead:
    policy: key-accounts
"""

TITLE = "A second document in one file"
LEVEL = "error"
