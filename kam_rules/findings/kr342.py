"""A name is overridden, or named as a neighbour, that the extended policy does not have.

An override changes part of a rule that is there. A misspelt name would leave the old rule in force and add half a rule
beside it.

Example:
    tiers:
      rules:
        - {id: stratgic, capacity: 30}

Instead:
    tiers:
      rules:
        - {id: strategic, capacity: 30}
"""

TITLE = "Override of a name that is not there"
LEVEL = "error"
