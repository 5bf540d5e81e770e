"""The cell holds a word that the policy does not list for this field.

It was read as missing; in a required field the account was refused. Correct the cell, or add the word to the field's
values.

Example:
    account_id,industry
    ACC-1,Retial

Instead:
    account_id,industry
    ACC-1,Retail
"""

TITLE = "Not one of the field's values"
LEVEL = "warning"
