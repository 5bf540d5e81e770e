"""The last day of an override lies before the day that is decided for.

It fell away: the account has what the policy computes. The line may go, or be asked for anew.

Example:
    expires: 2026-06-30, decided for 2026-07-01

Instead:
    expires: 2026-12-31, approved anew
"""

TITLE = "An override that ran out"
LEVEL = "warning"
