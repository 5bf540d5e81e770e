"""Something is to be removed that the extended policy does not have.

Whoever wrote it believes that a rule is gone, and it may stand there under another name.

Example:
    triggers:
      - {id: colapse, remove: true}

Instead:
    triggers:
      - {id: collapse, remove: true}
"""

TITLE = "Nothing there to remove"
LEVEL = "error"
