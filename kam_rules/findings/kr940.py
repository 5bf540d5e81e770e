"""A page for leaders was asked of a run in which no account is decided.

Every figure on it would be nothing, and a page of nothings looks like a plan. No page was written.

Example:
    kam-rules brief runs/every-row-refused

Instead:
    kam-rules check policy.yaml --data data.yaml
"""

TITLE = "Nothing decided, no page"
LEVEL = "error"
