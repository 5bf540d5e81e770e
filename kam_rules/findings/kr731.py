"""Accounts at risk are asked for more than they bring today.

Article 000 gives 80% or even lower as a target that can be met; more than 100% is an aspiration and never part of a
roll-up.

Example:
    at_risk: {target: 105%}

Instead:
    at_risk: {target: 80%, aspirational: 105%}
"""

TITLE = "A target above 100% for accounts at risk"
LEVEL = "warning"
