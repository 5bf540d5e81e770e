"""The field, tier or state never has this value, so the comparison could never be true.

The values that can occur are those that the policy declares. Most often one of them is misspelled.

Example:
    when: industry = "Retial"

Instead:
    when: industry = "Retail"
"""

TITLE = "A value that never occurs"
LEVEL = "error"
