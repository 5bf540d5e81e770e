"""What was named holds nothing that wants an approval.

Signed are a policy, the waivers beside it, overrides, and what a run assumed or decided beyond its policy. A run that did
neither needs no name beside those under its policy.

Example:
    kam-rules sign runs/FY2027-2026-01-31-1a2b3c4d --as cfo --key cfo.key --ledger ledger.db

Instead:
    kam-rules sign policy.yaml --as cfo --key cfo.key --ledger ledger.db
"""

TITLE = "Nothing to sign"
LEVEL = "error"
