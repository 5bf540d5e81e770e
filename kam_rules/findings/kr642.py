"""The weights of a part, the shares of a plan's parts, or those of a blend do not sum to 100%.

What is missing would be paid to nobody, and what is too much twice.

Example:
    parts: [{of: team, share: 60%, measures: …}, {of: individual, share: 30%, measures: …}]

Instead:
    parts: [{of: team, share: 60%, measures: …}, {of: individual, share: 40%, measures: …}]
"""

TITLE = "Shares do not sum to 100%"
LEVEL = "error"
