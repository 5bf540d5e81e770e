"""A quote, a bracket, a colon or the indentation is not as YAML asks, so the file cannot be read on from here.

YAML reads by indentation: keys that belong together stand in the same column, and what belongs to a key stands
further in. The place that is named is where reading stopped; the cause is often in the line above it.

Example:
    definition:
      is: A customer who wants to grow with us
       they_bring: Long-term growth

Instead:
    definition:
      is: A customer who wants to grow with us
      they_bring: Long-term growth
"""

TITLE = "The file is not YAML"
LEVEL = "error"
