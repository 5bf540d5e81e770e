"""The record of how a programme came about has a step before the one that it rests on, or a rebuild after the year.

Article 002 lets criteria come first, then the resources that are there, then the accounts: who selects first finds criteria
that fit the selection.

Example:
    sequence:
      - {step: criteria, on: 2026-06-08, who: [sales, product]}
      - {step: selection, on: 2026-03-02, who: [sales]}

Instead:
    sequence:
      - {step: criteria, on: 2026-03-02, who: [sales, product]}
      - {step: selection, on: 2026-06-08, who: [sales]}
"""

TITLE = "A day that cannot be"
LEVEL = "error"
