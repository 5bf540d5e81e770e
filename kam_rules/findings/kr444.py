"""The parent of an account has no row in the file.

The account was decided for itself. Where families are rolled up, it is not with its family, and what the family brings is
understated.

Example:
    account_id,parent_id
    ACC-2,ACC-9

Instead:
    account_id,parent_id
    ACC-2,ACC-9
    ACC-9,
"""

TITLE = "The parent is no account of the file"
LEVEL = "warning"
