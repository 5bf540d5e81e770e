"""The file, or one text in it, is larger than any policy that a person reads.

A file has at most 1 MiB, 10,000 keys and values, and texts of 4,000 characters. The largest policy that comes with
kam-rules has 20 KiB and 1,100 keys and values. Perhaps the data was named in place of the policy.

Example:
    kam-rules check accounts.csv

Instead:
    kam-rules check policy.yaml
"""

TITLE = "The file is too large"
LEVEL = "error"
