"""This key is not one that can stand here.

It may be misspelled, or stand one level too far in or out. It is refused rather than passed over, since a rule that
nobody reads looks exactly like one that is in force.

Example:
    tiers:
      if_unkown: hold

Instead:
    tiers:
      if_unknown: hold
"""

TITLE = "An unknown key"
LEVEL = "error"
