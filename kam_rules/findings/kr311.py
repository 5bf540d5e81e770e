"""A place names a field, a tier, a state or a function that the policy does not declare, or one of another type.

The message names what could stand here. A metric cannot stand where a field is needed, since nobody delivers it.

Example:
    limits: {key_tiers: [strategc, key]}

Instead:
    limits: {key_tiers: [strategic, key]}
"""

TITLE = "There is no such field, tier or function"
LEVEL = "error"
