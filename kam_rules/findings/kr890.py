"""The signer is known, but may not approve this.

The roster says what each person may approve and up to how much. Beyond that nobody approves what they wrote themselves,
what touches an account of their own, or what lowers a quota that they carry.

Example:
    a sales director approves that the target of her own account is lowered

Instead:
    have somebody sign who has nothing to gain by it
"""

TITLE = "Somebody who may not approve this"
LEVEL = "error"
