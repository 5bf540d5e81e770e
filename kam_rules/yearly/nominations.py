"""Whom people would name: the key accounts of executives, of departments, of field sales, each a list of its own.

`list` says whose list it is, in the words of the file; an account stands once on each. They decide nothing: they are held
against the accounts that the policy makes key, and every difference is told with what may lie behind it.

Example:
    nominations:
      file: nominations.csv
      columns: {list: asked, account_id: account_id, reason: why}

Prefer asking each group before it has seen the policy's list.
Avoid one list that everybody has signed: what they disagree on is what is to be learnt.
"""

from __future__ import annotations

from kam_rules.model.schema import Schema
from kam_rules.model.types import Field, Type

FIELDS = (
    Field("list", Type.TEXT, 0, required=True, meaning="Whose list: executives, departments, field"),
    Field("account_id", Type.TEXT, 0, required=True, meaning="The account, as the run names it"),
    Field("reason", Type.TEXT, 0, meaning="Why they name it, in their words"),
)
LEAST = ("list", "account_id")
KEYS: dict[str, Schema] = {}
NEEDED = ()
COPIES = False
