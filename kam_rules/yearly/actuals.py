"""What became of the year's accounts: where each stands at its end, or what it added and lost.

Either `actual`, what an account brought in the year, or its movements: `expansion`, `contraction`, `churn`; `escalators` and
`reactivation` are parts of the expansion. A column that is mapped is filled in every row: a blank is never 0. `basis` is
what the figures count, and is that of the policy's base: recurring revenue is never held against invoices. An account of
the run without a row is a fault, or lost, as `absent_rows` says. A row without an account of the run, or of one that had no
base, is new business: it is told, and no part of retention.

Example:
    actuals:
      file: actuals.csv
      basis: opening_arr
      absent_rows: fault
      columns: {account_id: account_id, expansion: expansion, contraction: contraction, churn: churn}
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.model.schema import choice
from kam_rules.model.types import Field, Type

DECIMALS = 4
MOVEMENTS = ("expansion", "contraction", "churn")
AMOUNTS = ("actual", *MOVEMENTS, "escalators", "reactivation")
MEANINGS = {
    "actual": "What the account brought in the year",
    "expansion": "What it added",
    "contraction": "What it reduced without leaving",
    "churn": "What it took away by leaving",
    "escalators": "Of the expansion: rises that the contract fixed",
    "reactivation": "Of the expansion: business that had left and came back",
}
FIELDS = (
    Field("account_id", Type.TEXT, 0, required=True, meaning="The account, as the run names it"),
    Field("currency", Type.TEXT, 0, meaning="The currency of the row; blank: the policy's. Converted at the run's plan rates"),
    *(Field(name, Type.NUMBER, DECIMALS, least=Fraction(0), meaning=meaning) for name, meaning in MEANINGS.items()),
)
LEAST = ("account_id",)
KEYS = {
    "basis": choice("What the figures count; never mixed", "opening_arr", "trailing_12m", "contracted", "trailing_usage"),
    "absent_rows": choice("An account of the run that has no row", "fault", "zero"),
}
NEEDED = ("basis", "absent_rows")
COPIES = False
