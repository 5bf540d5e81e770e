"""A person of the run has a plan, and the file does not say what its variable pay is at 100%.

Who has none has a target incentive of 0; a row that is missing is no 0.

Example:
    person,target_incentive
    R-01,40000                       R-02 holds accounts and has a plan, too

Instead:
    R-01,40000
    R-02,0
"""

TITLE = "A person without a target incentive"
LEVEL = "error"
