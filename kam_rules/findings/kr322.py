"""What the rung does needs a figure that is not there, or a figure stands there that it has no use for.

A cap needs to say who takes what it leaves over; the two sides of a split sum to 100%; a rung that adds nothing spreads
nothing.

Example:
    - {id: rep, up_to: 5%, then: rep_supplement, spread: headroom, cap: 4.5% of target}

Instead:
    - {id: rep, up_to: 5%, then: rep_supplement, spread: headroom, cap: 4.5% of target, rest: manager}
"""

TITLE = "A rung says too much or too little"
LEVEL = "error"
