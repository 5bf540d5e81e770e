"""Author and approver are the same.

Who asks for an exception is not the one to grant it: neither for an override, nor for a verdict of a review, nor for a waiver.
The signature of the author does not count either.

Example:
    author: ana
    approver: ana

Instead:
    author: ana
    approver: sales-director
"""

TITLE = "Approved by its author"
LEVEL = "error"
