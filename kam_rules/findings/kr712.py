"""The analysis could neither prove nor refute something, and says so.

Either a calculation has more cases than are told apart, or it stands outside sums and quotients of sums, and no example
was found. Nothing is wrong with the policy: it has only not been proved. The real accounts tell what a proof does not.

Example:
    when: base_revenue * penetration > wallet * growth

Instead:
    when: penetration < 40% and growth >= 30%
"""

TITLE = "A question that was not settled"
LEVEL = "note"
