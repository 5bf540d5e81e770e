"""A blend: shares of other plans, for a book that is of more than one kind.

Example:
    - {id: half_and_half, kind: blend, blend: {growers: 50%, defenders: 50%}}

Prefer a blend of two; the larger share should say what the person is there for.
Avoid shares so small that nobody acts on them.
"""

TITLE = "Blend"
USE_WHEN = "A book is of more than one kind: some accounts are to grow, others to be kept"
PROS = ("One person can be asked for two different things in a stated proportion",)
CONS = ("The more parts, the less each of them moves anybody",)
GOALS = ("those of the plans that it is made of",)
PARTS = ()
ONE_OF = False
MISFIT = ""
