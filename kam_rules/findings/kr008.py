"""The file is nested deeper than 64 levels, which no policy needs.

The deepest place of a policy has about eight levels. The file may be damaged, or may not be a policy.

Example:
    a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]…

Instead:
    a: [1]
"""

TITLE = "Nested too deep"
LEVEL = "error"
