"""No account that the contract allows can meet the condition.

The limits under fields rule it out, or the parts of the condition contradict one another. The example is an account
like any other, for which it is false.

Example:
    fields:
      health_score: {type: number, min: 0, max: 100}
    triggers:
      - {id: alarm, when: health_score > 100}

Instead:
    fields:
      health_score: {type: number, min: 0, max: 100}
    triggers:
      - {id: alarm, when: health_score < 40}
"""

TITLE = "A condition that is never true"
LEVEL = "error"
