"""A rep has left and still holds accounts.

The seat's last day lies before the day decided for. Its quota stands all the same, since somebody has to bring it.

Example:
    rep_id,end
    R-05,2025-12-31

Instead:
    rep_id,status,end
    R-05,vacant,
"""

TITLE = "A rep who left still holds accounts"
LEVEL = "warning"
