"""The types of the policy language and the data contract of a field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kam_rules.model.errors import Where


class Type(StrEnum):
    """What a value is; the names are the words a policy writes."""

    MONEY = "money"
    RATIO = "ratio"
    NUMBER = "number"
    INTEGER = "integer"
    RATING = "rating"
    FLAG = "flag"
    CATEGORY = "category"
    DATE = "date"
    TEXT = "text"

    @property
    def numeric(self) -> bool:
        """Tell whether values of this type can be added and ordered as numbers."""
        return self in _NUMERIC


_NUMERIC = frozenset({Type.MONEY, Type.RATIO, Type.NUMBER, Type.INTEGER, Type.RATING})
BUILT_IN = ("account_id", "account_name", "parent", "owner", "currency")
"""Columns that every account has without a declaration; all are text, only the id is required."""
OWNER = "owner"
"""Who supplies a field: the rep whose account it is."""


@dataclass(frozen=True, slots=True)
class Field:
    """The contract of one field: what a value must be to count as present.

    `least` and `most` are in the field's own unit, inclusive. A value out of contract is missing; in a required
    field it refuses the row, and so does a value outside `plausible` in any field. `beside` names the table beside the
    accounts that the value is worked out from, where no column of the accounts feeds it. `supplied_by` is who answers:
    OWNER is the rep whose account it is; empty where nobody says.
    """

    name: str
    type: Type
    decimals: int = 6
    required: bool = False
    least: Fraction | None = None
    most: Fraction | None = None
    values: tuple[str, ...] = ()
    meaning: str = ""
    dated_by: str = ""
    plausible: tuple[Fraction, Fraction] | None = None
    where: Where | None = None
    beside: str = ""
    supplied_by: str = ""
