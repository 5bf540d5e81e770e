"""The private key cannot be read, is of another kind, or can be read by others.

Who can read a key can sign with it. Keys are made so that their owner alone can read them.

Example:
    chmod 644 sales-director.key

Instead:
    chmod 600 sales-director.key
"""

TITLE = "A key that cannot be used"
LEVEL = "error"
