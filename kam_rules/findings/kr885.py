"""An entry of the ledger does not follow from the one before it.

Each entry bears the hash of the one before, so what was changed, dropped, inserted or re-ordered shows. No command acts
on such a ledger: an approval in it may be one that nobody gave.

Example:
    the amount in entry 7 was changed with a database program

Instead:
    take the ledger from a copy, and find out who could write to it
"""

TITLE = "A chain that is broken"
LEVEL = "error"
