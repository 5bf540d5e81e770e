"""Only certain words can stand here, and this is none of them.

The words are written exactly as the reference shows them, in small letters and with an underscore where there would
be a space. kam-rules reference shows them all.

Example:
    purpose: long term growth

Instead:
    purpose: long_term_growth
"""

TITLE = "Not one of the words that can stand here"
LEVEL = "error"
