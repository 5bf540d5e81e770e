"""The history of an account says two things that cannot both be so.

One review stands twice with different contents, a tier is held since a day after the review that names it, or since a
day on which an earlier review names another. Waiting times and counts rest on it, so nothing was decided.

Example:
    account_id,review,tier,since
    ACC-1,2026-02-01,key,2026-02-01
    ACC-1,2026-05-01,core,2026-01-15

Instead:
    account_id,review,tier,since
    ACC-1,2026-02-01,key,2026-02-01
    ACC-1,2026-05-01,core,2026-05-01
"""

TITLE = "A history that contradicts itself"
LEVEL = "error"
