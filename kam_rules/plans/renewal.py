"""Renewal: pay hangs on what is kept, where little can be won.

"Churn that exceeds the average" can be read both ways, so each measure declares its direction.

Example:
    - id: defenders
      kind: renewal
      parts:
        - of: individual
          share: 100%
          measures:
            - {id: grr, weight: 60%, direction: higher, attainment: actual / target, target: results, curve: steady}
            - {id: price_hold, weight: 40%, direction: higher, attainment: actual / target, target: results, curve: steady}

Prefer it where the customer buys all it can from us, or where a product is on its way out.
Avoid it on a book with potential: it pays for standing still.
"""

from kam_rules.model.pay import INDIVIDUAL, TEAM

TITLE = "Renewal"
USE_WHEN = "Accounts are saturated, which is rare, or buy what is on its way out: there is more to keep than to win"
PROS = ("It makes keeping what there is worth as much as winning", "Targets can be reached in a market that shrinks")
CONS = (
    "It pays nothing for growth, so none is looked for",
    "A renewal bought with the price looks like a success unless price is measured",
)
GOALS = ("contract renewals, repeat orders, churn better than average, price or margin held or raised, customer satisfaction",)
PARTS = (INDIVIDUAL, TEAM)
ONE_OF = True
MISFIT = "growth"
