"""Plan rates: what one unit of each currency is worth in the policy's, locked for the fiscal year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kam_rules.model.amounts import half_even, minor_digits


@dataclass(frozen=True, slots=True)
class PlanRates:
    """The policy's currency, and the worth in it of one unit of each other currency: EUR 1.10 means 1 EUR is 1.10 USD."""

    currency: str
    rates: Mapping[str, Fraction] = field(default_factory=dict)

    def of(self, currency: str | None) -> Fraction | None:
        """Return the rate of a currency, 1 for the policy's own and for none named; None where there is no rate."""
        return Fraction(1) if currency in {None, self.currency} else self.rates.get(str(currency))

    def convert(self, amount: Fraction, currency: str | None) -> int | None:
        """Return an amount in smallest units of the policy's currency, rounded once, half to even; None without a rate.

        Examples:
            >>> rates = PlanRates("USD", {"EUR": Fraction("1.10"), "JPY": Fraction("0.0067")})
            >>> rates.convert(Fraction(1000000), "EUR"), rates.convert(Fraction(150), "JPY"), rates.convert(Fraction(1), "CHF")
            (110000000, 100, None)
        """
        rate, minor = self.of(currency), minor_digits(self.currency)
        return None if rate is None else int(half_even(amount * rate, minor) * 10**minor)
