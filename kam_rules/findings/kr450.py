"""A plan rate is given for something that is no currency code.

Accounts name their currency by its ISO 4217 code, three capital letters; a rate under another name would never be
found. Nothing was decided.

Example:
    currency,usd_per_unit
    Euro,1.10

Instead:
    currency,usd_per_unit
    EUR,1.10
"""

TITLE = "Not a currency code"
LEVEL = "error"
