"""Somebody signed another content of this policy and year: the file was changed since.

A signature is for one exact content. After a change, however small, the policy is a draft until every function has signed
it anew; the entry of the earlier signature stays in the ledger.

Example:
    a threshold is corrected after the sales director signed

Instead:
    kam-rules sign policy.yaml --as sales-director --key sales-director.key --ledger ledger.db
"""

TITLE = "A content that is not the one that was signed"
LEVEL = "warning"
