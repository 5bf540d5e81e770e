"""The file is not written in UTF-8, the way of writing characters that every current editor offers.

In another encoding the same bytes mean other letters, so a name could be read wrongly without anyone seeing it. Excel
and Notepad write UTF-16 or a local encoding unless they are told otherwise. Nothing was read.

Example:
    Notepad, Save as, Encoding: Unicode

Instead:
    Notepad, Save as, Encoding: UTF-8
"""

TITLE = "The file is not UTF-8"
LEVEL = "error"
