"""What is fixed or promised adds up to more than there is, a minimum lies above its cap, or nobody has the locked id.

No quota was written.

Example:
    {id: rep, up_to: 5%, then: rep_supplement, spread: target, at_least: 50000}

Instead:
    {id: rep, up_to: 5%, then: rep_supplement, spread: target, at_least: 0.5% of target}
"""

TITLE = "Minimums, caps or locked parts do not fit"
LEVEL = "error"
