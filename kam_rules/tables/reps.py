"""Who holds accounts and quotas: people and seats, each with the manager above.

A vacant seat and a ramping rep hold quotas like others. Where no `team` is mapped, a rep is of its manager's team, and a
manager of the team it leads; teams then bear the manager's id. `prior_quota` is last year's, for a limit on its change.

Example:
    reps:
      file: reps.csv
      columns: {rep_id: rep_id, name: rep_name, manager: manager_id, team: team, status: status, start: start_date}
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.types import Field, Type

FIELDS = (
    Field("rep_id", Type.TEXT, 0, required=True, meaning="The person or seat, as accounts name their owner"),
    Field("name", Type.TEXT, 0, meaning="What people call it"),
    Field("manager", Type.TEXT, 0, meaning="The rep_id of the manager above; blank at the top"),
    Field("team", Type.TEXT, 0, meaning="The team; each has a ladder of its own where the policy says per: team"),
    Field("status", Type.CATEGORY, 0, values=("active", "vacant", "ramping"), meaning="active, vacant or ramping; blank is active"),
    Field("start", Type.DATE, 0, meaning="The first day in the seat"),
    Field("end", Type.DATE, 0, meaning="The last day in the seat"),
    Field("prior_quota", Type.MONEY, 2, least=Fraction(0), meaning="The total quota of last year, in the policy's currency"),
)
LEAST = ("rep_id",)
