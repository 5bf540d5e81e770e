"""Amounts in other currencies: read the plan rates, and write a column of texts in the policy's currency."""

from __future__ import annotations

import re
from fractions import Fraction

import polars as pl

from kam_rules.model.amounts import shown
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.rates import PlanRates
from kam_rules.sources._contract import FURTHEST, NUMBER
from kam_rules.tables.plan_rates import DECIMALS

CODE = re.compile("[A-Z]{3}")


def plan_rates(table: pl.DataFrame | None, currency: str, shown_as: str = "plan_rates") -> PlanRates:
    """Return the plan rates that a table holds.

    Args:
        table: one row a currency, see `kam_rules.tables.plan_rates`; None where the data file has none.
        currency: the policy's.
        shown_as: the file, as messages name it.

    Raises:
        DataError: KR450 to KR452, every row at fault.
    """
    if table is None:
        return PlanRates(currency)
    found: dict[str, Fraction] = {}
    faults: list[Finding] = []
    for row in table.iter_rows(named=True):
        code, place = row["currency"], f"{shown_as} row {row['row']}"
        given = [(name, Fraction(row[name], 10**DECIMALS)) for name in ("to_policy", "from_policy") if row[name] is not None]
        if not CODE.fullmatch(code):
            faults.append(Finding("KR450", f"{place}, 'currency': '{code}' is no currency code", None, "write three capitals: EUR"))
        elif code in found:
            faults.append(Finding("KR452", f"{place}, 'currency': {code} has a rate in a row above", None, "keep the one that is locked"))
        elif len(given) != 1 or given[0][1] <= 0:
            faults.append(_unusable(code, place, given))
        else:
            name, rate = given[0]
            found[code] = rate if name == "to_policy" else 1 / rate
            if code == currency and found[code] != 1:
                faults.append(Finding("KR451", f"{place}: {code} is the policy's own currency", None, "take the row out"))
    if faults:
        raise DataError(faults)
    return PlanRates(currency, found)


def _unusable(code: str, place: str, given: list[tuple[str, Fraction]]) -> Finding:
    if given:
        name, rate = given[0]
        both = len(given) > 1
        what = "has a rate in each direction" if both else f"has the rate {shown(rate, DECIMALS)}, which is not above 0"
        fix = "keep the one that is locked" if both else "correct it"
        return Finding("KR451", f"{place}, '{name}': {code} {what}", None, fix)
    return Finding("KR451", f"{place}, 'to_policy': {code} has no rate", None, "fill it in: what one unit is in the policy's currency")


def foreign(currencies: pl.Series, rates: PlanRates) -> pl.Series:
    """Tell which rows are in a currency for which there is no rate."""
    known = [rates.currency, *rates.rates]
    return currencies.is_not_null() & ~currencies.is_in(known).fill_null(value=True)


def converted(texts: pl.Series, currencies: pl.Series, rates: PlanRates, places: int) -> pl.Series:
    """Return texts of amounts in the policy's currency, rounded once; what is no number stays as it is, for its contract."""
    away = currencies.is_in(list(rates.rates)).fill_null(value=False) & (currencies != rates.currency) & texts.is_not_null()
    rows = away.arg_true()
    if not len(rows):
        return texts
    found = [_converted(text, rates.rates[code], places) for text, code in zip(texts[rows], currencies[rows], strict=True)]
    return texts.scatter(rows, found)


def _converted(text: str, rate: Fraction, places: int) -> str:
    """Multiply a plain decimal by a rate in whole numbers: half to even, once."""
    if len(text) > FURTHEST or not re.match(NUMBER, text):
        return text
    whole, _, part = text.lstrip("+-").partition(".")
    over = int(whole + part or "0") * rate.numerator * 10**places
    under = rate.denominator * 10 ** len(part)
    down, rest = divmod(over, under)
    down += 2 * rest > under or (2 * rest == under and down % 2)
    digits = str(down).rjust(places + 1, "0")
    sign = "-" if text.startswith("-") else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def told(rates: PlanRates, currency: str | None) -> str:
    """Say at which rate amounts of a currency were converted; nothing where they were not."""
    rate = rates.rates.get(currency or "")
    return f"{currency} at the plan rate {shown(rate, DECIMALS)}" if rate is not None and rate != 1 else ""
