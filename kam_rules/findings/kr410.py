"""No row of the file names its columns: what stands first is figures, not names.

Without names no column can feed a field. Nothing was decided.

Example:
    ACC-1,250000,2026-01-31
    ACC-2,90000,2026-03-15

Instead:
    account_id,revenue,last_order
    ACC-1,250000,2026-01-31
"""

TITLE = "A file without a header"
LEVEL = "error"
