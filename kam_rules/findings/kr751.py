"""A waiver does not hold any more on the day that is asked for.

The finding that it waived counts again. Mend it, or have the waiver approved anew with a later day; who approved it is
named.

Example:
    - {finding: KR721, reason: Data comes in autumn, author: ana, approved_by: sales-director, until: 2026-09-30}

Instead:
    - {finding: KR721, reason: Data comes in spring, author: ana, approved_by: sales-director, until: 2027-04-30}
"""

TITLE = "A waiver that ran out"
LEVEL = "warning"
