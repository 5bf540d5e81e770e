"""A trigger watches a table that the policy does not declare.

The columns and their types stand under tables, so that the condition can be checked before there are data.

Example:
    triggers: [{id: quiet, watch: events, when: 'event = "dormant"', within: 180 days, then: review, because: Silence}]

Instead:
    tables: {events: {event: {type: category, values: [dormant]}}}
    triggers: [{id: quiet, watch: events, when: 'event = "dormant"', within: 180 days, then: review, because: Silence}]
"""

TITLE = "A table that is not declared"
LEVEL = "error"
