"""Put the agenda of a review together: proposed, held, overdue, over-invested, stale in calibration, by money at stake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from kam_rules.backends.reference import months
from kam_rules.model.amounts import percent
from kam_rules.model.care import CONTRIBUTION, FRESH, Service
from kam_rules.model.outcome import Layout
from kam_rules.model.past import HISTORY, SINCE, TIER_BEFORE
from kam_rules.model.program import NOT_QUALIFIED, RuleList
from kam_rules.model.review import HELD, KINDS, OVER, OVERDUE, PROPOSED, STALE, Agenda, Item
from kam_rules.model.run import Run
from kam_rules.pipeline import codes
from kam_rules.pipeline.assemble import TRIGGERS
from kam_rules.pipeline.seat import CAPACITY, COUNTS, INHERITED, MOVED, OPEN, OPEN_GATE, OPEN_TIER, OUT, SEATED, SHARE, WAITS

TOP = 25
"""Items that a meeting can take."""
REASONS = {
    SEATED: "seated by its score",
    OPEN: "by its score",
    CAPACITY: "by its score; no seat left in a higher tier",
    SHARE: "by its score; no seat left under the share limit",
    OUT: "a gate is not passed",
    MOVED: "at once, by an immediate trigger",
    INHERITED: "with the head of its group",
}
Row = Mapping[str, Any]


def review(run: Run, top: int = TOP) -> Agenda:
    """Return the agenda of a run: the `top` items by money at stake, ties by account and kind."""
    agenda = _Agenda(run)
    found = sorted(agenda.items(), key=lambda item: (-item.base, item.account_id, KINDS.index(item.kind)))
    counts = tuple((kind, sum(item.kind == kind for item in found)) for kind in KINDS)
    return Agenda(tuple(found[:top]), counts, tuple(agenda.left_out()))


@dataclass(frozen=True, slots=True)
class _Agenda:
    run: Run

    @property
    def service(self) -> Service | None:
        return self.run.policy.year.service

    def left_out(self) -> Iterator[str]:
        """Say what the policy or the data leave unsaid, and what a meeting need not decide."""
        quiet = sum(_moved(row) and self._quiet(row) for row in self._table().iter_rows(named=True))
        if quiet:
            yield f"{quiet:,} accounts that change between tiers that are not key, with the same entitlements"
        year, program = self.run.policy.year, self.run.ready.program
        if program.seating.changes is None:
            yield "moves and holds: the policy has no tier_changes"
        elif HISTORY not in self.run.book.tables:
            yield "moves and holds: the data name no history, so nobody holds a tier yet"
        if year.reassess is None:
            yield "overdue: the policy has no reassess"
        elif HISTORY not in self.run.book.tables:
            yield "overdue: the data name no history"
        if year.service is None:
            yield "over-invested, entitlements: the policy has no service"
        if year.calibration is None:
            yield "stale: the policy has no calibration"

    def items(self) -> Iterator[Item]:
        """Walk every item of every account."""
        table = self._table()
        invested = _Invested.of(table, self.service, self.run.ready.program.minor) if self.service else None
        last = self._reviews()
        for row in table.iter_rows(named=True):
            yield from self._moves(row)
            yield from self._held(row)
            yield from self._overdue(row, last.get(row["account_id"]))
            if invested is not None:
                yield from invested.over(row, self._item)
            yield from self._stale(row)

    def _table(self) -> pl.DataFrame:
        """Return the run's table with what history says beside it, and the first trigger that fired."""
        rules, layout = self._triggers(), Layout(*self.run.ready.program.stages)
        ids = pl.Series([rule.id for rule in rules.rules], dtype=pl.String) if rules else pl.Series([], dtype=pl.String)
        fired = pl.lit(ids).gather(codes.first(layout, TRIGGERS, "true")) if rules else pl.lit(None, pl.String)
        names = [name for name in (CONTRIBUTION, FRESH, "below_for", "head") if name in self.run.table.lazy().collect_schema().names()]
        front = ("account_id", "account_name", "owner", "tier", "seat", "base", "action")
        own = self.run.table.lazy().select(*front, *names, fired.alias("trigger")).collect()
        own = _grouped(own) if "head" in own.columns and CONTRIBUTION in names else own
        if self.run.ready.program.seating.changes is None:
            return own.with_columns(pl.lit(None, pl.String).alias(TIER_BEFORE), pl.lit(None, pl.Date).alias(SINCE))
        return own.hstack(self.run.book.table.lazy().select(TIER_BEFORE, SINCE).collect())

    def _triggers(self) -> RuleList | None:
        return next((rules for rules in self.run.ready.program.lists if rules.id == TRIGGERS), None)

    def _item(self, kind: str, row: Row, what: str, why: str, to: str | None = None) -> Item:
        gains, loses = self._changes(row[TIER_BEFORE] or row["tier"], to)
        name, owner = row["account_name"] or "", row["owner"] or ""
        return Item(kind, row["account_id"], name, owner, row["tier"] or "undecided", row["base"] or 0, what, why, gains, loses)

    def _changes(self, before: str | None, after: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if self.service is None or after is None or before == after:
            return (), ()
        had, has = self.service.of(before).entitlements, self.service.of(after).entitlements
        return tuple(e for e in has if e not in had), tuple(e for e in had if e not in has)

    def _moves(self, row: Row) -> Iterator[Item]:
        """Tell a tier that changes with this run, and what the first trigger proposes."""
        before, tier = row[TIER_BEFORE], row["tier"]
        if _moved(row) and not self._quiet(row):
            yield self._item(PROPOSED, row, f"{before} → {tier}", REASONS.get(str(row["seat"]), str(row["seat"])), tier)
        if row["action"] is not None:
            to = self._next(tier, row["action"])
            what = f"{row['action']}: {tier} → {to}" if to else str(row["action"])
            yield self._item(PROPOSED, row, what, self._because(row["trigger"]), to)

    def _quiet(self, row: Row) -> bool:
        """Tell whether a tier changes without a key tier or an entitlement: nothing that a meeting need decide."""
        tiers, keys = {row[TIER_BEFORE], row["tier"]}, set(self.run.ready.program.seating.key_tiers)
        return bool(keys) and not tiers & keys and self._changes(row[TIER_BEFORE], row["tier"]) == ((), ())

    def _next(self, tier: str | None, action: str) -> str | None:
        """Return the tier next to an account's, up or down; None where there is none."""
        order = [seats.tier for seats in self.run.ready.program.seating.tiers]
        if tier not in order or action == "review":
            return None
        at = order.index(tier) + (1 if action == "demote" else -1)
        return order[at] if 0 <= at < len(order) else None

    def _because(self, trigger: str) -> str:
        rules = self._triggers()
        rule = next((rule for rule in rules.rules if rule.id == trigger), None) if rules else None
        return f"{trigger}: {rule.because}" if rule else trigger

    def _held(self, row: Row) -> Iterator[Item]:
        changes = self.run.ready.program.seating.changes
        if changes is None:
            return
        days = (self.run.ready.effective_on - row[SINCE]).days if row[SINCE] else None
        why = {
            WAITS: f"{days} of {changes.wait_at_least} days in its tier",
            COUNTS: f"without a seat of its own in {row.get('below_for')} of {changes.demote_after} reviews in a row",
            OPEN_TIER: "its tier is undecided: a value is missing",
            OPEN_GATE: "a gate is unanswered",
        }.get(str(row["seat"]))
        if why:
            yield self._item(HELD, row, f"held in {row['tier']}", why)

    def _reviews(self) -> dict[str, dt.date]:
        """Return the day of each account's last review before the day of the decision."""
        rows = self.run.book.tables.get(HISTORY)
        if rows is None:
            return {}
        past = rows.filter(pl.col("review") < self.run.ready.effective_on)
        return dict(past.group_by("account_id").agg(pl.col("review").max()).iter_rows())

    def _overdue(self, row: Row, last: dt.date | None) -> Iterator[Item]:
        rhythm, on = self.run.policy.year.reassess, self.run.ready.effective_on
        if rhythm is None or last is None:
            return
        due = later(last, rhythm.months)
        late = (on - due).days
        if late > rhythm.days:
            yield self._item(OVERDUE, row, f"{late} days overdue", f"last assessed {last}, due {due}, {rhythm.days} days of grace")

    def _stale(self, row: Row) -> Iterator[Item]:
        """Tell key accounts without a calibration that holds."""
        found = self.run.policy.year.calibration
        keys = {*self.run.ready.program.seating.key_tiers, *(found.needed_for if found else ())}
        if found is None or row[FRESH] or not {row["tier"], row[TIER_BEFORE]} & keys:
            return
        needed = f"; {', '.join(found.needed_for)} needs one" if found.needed_for else ""
        yield self._item(STALE, row, "calibration missing or old", f"both views within {found.months} months{needed}")


def _moved(row: Row) -> bool:
    before, tier = row[TIER_BEFORE], row["tier"]
    return before is not None and tier is not None and before != tier


def _grouped(table: pl.DataFrame) -> pl.DataFrame:
    """Count what members of a group bring as their head's: one service serves them all."""
    group = pl.coalesce("head", "account_id")
    return table.with_columns(pl.col(CONTRIBUTION).sum().over(group))


def later(day: dt.date, count: int) -> dt.date:
    """Return the first day by which so many months are complete."""
    found = day + dt.timedelta(days=28 * count)
    while months(day, found) < count:
        found += dt.timedelta(days=1)
    return found


@dataclass(frozen=True, slots=True)
class _Invested:
    """What the programme invests and what it brings, in all; amounts in whole currency units."""

    service: Service
    money: Fraction
    people: Fraction
    contribution: Fraction
    minor: int

    @classmethod
    def of(cls, table: pl.DataFrame, service: Service, minor: int) -> _Invested:
        whole = table.filter(pl.col("seat").cast(pl.String) != INHERITED)
        counts = dict(whole.group_by(pl.col("tier").cast(pl.String)).len().iter_rows())
        money = sum((service.of(tier).money * count for tier, count in counts.items()), Fraction(0))
        people = sum((service.of(tier).people * count for tier, count in counts.items()), Fraction(0))
        brought = table.select(pl.col(CONTRIBUTION).filter(pl.col(CONTRIBUTION) > 0).sum()).item() or 0
        return cls(service, money, people, Fraction(brought, 10**minor), minor)

    def over(self, row: Row, item: Any) -> Iterator[Item]:  # noqa: ANN401 - makes the item of an account
        """Tell an account that takes more of the money or the people than it brings of the contribution."""
        tier, brought = row["tier"], row[CONTRIBUTION]
        given = self.service.of(tier)
        if tier is None or tier == NOT_QUALIFIED or row["seat"] == INHERITED or brought is None or not self.contribution:
            return
        share = Fraction(max(brought, 0), 10**self.minor) / self.contribution
        parts = (("money", given.money, self.money), ("people", given.people, self.people))
        shares = [(name, part / whole) for name, part, whole in parts if whole and part]
        most = max(shares, key=lambda found: found[1], default=None)
        if most is not None and most[1] > self.service.over * share:
            what = f"{percent(most[1], 2)} of the {most[0]}, {percent(share, 2)} of the contribution"
            yield item(OVER, row, what, f"more than {percent(self.service.over)} of its share of {self.service.contribution}")
