"""Team Performance: one share hangs on what the team reaches, the other on what the person does for it.

Example:
    - id: large_accounts
      kind: team_performance
      parts:
        - of: team
          share: 60%
          measures:
            - {id: revenue, weight: 100%, direction: higher, attainment: actual / target, target: quota, curve: steady}
        - of: individual
          share: 40%
          measures:
            - {id: objectives, weight: 100%, direction: higher, attainment: actual / target, target: results, curve: steady}

Prefer it where many people in many places work on one account.
Avoid it where nobody could say what the team is.
"""

from kam_rules.model.pay import INDIVIDUAL, TEAM

TITLE = "Team Performance"
USE_WHEN = "Large teams share an account, often over many countries, and no one person brings it in alone"
PROS = ("Everybody gains from helping whoever is nearest to the customer", "Nobody has to prove whose sale it was")
CONS = ("Who does little is carried by the others", "A person sees less of what its own work changes")
GOALS = (
    "team: total revenue of the account, growth over the year before, gross margin, customer satisfaction",
    "individual: named opportunities won, objectives of the account plan, share of wallet in the own region or vertical",
)
PARTS = (TEAM, INDIVIDUAL)
ONE_OF = False
MISFIT = ""
