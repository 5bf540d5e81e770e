"""Propose a data file for a policy: which column feeds which field, surely or to be confirmed, and which must not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kam_rules.model.policy import Policy
from kam_rules.model.types import BUILT_IN, Field, Type
from kam_rules.pipeline.seen import Inspected, Seen
from kam_rules.pipeline.traps import quoted
from kam_rules.sources._contract import FALSE, TRUE
from kam_rules.sources._names import plain_name, trap

SURE, CONFIRM, REFUSED, NONE = "sure", "confirm", "refused", "none"
NEAR, LONG = 0.72, 8
"""How alike two names are that may mean the same, and how many letters a word has that is enough alone."""
DASH = "-"
YEAR = re.compile(r"(?<!\d)(?:20)?(\d\d)(?!\d)")
REVENUE = ("revenue", "umsatz", "sales", "arr", "fy", "gj")
"""What columns of revenue are called, a year beside it."""
MARGIN = ("margin", "marge", "growth", "target")
PRIOR = "prior_revenue"
HOLDS = {
    Type.MONEY: ("number",),
    Type.RATIO: ("number", "percent"),
    Type.NUMBER: ("number",),
    Type.INTEGER: ("number",),
    Type.RATING: ("number",),
    Type.FLAG: ("yes or no",),
    Type.DATE: ("day",),
    Type.CATEGORY: ("words", "text", "number", "yes or no"),
    Type.TEXT: ("text", "words", "number"),
}
"""What a column may hold to feed a field of a type."""
CALLED = {
    "account_id": ("accountnumber", "acct", "acctno", "accountno", "recordid", "customerid", "kundennr", "kundennummer", "id"),
    "account_name": ("account", "name", "customer", "customername", "company", "kunde", "kundenname", "companyname"),
    "parent": ("parentaccount", "parentid", "parentaccountid", "hsparentcompanyid", "konzern"),
    "owner": ("accountowner", "ownerid", "rep", "hubspotownerid", "ownerrepid", "betreuer"),
    "currency": ("currencyisocode", "currencycode", "waehrung", "wahrung"),
    "base_revenue": ("arr", "currentrevenue", "revenue"),
    "last_order": ("lastorderdate", "letztebestellung"),
    "first_order": ("firstorderdate",),
    "gross_margin": ("margin", "db", "deckungsbeitrag"),
}
"""Other names of what every account has, and of common fields; letters and digits alone."""
BY_NAME = ("account_id",)


@dataclass(frozen=True, slots=True)
class Match:
    """What is proposed for a field: its column, how sure that is, and why."""

    field: str
    column: Seen | None
    how: str
    why: str


def propose(found: Inspected, policy: Policy) -> tuple[Match, ...]:
    """Return for every field of a policy, and for what every account has, the column that is to feed it.

    Sure is a column that is called like the field, or by a known other name, and holds what the field wants. A trap is never
    proposed: it is named as refused where nothing better is found.
    """
    fields = [Field(name, Type.TEXT, required=name in BY_NAME) for name in BUILT_IN] + list(policy.program.fields)
    matches = _years(found.columns, policy.program.base, {field.name for field in fields})
    taken = {match.column.name for match in matches.values() if match.column}
    for score in (SURE, CONFIRM):
        for field in fields:
            if field.name in matches:
                continue
            match = _match(field, [seen for seen in found.columns if seen.name not in taken], score)
            if match is not None:
                matches[field.name] = match
                taken |= {match.column.name} if match.column and match.how in {SURE, CONFIRM} else set()
    return tuple(matches.get(field.name) or Match(field.name, None, NONE, "no column is called like it") for field in fields)


def _years(columns: Sequence[Seen], base: str, fields: Collection[str]) -> dict[str, Match]:
    """Return the columns of revenue by year: the latest may be the base, the one before it the prior revenue."""
    stems: dict[str, dict[str, Seen]] = {}
    for seen in columns:
        year = YEAR.search(seen.name)
        stem = plain_name(YEAR.sub("", seen.name))
        if year and seen.kind == "number" and stem.startswith(REVENUE) and not stem.endswith(MARGIN):
            stems.setdefault(stem, {})[year[1]] = seen
    years = max(stems.values(), key=len, default={})
    order = sorted(years, reverse=True)
    names = [name for name in (base, PRIOR) if name in fields]
    whys = ("the latest year of a column of revenue", "the year before the latest")
    return {name: Match(name, years[year], CONFIRM, why) for name, year, why in zip(names, order, whys, strict=False)}


def _values(field: Field, seen: Seen) -> float:
    """Return whether a column holds nothing but values that a field declares."""
    return 0.9 if field.values and seen.words and set(seen.words) <= set(field.values) else 0.0


def _match(field: Field, columns: Sequence[Seen], score: str) -> Match | None:
    name, others = plain_name(field.name), CALLED.get(field.name, ())
    refused: Match | None = None
    best: tuple[float, Match] | None = None
    for seen in columns:
        called = plain_name(seen.name)
        alike = 1.0 if called == name or called in others else max(_alike(field.name, seen.name), _values(field, seen))
        if alike < (1.0 if score == SURE else NEAR):
            continue
        reason = trap(seen.name) if field.type is Type.MONEY else ""
        if reason:
            refused = Match(field.name, seen, REFUSED, reason)
        elif seen.kind in HOLDS[field.type] or (seen.kind == "blank" and score == CONFIRM):
            why = "called so" if alike == 1 else "the policy declares all its texts" if _values(field, seen) else "its name is near"
            strange = _strange(field, seen)
            how = CONFIRM if strange or seen.written.other or score == CONFIRM else SURE
            match = Match(field.name, seen, how, strange or why)
            best = max(best, (alike, match), key=lambda item: item[0]) if best else (alike, match)
    return best[1] if best else refused if score == CONFIRM else None


def _strange(field: Field, seen: Seen) -> str:
    """Say what of a column does not go with the values that a field declares."""
    if field.type is Type.RATIO and seen.kind == "number":
        return "its numbers have no sign: is 12 meant as 12%, or 0.12?"
    odd = [text for text in seen.words or seen.samples if field.values and text not in field.values]
    return f"it holds {odd[0]!r}, which the policy does not declare" if odd else ""


def _alike(field: str, column: str) -> float:
    """Return how alike two names are: the share of the field's words that the column has, or of their letters."""
    words, others = field.split("_"), [plain_name(word) for word in column.replace("_", " ").split()]
    shared = sum(any(len(other) > 1 and (other.startswith(word) or word.startswith(other)) for other in others) for word in words)
    if any(len(word) >= LONG and plain_name(word) in others for word in words):
        return NEAR
    return max(shared / len(words) * 0.99, SequenceMatcher(None, plain_name(field), plain_name(column)).ratio() * 0.99)


