"""No finding of that code, or about that, is there to be waived.

Either it was mended, and the waiver can go, or the code or the words behind about: are not those of the finding. A waiver
that is left behind would hide the next one in silence.

Example:
    - {finding: KR721, about: criteria.about_kinds, reason: …, author: ana, approved_by: sales-director, until: 2027-01-31}

Instead:
    - {finding: KR721, about: criteria.about_kind, reason: …, author: ana, approved_by: sales-director, until: 2027-01-31}
"""

TITLE = "A waiver that waives nothing"
LEVEL = "note"
