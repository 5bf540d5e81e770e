"""A text file changes its encoding on the way: some lines are UTF-8, others are not.

Letters beyond ASCII would be read wrongly in one half or the other, names and ids among them, so nothing was decided. It
happens where two exports are pasted into one file.

Example:
    the first half saved as UTF-8, the second by Excel as plain CSV

Instead:
    one export, saved as CSV UTF-8
"""

TITLE = "Two encodings in one file"
LEVEL = "error"
