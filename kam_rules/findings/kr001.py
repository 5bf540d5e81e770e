"""The file that you named cannot be opened.

It may be spelled otherwise, lie in another folder, be a folder itself, or be closed to you. Nothing was read.

Example:
    kam-rules check policies/key-accounts

Instead:
    kam-rules check policies/key-accounts/fy2027.yaml
"""

TITLE = "The file cannot be opened"
LEVEL = "error"
