"""A pay curve falls, goes below 0%, or does not say what 100% pays.

More attainment never pays less: who reaches more would be punished for it. 100% is what everybody is asked for, so a curve
says what that pays.

Example:
    steady: {line: [{at: 80%, pays: 50%}, {at: 100%, pays: 100%}, {at: 120%, pays: 90%}]}

Instead:
    steady: {line: [{at: 80%, pays: 50%}, {at: 100%, pays: 100%}, {at: 120%, pays: 150%}]}
"""

TITLE = "A curve does not say what it should"
LEVEL = "error"
