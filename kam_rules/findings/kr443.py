"""Accounts that look like one customer: nearly the same name, or the same domain.

Two rows for one customer halve its revenue and may cost it its tier. Nobody but its owner can tell, so nothing is merged;
`kam-rules data check` lists every pair with the base of both, families left out.

Example:
    account_id,name,revenue
    ACC-1,Dunlin Clinics Inc.,120000
    ACC-2,"Clinics, Dunlin",95000

Instead:
    account_id,name,revenue
    ACC-1,Dunlin Clinics,215000
"""

TITLE = "Likely one customer twice"
LEVEL = "note"
