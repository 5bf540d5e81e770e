"""Who shares the credit of an account: several owners, each with a share and the days on which it holds.

On each day the shares of an account sum to 100%. On a day on which none holds, the account's own `owner` has it all. A
share marked `overlay` is shown beside the quotas and never summed.

Example:
    owners:
      file: owners.csv
      columns: {account: account_id, owner: rep_id, share: share, from: from, to: to, overlay: overlay}
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.types import Field, Type

FIELDS = (
    Field("account", Type.TEXT, 0, required=True, meaning="The account, by its account_id"),
    Field("owner", Type.TEXT, 0, required=True, meaning="Who has the share, by rep_id"),
    Field("share", Type.RATIO, 6, required=True, least=Fraction(0), most=Fraction(1), meaning="The share of the account's credit"),
    Field("from", Type.DATE, 0, meaning="The first day of the share; blank: always"),
    Field("to", Type.DATE, 0, meaning="The last day of the share; blank: until further notice"),
    Field("overlay", Type.FLAG, 0, meaning="true: shown, never summed"),
)
LEAST = ("account", "owner", "share")
