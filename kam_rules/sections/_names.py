"""Names that mean something already: no field, assumption or metric may be called so."""

from __future__ import annotations

from kam_rules.model.types import BUILT_IN, Type

LAYERS = ("targets", "metrics", "gates", "criteria", "tiers", "states", "triggers")
DECIDED = {
    "qualified": (Type.FLAG, "tiers", "it is what the gates decide"),
    "score": (Type.NUMBER, "tiers", "it is what the criteria add up to"),
    "coverage": (Type.RATIO, "tiers", "it is known only when all criteria are"),
    "tier": (Type.CATEGORY, "states", "it is what the tiers decide"),
    "state": (Type.CATEGORY, "triggers", "it is what the states decide"),
}
"""What is decided on the way: its type, the section from which on it can be read, and why not before."""
KEYWORDS = frozenset({"and", "or", "not", "if", "then", "else", "between", "in", "true", "false", "date"})
FIGURES = frozenset(
    {
        *(f"{name}_{kind}" for name in ("target", "floor", "aspirational") for kind in ("nrr", "amount")),
        *(f"{name}_known" for name in ("maturity", "penetration", "potential")),
        *("tier_before", "state_before", "tier_since", "reviews_below"),
        *("row", "score_low", "score_high", "needs_data", "reason_needed", "below_floor", "prospect_amount", "uniform_amount"),
    }
)
"""Names of figures that the engines work out; a field of the same name would be lost behind them."""
RESERVED = frozenset((*BUILT_IN, *DECIDED, *FIGURES, "as_of", *KEYWORDS))
