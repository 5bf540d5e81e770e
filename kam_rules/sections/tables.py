"""What triggers watch beside the accounts: quarters, one row an account and quarter, and events, one row each.

Each table has `account_id` and `date` by itself; here stand its other columns with their types. The data file says where
they come from, and what a quarter without a row stands for. An event of a type that is not declared is a fault.

Example:
    tables:
      quarters: {margin: ratio, revenue: money}
      events: {event: {type: category, values: [dormant_2q, revenue_drop]}}

Prefer few columns: those that a trigger reads.
Avoid a column that stands in the accounts as well: inside a watch it hides the field of that name.
"""

from __future__ import annotations

from kam_rules.model.amounts import LITERAL_DECIMALS
from kam_rules.model.document import Doc, Mapping, Scalar
from kam_rules.model.schema import choice, either, listing, literal, record, table, text
from kam_rules.model.text import tidy
from kam_rules.model.types import Field, Type
from kam_rules.model.watch import EVENTS, QUARTERS
from kam_rules.sections._draft import Draft

OWN = ("account_id", "date")
COLUMN = record(
    "One column",
    {
        "type": choice("What the value is", *Type),
        "values": listing("The words a category can have", literal("One word")),
        "meaning": text("What the value means"),
    },
    ("type",),
)
COLUMNS = either("A type, or a type with what else is known", choice("What the value is", *Type), COLUMN)
SCHEMA = record(
    "What triggers watch",
    {
        QUARTERS: table("The columns of the quarters", COLUMNS, least=1),
        EVENTS: table("The columns of the events", COLUMNS, least=1),
    },
)
REQUIRED = False


def lower(doc: Doc, draft: Draft) -> None:
    """Keep the columns of each table."""
    if not isinstance(doc, Mapping):
        return
    for entry in doc.entries:
        columns = entry.value.entries if isinstance(entry.value, Mapping) else ()
        draft.tables[entry.key] = tuple(_column(column.key, column.value, draft) for column in columns)


def _column(name: str, doc: Doc, draft: Draft) -> Field:
    if name in OWN:
        draft.fault("KR307", f"'{name}' is built in", doc.where, "take it out: every table has it")
    body = doc if isinstance(doc, Mapping) else Mapping((), doc.where)
    type_ = Type(doc.text if isinstance(doc, Scalar) else body.text("type"))
    values = tuple(tidy(item.text) for item in body.scalars("values"))
    if type_ is Type.CATEGORY and not values:
        draft.fault("KR102", f"'{name}' has no 'values', which a category needs", doc.where, "add values: [first, second]")
    places = draft.minor if type_ is Type.MONEY else {Type.INTEGER: 0, Type.RATING: 0}.get(type_, LITERAL_DECIMALS)
    return Field(name, type_, places if type_.numeric else 0, values=values, meaning=body.text("meaning") or name, where=doc.where)
