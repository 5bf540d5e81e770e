"""The analysis could neither prove nor refute something, and says so.

Either a calculation has more cases than are told apart, or it stands outside sums and quotients of sums, and no example
was found. Nothing is wrong with the policy: it has only not been proved. The real accounts tell what a proof does not.

The work is bounded, so that no policy keeps `check` busy without end: one question tries at most 400 choices and looks at
40,000 parts of them, each try one exact linear program of bounded steps, and n rules ask at most of the order of n² questions.
Where a bound is met, the answer is this finding, never a guess.

Example:
    when: base_revenue * penetration > wallet * growth

Instead:
    when: penetration < 40% and growth >= 30%
"""

TITLE = "A question that was not settled"
LEVEL = "note"
