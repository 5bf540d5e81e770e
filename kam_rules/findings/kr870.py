"""What a test says of a quota does not go together.

A test that expects a `quota` or a `rung` makes a small book of its own account and those `beside` it: the policy needs a
ladder, each account a name of its own, and nobody who owns one can be called `manager`, who leads them. Without such an
expectation, accounts beside the test and a figure from above would decide nothing.

Example:
    given: {owner: ana, base_revenue: 1000000}
    beside: [{owner: manager, base_revenue: 500000}]
    expect: {tier: key, state: mature, target: 110%, quota: {ana: {total: 1100000}}}

Instead:
    beside: [{owner: ben, base_revenue: 500000}]
"""

TITLE = "A quota that a test cannot expect"
LEVEL = "error"
