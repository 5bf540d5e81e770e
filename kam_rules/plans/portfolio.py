"""Portfolio: pay hangs on how a set of accounts grows, measured on the person or on the team.

Example:
    - id: growers
      kind: portfolio
      parts:
        - of: individual
          share: 100%
          measures:
            - {id: revenue_growth, weight: 70%, direction: higher, attainment: actual / target, target: results, curve: steady}
            - {id: churn, weight: 30%, direction: lower, attainment: 2 - actual / target, target: results, curve: steady}

Prefer it where accounts are divided by vertical or end market.
Avoid it on a book whose accounts are mostly at risk: it pays for growth that nobody can bring.
"""

from kam_rules.model.pay import INDIVIDUAL, TEAM

TITLE = "Portfolio"
USE_WHEN = "Accounts are divided by vertical or end market, and a book as a whole is to grow"
PROS = ("A loss in one account can be made good in another", "It rewards choosing where time is spent best")
CONS = ("A single account can be neglected without a trace in the figure", "Who inherits a difficult book starts behind")
GOALS = ("revenue growth, profit improvement, growth of share of wallet, cross-sell and up-sell, churn of products or segments",)
PARTS = (INDIVIDUAL, TEAM)
ONE_OF = True
MISFIT = "risk"
