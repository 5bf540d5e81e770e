"""Author and approver are the same.

Who asks for an exception is not the one to grant it. The signature of the author does not count either.

Example:
    author: ana
    approver: ana

Instead:
    author: ana
    approver: sales-director
"""

TITLE = "An override approved by its author"
LEVEL = "error"
