"""A test expects something else than what is decided.

Either the policy is not what was meant, or the test is out of date. Triggers are exact both ways: one that is not listed
must not fire. `kam-rules decide` with the same values tells why it is decided so.

Example:
    expect: {tier: strategic, state: mature, target: 110%}      the account is eligible for key

Instead:
    expect: {tier: key, state: mature, target: 110%}
"""

TITLE = "Not as the test expects"
LEVEL = "error"
