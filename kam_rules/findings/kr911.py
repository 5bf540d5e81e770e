"""A day that an estimate is dated by lies after the day of the data.

Nobody can have estimated it then. Day and month are easily swapped on the way through a spreadsheet. The account was decided
all the same.

Example:
    account_id,wallet,wallet_as_of      # data as of 2026-01-31
    ACC-1,900000,2026-11-02

Instead:
    account_id,wallet,wallet_as_of
    ACC-1,900000,2025-11-02
"""

TITLE = "An estimate of a day to come"
LEVEL = "warning"
