"""The name exists, and is not known yet where it is read.

A policy is decided in order: metrics, gates, criteria, tiers, states, targets, triggers. Each may read what was
decided before it. A target is the same for every account of its kind, so it reads assumptions alone.

Example:
    gates:
      - {id: size, ask: Is it large, when: tier = "key", because: Size}

Instead:
    triggers:
      - {id: size, when: tier = "key" and growth < 0, then: review, because: Size}
"""

TITLE = "Not known at this stage"
LEVEL = "error"
