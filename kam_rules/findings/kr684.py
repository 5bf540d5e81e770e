"""Ids of 15 and of 18 letters are mixed.

A record of Salesforce has both. The short one counts capitals, the long one does not, and one account may stand there twice.

Example:
    001A000001abcde
    001A000001abcdeIAA

Instead:
    001A000001abcdeIAA
"""

TITLE = "Ids of two lengths"
LEVEL = "warning"
