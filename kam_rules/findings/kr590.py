"""Nobody can tell what a rep's own answers are worth: the policy does not say which fields the owner supplies.

A rep who answers what decides the rep's own quota has an interest in the answer. Who supplies a field stands in its contract.

Example:
    fields:
      health_score: {type: number, min: 0, max: 100}

Instead:
    fields:
      health_score: {type: number, min: 0, max: 100, supplied_by: owner}
"""

TITLE = "No field is said to come from the owner"
LEVEL = "error"
