"""What the handbook says of accounts over time: when a tier is left, what it gives, who is asked, when to look again."""

from __future__ import annotations

from collections.abc import Iterable

from kam_rules.feel.printer import value as said
from kam_rules.model.amounts import percent, shown
from kam_rules.model.policy import Policy
from kam_rules.model.program import PARENT
from kam_rules.model.report import Block, Column, Lines, Table
from kam_rules.model.types import Type
from kam_rules.model.watch import Watch
from kam_rules.reports.sentences import name, sentence


def over_time(policy: Policy) -> Iterable[Block]:
    """Return what there is to say; nothing of a policy that says nothing of it."""
    lines, given = tuple(_changing(policy)), _service(policy)
    yield from [Lines("over_time", "Through the year", lines)] if lines else []
    yield from [given] if given.rows else []


def _changing(policy: Policy) -> Iterable[str]:
    """Say when an account leaves its tier, what a group shares, and what is asked anew."""
    seating, year = policy.program.seating, policy.year
    changes, calibration, reassess = seating.changes, year.calibration, year.reassess
    if changes is not None:
        yield f"An account keeps its tier where its score falls short by no more than {shown(changes.keep_within, 2)} points."
        count = "the first review" if changes.demote_after == 1 else f"{changes.demote_after} reviews in a row"
        yield f"It moves down after {count} without a seat of its own, by score or by capacity."
        yield f"It stays at least {changes.wait_at_least} days in a tier, whichever way it would move."
        yield "It is held where a gate is unanswered or its tier undecided; an immediate trigger passes count and waiting time."
        if changes.incumbents_first:
            yield "Who holds a tier and meets its condition is seated before newcomers."
    if seating.inherit:
        how = "always has" if seating.inherit == PARENT else "has, where that is higher,"
        yield f"A member of a group {how} the tier of the head of its group, and takes no seat by it."
    if calibration is not None:
        views = f"{name(calibration.ours)} and {name(calibration.theirs)}"
        yield f"Both sides' view ({views}) holds for {calibration.months} months from {name(calibration.on)}."
        if calibration.needed_for:
            yield f"Nobody is in {' or '.join(map(name, calibration.needed_for))} without one that holds."
    if reassess is not None:
        yield f"Every account is assessed again every {reassess.months} months; {reassess.days} days later that is overdue."


def _service(policy: Policy) -> Table:
    """Return what each tier gives one account in a year, and who delivers it."""
    columns = (
        Column("tier", "Tier"),
        Column("entitlements", "Entitled to"),
        Column("people", "People"),
        Column("hours", "Hours"),
        Column("money", "Money"),
    )
    found = policy.year.service
    if found is None:
        return Table("service", "What a tier gives", columns, ())
    what = {entitlement.id: f"{entitlement.what} ({name(entitlement.by)})" for entitlement in found.entitlements}
    rows = tuple(
        (
            name(tier.tier),
            "; ".join(what[id_] for id_ in tier.entitlements) or "-",
            shown(tier.people, 4),
            shown(tier.hours, 2),
            said(tier.money, Type.MONEY, minor=policy.program.minor),
        )
        for tier in found.tiers
    )
    note = f"Over-invested is an account whose share of money or people exceeds {percent(found.over)} of its share of {found.contribution}."
    return Table("service", "What a tier gives one account in a year", columns, rows, note)


def watched(watch: Watch, minor: int) -> str:
    """Say what a trigger watches, and how often it must be met."""
    return f"{watch.text} in {watch.table}: {sentence(watch.when, minor)}"
