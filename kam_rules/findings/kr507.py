"""A frame in Python does not say which day its data speaks of.

Days since the last order and the like are counted from that day, and the clock of the computer is never asked.

Example:
    run(policy, frame)

Instead:
    run(policy, frame, as_of=datetime.date(2026, 6, 30))
"""

TITLE = "A frame without its day"
LEVEL = "error"
