"""An owner has more key accounts than accounts_per_manager allows.

Nothing was cut: who gives up an account is for people to decide. Move accounts to another owner, or lower the
capacity of the key tiers.

Example:
    limits: {key_tiers: [key], accounts_per_manager: 8}   # ann has 11

Instead:
    limits: {key_tiers: [key], accounts_per_manager: 8}   # ann has 8, ben has 3
"""

TITLE = "Too many key accounts for one manager"
LEVEL = "warning"
