"""A list of key accounts names one that is not in the run.

Whom it means cannot be guessed, so the lists were not compared. An account that the run refused is not in it either:
`faults.csv` of the run says which.

Example:
    list,account_id
    executives,ACC-1O01

Instead:
    list,account_id
    executives,ACC-1001
"""

TITLE = "A nominated account that is not there"
LEVEL = "error"
