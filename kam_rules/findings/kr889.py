"""A signature is by no key that the roster knows for that name, or not by one of that day.

Whose signatures count stands in the roster that was named on this machine, and nowhere in the ledger. What was signed so
is not approved.

Example:
    an approval of 2028-01-03 by a key that the roster ends on 2027-12-31

Instead:
    have the new key put on the roster, and sign again
"""

TITLE = "A signature that does not count"
LEVEL = "error"
