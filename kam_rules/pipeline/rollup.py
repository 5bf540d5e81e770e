"""Roll credit up: what each team, each holder and all together have, exactly, whatever its size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kam_rules.model.ladder import Reconciliation
from kam_rules.model.quota import TOTAL, Kind, Overlay, Part, TeamOutcome
from kam_rules.pipeline.ladder import climb


def parts(mine: pl.DataFrame) -> dict[str, tuple[Part, ...]]:
    """Return each team's accounts by kind; an account shared within a team counts once there."""
    rows = mine.group_by("team", "kind").agg(
        pl.col("account_id").n_unique(),
        pl.col("base").cast(pl.Int128).sum(),
        pl.col("target_amount").cast(pl.Int128).sum(),
        pl.col("prospect_amount").cast(pl.Int128).sum(),
    )
    found: dict[str, dict[str, Part]] = {}
    for team, kind, accounts, base, target, prospect in rows.iter_rows():
        asked = prospect if kind == Kind.PROSPECT.value else target
        found.setdefault(team, {})[kind] = Part(Kind(kind), accounts, int(base), int(asked))
    return {team: tuple(kinds.get(kind.value, Part(kind)) for kind in Kind) for team, kinds in found.items()}


@dataclass(frozen=True, slots=True)
class Own:
    """What a holder's own decided book adds up to."""

    accounts: int = 0
    base: int = 0
    committed: int = 0
    aspirational: int = 0


def sums(mine: pl.DataFrame) -> dict[str, Own]:
    """Return what each holder's own decided book adds up to; holders without one are not there."""
    decided = mine.filter(pl.col("kind") == Kind.DECIDED.value)
    columns = ("base", "target_amount", "aspirational_amount")
    rows = decided.group_by("holder").agg(pl.len().alias("n"), *(pl.col(name).cast(pl.Int128).sum() for name in columns))
    return {holder: Own(n, int(base), int(target), int(more)) for holder, n, base, target, more in rows.iter_rows()}


def part(found: Iterable[Part], kind: Kind) -> Part:
    """Return the part of one kind; one that is absent is empty."""
    return next((one for one in found if one.kind is kind), Part(kind))


def total(teams: list[TeamOutcome], mine: pl.DataFrame, policy: Reconciliation, head: str) -> TeamOutcome:
    """Return all teams together: sums of theirs, an account shared between teams counted once, and what the ladder says."""
    top_down, bottom_up = sum(t.top_down for t in teams), sum(t.bottom_up for t in teams)
    denominator = top_down if policy.denominator == "top_down" else bottom_up
    rung, steps = climb(policy, top_down - bottom_up, denominator)
    return TeamOutcome(
        TOTAL,
        head,
        parts(mine.with_columns(team=pl.lit(TOTAL))).get(TOTAL, ()),
        sum(t.base for t in teams),
        bottom_up,
        top_down,
        teams[0].top_down_is,
        Fraction(top_down - bottom_up, denominator) if denominator else Fraction(0),
        denominator,
        rung,
        steps,
        sum(t.supplement for t in teams),
        sum(t.hold_back for t in teams),
        sum(t.open for t in teams),
        sum(t.cushion for t in teams),
        sum(t.rest for t in teams),
        sum(t.residual for t in teams),
    )


def overlays(credits_: pl.DataFrame) -> tuple[Overlay, ...]:
    """Return the overlay credit of each holder: shown, part of no sum."""
    rows = credits_.filter(pl.col("overlay") & (pl.col("kind") == Kind.DECIDED.value)).group_by("holder")
    added = rows.agg(pl.len(), pl.col("base").cast(pl.Int128).sum(), pl.col("target_amount").cast(pl.Int128).sum()).sort("holder")
    return tuple(Overlay(holder, n, int(base), int(target)) for holder, n, base, target in added.iter_rows())
