"""Polars by hand: the second policy in columns, with missing values, once exactly and once in binary doubles.

The rules are written once; only the arithmetic differs. Points of all banded criteria, with their bands, share one
integer; so do the truths of the gates and of the triggers, two bits a rule as in `second.plain`.
"""

from __future__ import annotations

import operator
from functools import reduce

import polars as pl
from polars import col

from second import rules
from second.arithmetic import LINES, SCALES, Arithmetic, Doubles, Exact
from second.book import AS_OF
from second.columns import added, byte, chain, truths, word

BANDED = (
    ("base_revenue", 15, rules.REVENUE, rules.REVENUE_SCORES),
    ("headroom", 10, rules.HEADROOM, rules.HEADROOM_SCORES),
    ("health_score", 10, rules.HEALTH, rules.HEALTH_SCORES),
    ("engagement", 8, (2, 3, 4, 5), rules.ENGAGEMENT_SCORES),
    ("segment", 8, tuple(rules.SEGMENTS), rules.SEGMENT_SCORES),
    ("churn_risk", 8, rules.CHURN, rules.CHURN_SCORES),
    ("tenure_months", 7, rules.TENURE, rules.TENURE_SCORES),
)
AMOUNTS = ("base_revenue", "prior_revenue", "wallet", "prior_wallet", "gross_margin", "cost_to_serve", "pipeline")
POINTS = 20
"""Bits of the weighted points, below the bands of 4 bits each."""
KEPT = (
    *("account_id", "owner", "score", "needs_data", "tier", "state", "nrr", "target", "floor", "least_target", "action"),
    *("code", "share_line", "growth_line", "net_margin_line", "upper", "fired"),
)
"""What is decided, and what the trail is read from."""


