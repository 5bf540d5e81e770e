"""The ladder: which rung holds a gap, and how what the reps carry is spread over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import polars as pl

from kam_rules.model.amounts import shown
from kam_rules.model.apportion import ApportionError, Claim, apportion
from kam_rules.model.errors import Finding
from kam_rules.model.ladder import Reconciliation, Rung, Spread
from kam_rules.model.quota import Holder, Kind, Share, Step
from kam_rules.pipeline.credit import MEASURE

HEADROOM = f"{MEASURE}headroom"
UNITS = {"holder": pl.String, "units": pl.Int64}


def climb(policy: Reconciliation, gap: int, denominator: int) -> tuple[Rung, tuple[Step, ...]]:
    """Return the first rung that holds the gap, and every rung with its edge in smallest units and the distance to it.

    Amounts are compared, never ratios: the gap against each edge's share of the denominator, exactly.
    """
    chosen: Rung | None = None
    steps = []
    for rung in policy.ladder:
        edge = None if rung.edge is None else rung.edge * denominator
        holds = edge is None or gap < edge or (rung.inclusive and gap == edge)
        steps.append(Step(rung, edge, holds, holds and chosen is None, None if edge is None else edge - gap))
        chosen = rung if holds and chosen is None else chosen
    assert chosen is not None, "the last rung holds every gap"
    return chosen, tuple(steps)


@dataclass(frozen=True, slots=True)
class Spreading:
    """What came of spreading an amount: the parts, what found no room or fills no unit, and what is wrong with it."""

    shares: tuple[Share, ...] = ()
    rest: int = 0
    residual: int = 0
    faults: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Eligible:
    """What a holder's accounts weigh where some states are left out: how many, their target, weight and headroom."""

    accounts: int = 0
    target: int = 0
    weight: int = 0
    missing: int = 0
    headroom: int | None = None


def eligible(credits_: pl.DataFrame, spread: Spread, by: str) -> dict[str, Eligible]:
    """Return what counts for a spread under each value of a column, in one pass over the decided credit."""
    kept = credits_.filter((pl.col("kind") == Kind.DECIDED.value) & ~pl.col("overlay"))
    if spread.leave_out:
        kept = kept.filter(~pl.col("state").is_in(list(spread.leave_out)))
    measure = pl.col(spread.measure) if spread.measure else pl.lit(1, pl.Int64)
    headroom = pl.col(HEADROOM) if HEADROOM in credits_.columns else pl.lit(None, pl.Int64)
    whole = pl.len() if spread.measure != HEADROOM else headroom.is_not_null().sum()
    sums = kept.group_by(by).agg(
        pl.len().alias("n"),
        pl.col("target_amount").cast(pl.Int128).sum().alias("target"),
        measure.cast(pl.Int128).sum().alias("weight"),
        (measure.is_null().sum() if spread.measure else pl.lit(0)).alias("missing"),
        headroom.cast(pl.Int128).sum().alias("headroom"),
        ((headroom.is_not_null().sum() == whole) & headroom.is_not_null().any()).alias("known"),
    )
    return {
        key: Eligible(n, int(target), int(weight) if spread.measure else 1, int(missing), int(room) if known else None)
        for key, n, target, weight, missing, room, known in sums.iter_rows()
    }


@dataclass(frozen=True, slots=True)
class Money:
    """How amounts of the policy's currency are told."""

    currency: str
    minor: int

    def say(self, amount: Fraction | int) -> str:
        """Return an amount in smallest units as people read it."""
        return f"{shown(Fraction(amount) / 10**self.minor, self.minor, least=self.minor)} {self.currency}"


def spread_over(
    amount: int,
    rung: Rung,
    policy: Reconciliation,
    team: str,
    holders: Mapping[Holder, int],
    sums: Mapping[str, Eligible],
    money: Money,
) -> Spreading:
    """Spread an amount over a team's holders, given with their committed targets; nobody gets a part where one is wrong."""
    spread = rung.spread
    assert spread is not None, "a rung that spreads says by what"
    people = list(holders)
    found = [(holder, sums.get(holder.id, Eligible())) for holder in people]
    locked = dict(rung.locked)
    claims = [_claim(holder, own, rung, _limit(holder, holders[holder], policy), locked) for holder, own in found]
    findings = [*_without(found, rung), *_weightless(found, spread, team)]
    try:
        parts = apportion(amount, claims, policy.unit)
    except ApportionError as error:
        code = "KR802" if "no weight" in str(error) else "KR805"
        message = f"team {team}: {money.say(amount)} cannot be spread by {spread.text}: {error.tell(money.say)}"
        fix = "spread it otherwise, or leave fewer states out" if code == "KR802" else "lower at_least or locked"
        return Spreading(faults=(Finding(code, message, rung.where, fix),), findings=tuple(findings))
    shares = tuple(
        Share(
            holder.id,
            Fraction(claim.weight),
            Fraction(claim.least),
            None if claim.most is None else Fraction(claim.most),
            claim.locked is not None,
            part,
            own.headroom,
        )
        for (holder, own), claim, part in zip(found, claims, parts.parts, strict=True)
    )
    faults = [*_too_much(shares, people, rung, money), *_no_room(parts.rest, amount, rung, team, money)]
    if faults:
        return Spreading(shares, parts.rest, parts.residual, tuple(faults), tuple(findings))
    return Spreading(shares, parts.rest, parts.residual, (), tuple(findings))


