"""One text is spelled in several ways that differ in case, blanks or signs alone.

Every spelling counts as a value of its own: a rule that asks for one does not hold for the other.

Example:
    At risk
    AT-RISK

Instead:
    At risk
    At risk
"""

TITLE = "One text in several spellings"
LEVEL = "warning"
