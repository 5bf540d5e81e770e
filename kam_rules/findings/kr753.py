"""The waiver names no finding, or one that must be mended.

Only remarks on a policy that works can be accepted as they are. A rule that never fires, or accounts that no rule takes,
are errors: nobody can approve those.

Example:
    - {finding: KR701, reason: We know, author: ana, approved_by: sales-director, until: 2027-01-31}

Instead:
    - {finding: KR721, reason: We know, author: ana, approved_by: sales-director, until: 2027-01-31}
"""

TITLE = "A waiver of what cannot be waived"
LEVEL = "error"
