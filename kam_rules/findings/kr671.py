"""With the overrides more accounts are in a tier than it can serve.

Nobody else loses a seat by an override: the seats were given by the policy before. Somebody should decide who is served less.

Example:
    two accounts are overridden into key, whose sixty seats are taken

Instead:
    override two others out of it, or raise the capacity in the policy
"""

TITLE = "A tier that overrides fill beyond its capacity"
LEVEL = "warning"