def _limit(holder: Holder, committed: int, policy: Reconciliation) -> Fraction | None:
    """Return what the limit on the change of a quota leaves room for; None where there is none to hold it against."""
    if policy.most_change is None or holder.prior is None:
        return None
    return max(Fraction(0), holder.prior * (1 + policy.most_change) - committed)


def _claim(holder: Holder, own: Eligible, rung: Rung, limit: Fraction | None, locked: Mapping[str, int]) -> Claim:
    """Return what a holder may carry: its weight, cap and minimum over its eligible accounts alone."""
    if holder.id in locked:
        return Claim(holder.id, own.weight, locked=locked[holder.id])
    if not own.accounts:
        return Claim(holder.id, 0, most=0)
    least = rung.least.of(own.target) if rung.least else Fraction(0)
    caps = [cap for cap in (rung.cap.of(own.target) if rung.cap else None, limit) if cap is not None]
    return Claim(holder.id, own.weight, least, min(caps, default=None))


def _without(found: list[tuple[Holder, Eligible]], rung: Rung) -> Iterable[Finding]:
    for holder, own in found:
        if not own.accounts:
            message = f"rep {holder.id} (row {holder.row} of the reps) has no eligible account and carries no part of the supplement"
            fix = "give the rep accounts, or leave it: nothing changes for it"
            yield Finding("KR611", message, rung.spread.where if rung.spread else None, fix, "warning")


def _weightless(found: list[tuple[Holder, Eligible]], spread: Spread, team: str) -> Iterable[Finding]:
    missing = sum(own.missing for _, own in found)
    if missing:
        message = f"team {team}: {missing:,} eligible account{'s have' if missing > 1 else ' has'} no {spread.text}, and weigh nothing"
        yield Finding("KR612", message, spread.where, "find the figure; the work list names the accounts", "note")


def _too_much(shares: Iterable[Share], people: Iterable[Holder], rung: Rung, money: Money) -> Iterable[Finding]:
    rows = {holder.id: holder for holder in people}
    for share in shares:
        if share.headroom is not None and share.part > share.headroom:
            holder = rows[share.holder]
            message = (
                f"rep {holder.id} (row {holder.row} of the reps) would carry a supplement of {money.say(share.part)}, "
                f"more than the headroom of {money.say(share.headroom)} under it"
            )
            yield Finding("KR804", message, rung.where, "spread by headroom, add a cap, or let the manager carry it")


def _no_room(rest: int, amount: int, rung: Rung, team: str, money: Money) -> Iterable[Finding]:
    if rest and rung.rest != "manager":
        message = f"team {team}: caps leave {money.say(rest)} of {money.say(amount)} over, and the rung says rest: refuse"
        yield Finding("KR803", message, rung.where, "raise the cap, or write rest: manager")


def down_to_accounts(
    credits_: pl.DataFrame, rung: Rung, shares: Iterable[Share], unit: int, money: Money
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return account_id, holder and supplement of each account under a rep's part, and reps whose part stays with the rep.

    The parts of a rep go down as `apportion` would let them, in whole columns: the largest remainders first, ties by id.
    """
    spread = rung.accounts
    assert spread is not None, "the rung goes down to accounts"
    parts = {share.holder: share.part for share in shares if share.part}
    kept = credits_.filter((pl.col("kind") == Kind.DECIDED.value) & ~pl.col("overlay") & pl.col("holder").is_in(list(parts)))
    if spread.leave_out:
        kept = kept.filter(~pl.col("state").is_in(list(spread.leave_out)))
    measure = pl.col(spread.measure) if spread.measure else pl.lit(1, pl.Int64)
    whole = pl.DataFrame({"holder": list(parts), "units": [part // unit for part in parts.values()]}, schema=UNITS)
    rows = kept.select("holder", "account_id", weight=measure.fill_null(0).cast(pl.Int128)).join(whole, on="holder")
    rows = rows.with_columns(total=pl.col("weight").sum().over("holder")).filter(pl.col("total") > 0)
    product, total = pl.col("units").cast(pl.Int128) * pl.col("weight"), pl.col("total")
    rows = rows.with_columns(floor=product // total, remainder=product % total)
    rows = rows.sort(["holder", "remainder", "account_id"], descending=[False, True, False])
    left = pl.col("units").cast(pl.Int128) - pl.col("floor").sum().over("holder")
    place = pl.int_range(pl.len(), dtype=pl.Int128).over("holder")
    part = (pl.col("floor") + (place < left).cast(pl.Int128)) * unit
    done = rows.select("account_id", "holder", part.cast(pl.Int64).alias("supplement"))
    given = dict(done.group_by("holder").agg(pl.col("supplement").sum()).iter_rows())
    stays = ((name, part - given.get(name, 0)) for name, part in parts.items())
    fix = "leave fewer states out, or spread it by target"
    sentence = "of its supplement goes down to no account"
    findings = (Finding("KR617", f"rep {n}: {money.say(rest)} {sentence}", spread.where, fix, "warning") for n, rest in stays if rest)
    return done, tuple(findings)


def refused(shares: tuple[Share, ...]) -> tuple[Share, ...]:
    """Return the claims of a spread that was refused: nobody gets a part."""
    return tuple(replace(share, part=0) for share in shares)
