"""A person has a plan with a measure for which there is no result, or a result without a target.

What is missing is never 0, and never 100%: nobody is paid while it is.

Example:
    R-01,revenue,104,            target: results in the plan, and no target

Instead:
    R-01,revenue,104,100
"""

TITLE = "A result is missing"
LEVEL = "error"
