"""A test cannot be added to the file of tests.

It has one of that name already, or `tests` is not its last key with one item below the other.

Example:
    tests: [{name: first, given: {base_revenue: 1}, expect: {tier: core, state: mature, target: 110%}}]

Instead:
    tests:
      - name: first
        given: {base_revenue: 1}
        expect: {tier: core, state: mature, target: 110%}
"""

TITLE = "No place for another test"
LEVEL = "error"
