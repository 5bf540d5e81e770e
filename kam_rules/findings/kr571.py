"""A tier has more accounts than seats, since accounts are held in it.

Waiting time, a count of reviews or an open question keeps them. Whoever serves the tier has more to do than was
agreed.

Example:
    capacity: 2, with two accounts held and one seated

Instead:
    capacity: 3, or a shorter wait_at_least
"""

TITLE = "Held past the capacity"
LEVEL = "warning"
