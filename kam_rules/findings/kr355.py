"""A folder of policies does not say which one decides on that day.

On a day outside of all of them, or within two, or among policies of several names, choosing one would be a guess.

Example:
    kam-rules run policies/resellers data.yaml --effective-on 2030-01-01

Instead:
    kam-rules run policies/resellers data.yaml --effective-on 2021-01-01
"""

TITLE = "No one policy of the folder for that day"
LEVEL = "error"
