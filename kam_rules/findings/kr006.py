"""A text that starts with ! is an instruction to YAML, and a policy has no use for instructions.

Most often a condition was meant. In a policy, not(…) turns a condition round.

Example:
    when: !willing

Instead:
    when: not(willing)
"""

TITLE = "A ! at the start of a text"
LEVEL = "error"
