"""A trigger does not say how many rows of its table must meet the condition, or says it otherwise than the language does.

A watch without a window could mean one row in ten years, or all of them. Quarters are counted with for; events have
no quarters.

Example:
    - {id: erosion, watch: quarters, when: margin < 0%, then: demote, because: Eroding profit}

Instead:
    - {id: erosion, watch: quarters, when: margin < 0%, for: 2 consecutive, then: demote, because: Eroding profit}
"""

TITLE = "A window that is none"
LEVEL = "error"
