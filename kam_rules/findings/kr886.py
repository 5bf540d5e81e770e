"""An entry is dated before one that stands above it.

The order of the entries is the chain's, not the clock's, so nothing is lost. Where a day decides, such as that of an
approval, the latest that the chain knows of counts: setting a clock back makes no approval older.

Example:
    entry 8 of 2026-03-02 stands after entry 7 of 2026-03-05

Instead:
    let the machine take its time from the network
"""

TITLE = "A clock that went backwards"
LEVEL = "warning"