def data_file(found: Inspected, matches: Iterable[Match], policy: Policy, path: str, day: str, told: Mapping[str, str]) -> str:
    """Return the text of a data file with what is sure, what is to be confirmed, and what is refused.

    Args:
        found: the file.
        matches: see `propose`.
        policy: the policy.
        path: the file as the data file names it.
        day: the day that the data speak of; nothing where nobody has said.
        told: how the file lies, as far as somebody had to say.
    """
    lines = [
        f"# Which column of {found.shown} feeds which field of {policy.id} {policy.fiscal_year}, as far as can be told from the file.",
        "# Look at every line that says confirm. No rule stands here.",
        "accounts:",
        f"  file: {_text(path)}",
        *(f"  {key}: {_text(value)}" for key, value in told.items()),
        f"  as_of: {day or 'YYYY-MM-DD  # say the day that the data speak of'}",
        "  columns:",
    ]
    return "\n".join([*lines, *_columns(matches, policy)]) + "\n"


def _columns(matches: Iterable[Match], policy: Policy) -> Iterator[str]:
    kinds = {field.name: field for field in policy.program.fields}
    for match in matches:
        if match.column is None:
            wanted = match.field in kinds and kinds[match.field].required
            yield f"    # {match.field}: no column found{'; the policy requires one' if wanted else ''}"
        elif match.how == REFUSED:
            yield f"    # {match.field}: refused: {match.column.name}: {match.why}"
        else:
            says = f"    {match.field}: {_mapped(match.column, kinds.get(match.field))}"
            asks = [f"confirm: {match.why}"] if match.how == CONFIRM else []
            asks += [f"'{DASH}' is missing here; if it means nought, add zero: [\"{DASH}\"]"] if DASH in match.column.holders else []
            yield f"{says}  # {'; '.join(asks)}" if asks else says


def _mapped(seen: Seen, field: Field | None) -> str:
    more = []
    if seen.written.other:
        more.append(f"written: '{seen.written.written}'")
    if field is not None and field.type is Type.RATIO and seen.kind == "number":
        more.append("unit: percent")
    return f"{{column: {_text(seen.name, braces=True)}, {', '.join(more)}}}" if more else _text(seen.name)


def _text(text: str, *, braces: bool = False) -> str:
    """Return a text as YAML reads it back."""
    plain = text.replace(" ", "").replace("_", "").replace("/", "").replace(".", "").replace("-", "")
    safe = plain.isalnum() and text[0].isalpha() and text.lower() not in {*TRUE, *FALSE, "null", "on", "off"}
    return text if safe and not braces else quoted(text)
