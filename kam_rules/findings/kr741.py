"""Rules of a list fired for no account of the data.

Each of them can fire, but none did. Either such accounts are not in the book, or the edge stands where nobody is.

Example:
    - {id: collapse, when: base_revenue < 0.1 * prior_revenue}   # no account lost nine tenths

Instead:
    - {id: collapse, when: base_revenue < 0.7 * prior_revenue}
"""

TITLE = "Rules that no account reached"
LEVEL = "note"
