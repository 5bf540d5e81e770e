"""One list names the same account in two rows that differ.

An account is on a list or not; two reasons for it would count it twice. Exact copies of a row merge.

Example:
    list,account_id,reason
    field,ACC-1001,Large
    field,ACC-1001,Old friends

Instead:
    list,account_id,reason
    field,ACC-1001,Large; old friends
"""

TITLE = "An account twice on one list"
LEVEL = "error"
