"""The signs & and *, and the key <<, copy one place of the file to another, and a policy writes everything out.

Who reads a rule should see all of it where it stands, and every figure should have one place. Copies can also be
nested until a small file fills the memory. Often no copy was meant at all: a text that starts with & or * only needs
quotes.

Example:
    they_bring: *new* markets and early word of needs

Instead:
    they_bring: '*new* markets and early word of needs'
"""

TITLE = "A copy of another place"
LEVEL = "error"
