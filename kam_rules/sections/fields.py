"""The data contract: the facts about an account that the policy may read, with type, limits and meaning.

A value out of contract is missing, never a guess; in a required field it refuses the account. `account_id`,
`account_name`, `parent`, `owner` and `currency` are built in and not declared. `supplied_by: owner` says that the rep
answers it about an own account; `kam-rules report benefits RUN` tells what such an answer is worth in that rep's own quota.

Example:
    fields:
      base_revenue: {type: money, required: true, min: 0, meaning: What they paid us in the year just closed}
      industry: {type: category, values: [Financial Services, Healthcare, Retail]}
      ease: {type: rating, scale: [1, 5], supplied_by: owner}
      wallet: {type: money, min: 0, dated_by: wallet_as_of, meaning: Their yearly spend in our category}
      wallet_as_of: {type: date}

Prefer optional fields over required ones: a missing answer then stands on the work list instead of refusing the account.
Avoid fields without a meaning: whoever delivers the data has nothing else to go by.
"""

from __future__ import annotations

from fractions import Fraction

from kam_rules.feel.units import percent_meant, phrase
from kam_rules.model.amounts import LITERAL_DECIMALS, parse_number, parse_percent
from kam_rules.model.document import Doc, Entry, Mapping, Scalar, at
from kam_rules.model.schema import choice, flag, identifier, integer, listing, literal, number, record, table, text
from kam_rules.model.text import tidy
from kam_rules.model.types import OWNER, Field, Type
from kam_rules.sections._draft import Draft

FIELD = record(
    "One field",
    {
        "type": choice("What the value is", *Type),
        "required": flag("An account without a value is refused"),
        "min": literal("The smallest value in contract, inclusive"),
        "max": literal("The largest value in contract, inclusive"),
        "values": listing("The words a category can have", literal("One word")),
        "scale": listing("The lowest and the highest rating", number("An end of the scale"), 2, 2),
        "decimals": integer("Decimals that are kept; more are rounded half to even and reported", 0, LITERAL_DECIMALS),
        "meaning": text("What the value means and where it comes from, for the person who delivers it"),
        "dated_by": identifier("The date field that says how old the value is"),
        "supplied_by": choice("Who supplies the value: owner is the rep whose account it is, and whose quota it may lower", OWNER),
    },
    ("type",),
)
SCHEMA = table("The facts about an account", FIELD, least=1)
REQUIRED = True

ONLY = {"min": "numeric", "max": "numeric", "values": "category", "scale": "rating", "decimals": "numeric"}
DECIMALS = {Type.INTEGER: 0, Type.RATING: 0}


def lower(doc: Doc, draft: Draft) -> None:
    """Keep every field's contract."""
    if not isinstance(doc, Mapping):
        return
    for entry in doc.entries:
        if not draft.name(entry.key, entry.where):
            continue
        before = len(draft.findings)
        found = _field(entry, draft)
        draft.fields[entry.key] = found
        if len(draft.findings) > before:
            draft.broken.add(entry.key)
    for entry in doc.entries:
        dated_by = entry.value.scalar("dated_by") if isinstance(entry.value, Mapping) else None
        if dated_by is not None:
            draft.field(dated_by, Type.DATE)
    for name in draft.broken:
        draft.fields.pop(name, None)


def _field(entry: Entry, draft: Draft) -> Field:
    doc = entry.value if isinstance(entry.value, Mapping) else Mapping((), entry.where)
    type_ = Type(doc.text("type"))
    for key, wanted in ONLY.items():
        if key in doc and wanted != type_ and not (wanted == "numeric" and type_.numeric):
            only = {"numeric": "a field that holds numbers"}.get(wanted, f"a {wanted} field")
            draft.fault("KR309", f"a {type_} field has no '{key}'", doc.key_where(key), f"take it out; only {only} has it")
    for key, needed_by in (("values", Type.CATEGORY), ("scale", Type.RATING)):
        if type_ is needed_by and key not in doc:
            sample = {"values": "values: [first, second]", "scale": "scale: [1, 5]"}[key]
            draft.fault("KR102", f"'{entry.key}' has no '{key}', which a {type_} needs", entry.where, f"add {sample}")
    least, most = _limit(doc.scalar("min"), type_, draft), _limit(doc.scalar("max"), type_, draft)
    scale = [draft.number(item) for item in doc.scalars("scale")]
    if len(scale) == 2:  # noqa: PLR2004 - its two ends
        least, most = scale
    if least is not None and most is not None and most < least:
        where = at(doc, ("scale", 1) if len(scale) == 2 else ("max",))  # noqa: PLR2004 - its two ends
        draft.fault("KR303", "the largest value lies below the smallest", where, "swap them")
    draft.unique(((tidy(item.text), item.where) for item in doc.scalars("values")), "value", "keep one of them")
    values = tuple(tidy(item.text) for item in doc.scalars("values"))
    places = draft.minor if type_ is Type.MONEY else DECIMALS.get(type_, LITERAL_DECIMALS)
    if "decimals" in doc:
        places = int(draft.number(doc.scalar("decimals")) or 0)
    return Field(
        entry.key,
        type_,
        places if type_.numeric else 0,
        doc.text("required") == "true",
        least,
        most,
        values,
        doc.text("meaning"),
        doc.text("dated_by"),
        where=entry.where,
        supplied_by=doc.text("supplied_by"),
    )


def _limit(scalar: Scalar | None, type_: Type, draft: Draft) -> Fraction | None:
    if scalar is None or not type_.numeric:
        return None
    ratio, plain = parse_percent(scalar.text), parse_number(scalar.text)
    found = (ratio if ratio is not None or plain != 0 else plain) if type_ is Type.RATIO else plain
    if found is None:
        fix = (percent_meant(plain) if plain else "write a percent: 300%") if type_ is Type.RATIO else "write digits only: 250000"
        kind = "a percent" if type_ is Type.RATIO else phrase(type_)
        draft.fault("KR105", f"'{scalar.text}' is not {kind}", scalar.where, fix)
    return found
