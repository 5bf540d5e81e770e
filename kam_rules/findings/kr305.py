"""On some day of the policy, the floor lies above the target, or the target above the aspiration.

This is proved for each day on which an assumption changes, since a target that reads an assumption may be right in
July and wrong in January. The day is named.

Example:
    mature: {floor: 112%, target: 100% + inflation + 5%}

Instead:
    mature: {floor: 100%, target: 100% + inflation + 5%}
"""

TITLE = "A floor above its target"
LEVEL = "error"