class Rules:
    """The rules of the second policy as columns."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        """Take how figures are worked out."""
        self.of = arithmetic

    def below(self, name: str, value: int) -> pl.Expr:
        """Tell whether a column lies below an edge."""
        return col(name) < self.of.edge(name, value)

    def gates(self) -> list[pl.Expr]:
        """Return the gates."""
        carried = (col("discount") <= self.of.edge("discount", 4000)) | col("sponsor")
        return [col("alignment") >= 3, col("values_strengths"), col("willing"), carried]

    def code(self) -> pl.Expr:
        """Return points and bands of the banded criteria, and the truths of the gates, in one integer; band 0 is missing."""
        parts = []
        for i, (name, weight, edges, scores) in enumerate(BANDED):
            values = [word(weight * score + (band + 1 << POINTS + 4 * i)) for band, score in enumerate(scores)]
            if name == "segment":
                tests = [col(name) == segment for segment in edges]
            else:
                tests = [self.below(name, edge) for edge in edges] + [col(name).is_not_null()]
            parts.append(chain(tests, values, word(0)))
        shift = POINTS + 4 * len(BANDED)
        return added([*parts, truths(self.gates(), lambda bits: word(bits << shift))])

    @staticmethod
    def gaps() -> pl.Expr:
        """Return what missing values cost: weight, coverage, points that stand in and points that could still be won, in one integer."""
        costs = (
            ("share", 12, 12, 0, 120000),
            ("growth", 12, 12, 0, 120000),
            ("headroom", 0, 10, 10 * rules.NEUTRAL_HEADROOM, 100000),
            ("net_margin", 0, 10, 0, 100000),
            ("health_score", 10, 10, 0, 100000),
            ("engagement", 8, 8, 0, 80000),
            ("segment", 0, 8, 8 * rules.NEUTRAL_SEGMENT, 72000),
            ("churn_risk", 0, 8, 0, 80000),
            ("tenure_months", 0, 7, 0, 70000),
        )
        parts = []
        for name, weight, coverage, stands_in, most in costs:
            column = col(f"{name}_line") if name in LINES else col(name)
            cost = weight + (coverage << 7) + (stands_in << 14) + (most << 34)
            parts.append(pl.when(column.is_null()).then(word(cost)).otherwise(word(0)))
        return added(parts)

    def states(self) -> list[pl.Expr]:
        """Return the state rules; the first two are built in."""
        of, below, base = self.of, self.below, col("base_revenue")
        to_end = (col("contract_end") - AS_OF).dt.total_days()
        return [
            (base == 0) & (col("prior_revenue") > 0).fill_null(value=False),
            base == 0,
            below("health_score", 400),
            ~below("churn_risk", 6000),
            (col("nps") < -20) & (col("tickets") >= 3),
            (to_end <= 90) & ~col("sponsor") & below("health_score", 600),
            col("lower") & ~of.at_least("growth", 0, 1),
            (to_end <= 180) & ~below("churn_risk", 3500),
            of.at_least("cts", 3, 10) & ~of.at_least("net_margin", 1, 10),
            ~of.at_least("share", 1, 4) & (col("headroom") >= 50_000_000_000) & of.at_least("cover", 1, 10),
            col("segment").is_in(["finance", "health"]) & ~of.at_least("share", 2, 5),
            of.at_least("growth", 1, 5),
            of.at_least("growth", 2, 25) & col("higher"),
            col("pipeline") * 4 >= base,
            (col("tenure_months") >= 120) & of.at_least("net_margin", 3, 10),
        ]

    def triggers(self) -> list[pl.Expr]:
        """Return the triggers; a tier below 0 is undecided."""
        of, state = self.of, col("state")
        tier = pl.when(col("tier") >= 0).then(col("tier"))
        top, prior = (tier == 1) | (tier == 2), col("prior_revenue")
        return [
            ((tier == 3) | (tier == 4)) & of.at_least("growth", 1, 4),
            (tier == 4) & (col("headroom") >= 200_000_000_000),
            (state == 4) & (tier != 1) & of.at_least("cover", 1, 5),
            col("higher") & of.at_least("growth", 3, 20) & ~self.below("health_score", 700),
            (tier == 1) & ~of.at_least("growth", -1, 10),
            top & ~of.at_least("net_margin", 1, 20),
            top & of.at_least("cts", 2, 5),
            col("base_revenue") * 10 < prior * 7,
            top & ((AS_OF - col("last_review")).dt.total_days() > 180),
            (col("contract_end") - AS_OF).dt.total_days() <= 60,
            (state == 2) & (tier >= 1) & (tier <= 3),
            col("discount") > of.edge("discount", 2500),
            (col("nps") < 0) & (col("engagement") <= 2),
            col("gross_margin") < col("cost_to_serve"),
        ]


def _ranked(table: pl.LazyFrame, found: Rules) -> pl.LazyFrame:
    """Add what the criteria come to."""
    part, gaps, base = col("code"), col("gaps"), (1 << POINTS) - 1
    known = (part & word(base)).cast(pl.Int64) + added(
        [col(f"{name}_line").fill_null(0) * w for name, w in (("share", 12), ("growth", 12), ("net_margin", 10))]
    )
    weight, coverage = 100 - (gaps & word(127)).cast(pl.Int64), 100 - (gaps // word(1 << 7) & word(127)).cast(pl.Int64)
    stands_in, most = (gaps // word(1 << 14) & word(base)).cast(pl.Int64), (gaps // word(1 << 34)).cast(pl.Int64)
    enough = (coverage >= rules.MIN_COVERAGE) & col("tenure_months").is_not_null()
    least = pl.when(col("segment").is_null()).then(16000).otherwise(0)
    inside = reduce(operator.or_, ((col("low") < edge) & (col("high") >= edge) for edge in rules.EDGES))
    return (
        table.with_columns(headroom=col("wallet") - col("base_revenue"))
        .with_columns(lower=found.of.less("share", "prior_share"), higher=found.of.less("prior_share", "share"))
        .with_columns(found.of.line(name).alias(f"{name}_line") for name in LINES)
        .with_columns(code=found.code(), gaps=found.gaps(), qualified=reduce(operator.and_, found.gates()).fill_null(value=False))
        .with_columns(known=known)
        .with_columns(
            score=pl.when(enough).then(found.of.mean(col("known") + stands_in, weight)),
            low=found.of.mean(col("known") + least, pl.lit(100, pl.Int64)),
            high=found.of.mean(col("known") + most, pl.lit(100, pl.Int64)),
        )
        .with_columns(needs_data=col("qualified") & inside)
    )


def plan(table: pl.LazyFrame, arithmetic: Arithmetic) -> pl.LazyFrame:
    """Return the decisions of a book, laid out in the order in which they are made."""
    found = Rules(arithmetic)
    score, lower, tier = col("score"), col("lower"), col("tier")
    near = (score >= 5800) & (score < 6200)
    tests = [~col("qualified"), score.is_null(), score >= 7200, (score >= 6200) | (near & lower), near & lower.is_null()]
    tiers = chain([*tests, score >= 5200, score >= 4200, score >= 3000], [byte(i) for i in (0, -1, 1, 2, -1, 3, 4, 5)], byte(6))
    held = pl.when(tier >= 0).then(word(0)).when(score.is_null()).then(word(0b111110)).otherwise(word(0b100))
    states = {f"state.{i}": condition for i, condition in enumerate(found.states())}
    triggers = {f"trigger.{i}": condition for i, condition in enumerate(found.triggers())}
    unknown = [col(name).is_null() & (col("rule") > i) for i, name in enumerate(states)]
    passed = added(
        [pl.when(bit).then(pl.lit(1 << i, pl.Int32)).otherwise(pl.lit(0, pl.Int32)) for i, bit in enumerate(unknown[2:], start=2)]
    )
    lines = [rules.TARGETS.get((state, t), (0, 0, None, None)) for state in range(8) for t in range(-1, 7)]
    at = (col("state").cast(pl.Int64) * 8 + tier + 1).cast(pl.UInt32)

    def looked_up(i: int, kind: type[pl.DataType]) -> pl.Expr:
        return pl.lit(pl.Series([line[i] for line in lines], dtype=kind)).gather(at)

    uppers = (tier + 1, 0), (held, 3), (col("rule"), 10), (passed, 14), (looked_up(0, pl.Int8) + 1, 30), (looked_up(1, pl.UInt64), 35)
    of_rule = pl.lit(pl.Series(rules.STATE_OF_RULE, dtype=pl.Int8))
    first = (col("fired") & pl.lit(0xAAAAAAA, pl.UInt32)).bitwise_trailing_zeros() // 2
    actions = pl.lit(pl.Series([{"promote": 1, "demote": 2, "review": 3}[a] for a in rules.ACTIONS] + [0, 0], dtype=pl.Int8))
    return (
        _ranked(table, found)
        .with_columns(tier=tiers, **states)
        .with_columns(rule=chain([col(name) for name in states], [byte(i) for i in range(15)], byte(15)))
        .with_columns(state=of_rule.gather(col("rule").cast(pl.UInt32)))
        .with_columns(nrr=looked_up(2, pl.Int64), floor=looked_up(3, pl.Int64), **triggers)
        .with_columns(
            target=arithmetic.amount(col("nrr")),
            least_target=arithmetic.amount(col("floor")),
            fired=truths([col(name) for name in triggers], lambda bits: pl.lit(bits, pl.UInt32)),
            upper=added([part.cast(pl.UInt64) * word(1 << shift) for part, shift in uppers]),
        )
        .with_columns(action=actions.gather(pl.min_horizontal(first, pl.lit(14, pl.UInt32))))
        .select(KEPT)
    )


def ready(table: pl.DataFrame) -> pl.DataFrame:
    """Return the book with its decimals as whole numbers of the smallest unit."""
    return table.with_columns((col(name) * scale).round().cast(pl.Int64) for name, scale in SCALES.items())


def ready_in_doubles(table: pl.DataFrame) -> pl.DataFrame:
    """Return the book with its amounts in doubles, too."""
    return table.with_columns(col(AMOUNTS).cast(pl.Float64))


def decide(table: pl.DataFrame) -> pl.DataFrame:
    """Decide every row exactly."""
    return plan(table.lazy(), Exact()).collect(engine="streaming")


def decide_in_doubles(table: pl.DataFrame) -> pl.DataFrame:
    """Decide every row in doubles."""
    return plan(table.lazy(), Doubles()).collect(engine="streaming")


def told(decided: pl.DataFrame) -> list[tuple[object, ...]]:
    """Return the decisions, the trail read from its codes."""
    found = []
    words = {1: "promote", 2: "demote", 3: "review", 0: None}
    for row in decided.rows():
        id_, _, score, needs, tier, state, nrr, target, floor, least, action, code, share, grown, earned, upper, fired = row
        revenue, headroom, *rest = ((code >> POINTS + 4 * i & 15) - 1 for i in range(len(BANDED)))
        gates, rule = code >> POINTS + 4 * len(BANDED), upper >> 10 & 15
        scores = (gates, revenue, share, grown, headroom, earned, *rest)
        trail = (*scores, (upper & 7) - 1, upper >> 3 & 127, rule, upper >> 14 & 65535, (upper >> 30 & 31) - 1, upper >> 35, fired)
        assert (tier, state) == (trail[11], rules.STATE_OF_RULE[rule])
        name = rules.TIERS[tier] if tier >= 0 else None
        found.append((id_, score, needs, name, rules.STATES[state], nrr, target, floor, least, words[action], trail))
    return found
