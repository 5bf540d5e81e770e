r"""The file holds a character that cannot be seen and does not belong in a text.

Such characters come with text that was copied from another program, or with a file that is no text at all. The place
is named; delete the character there.

Example:
    owner: revenue\x00-operations

Instead:
    owner: revenue-operations
"""

TITLE = "A character that no policy may hold"
LEVEL = "error"
