"""Something that every policy must say is not there.

Nothing is filled in by default where the answer changes what happens to an account. The message says what the key is
for.

Example:
    triggers:
      - {id: quiet, when: wallet_age > 365, because: The estimate is old}

Instead:
    triggers:
      - {id: quiet, when: wallet_age > 365, then: review, because: The estimate is old}
"""

TITLE = "A key is missing"
LEVEL = "error"
