"""What people are paid, and why: each payout down to rule, measure and cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from kam_rules.model.amounts import decimals, percent, shown
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.pay import Earned, Paid, PartPaid, Payout
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.standing import STATUS
from kam_rules.pipeline.assign import misfits
from kam_rules.reports._money import amount
from kam_rules.reports._place import short
from kam_rules.reports.incentives import seen

PLACES = 6
"""Decimals of a percent at which attainments are shown; what is reckoned with is exact."""
PEOPLE = (
    Column("person", "Person"),
    Column("name", "Name"),
    Column("plan", "Plan"),
    Column("incentive", "At 100%", Unit.MONEY),
    Column("pays", "Pays"),
    Column("payout", "Payout", Unit.MONEY),
    Column("before", "Paid before", Unit.MONEY),
    Column("due", "Still due", Unit.MONEY),
    Column("clawback", "Asked back", Unit.MONEY),
)
MEASURES = (
    Column("measure", "Measure"),
    Column("weight", "Weight"),
    Column("actual", "Actual"),
    Column("target", "Target"),
    Column("form", "Attainment is"),
    Column("attainment", "Attainment"),
    Column("pays", "Pays"),
    Column("points", "Weighted"),
)
SOURCES = (
    Column("measure", "Measure"),
    Column("curve", "Curve"),
    Column("actual_from", "Actual from"),
    Column("target_from", "Target from"),
    Column("where", "Where"),
)


def pay(run: Run, found: Paid, person: str = "") -> Report:
    """Return what everybody is paid, or with `person` how one payout came to be.

    Raises:
        UsageError: KR551 there is no such person among those paid.
    """
    ids = [one.assigned.person for one in found.payouts]
    if person and person not in ids:
        raise UsageError(Finding("KR551", f"'{person}' is not among those paid", None, did_you_mean(person, ids)))
    minor = run.ready.program.minor
    told = [one for one in found.payouts if not person or one.assigned.person == person]
    whole, incentive = sum(one.amount for one in told), sum(one.incentive for one in told)
    currency = run.ready.program.currency
    who = f"{told[0].assigned.name} is" if person else f"{len(told)} people are"
    blocks = tuple(_one(told[0], found, run)) if person else tuple(_all(found, run))
    title = f"{run.name}: {who} paid {amount(whole, minor)} {currency}, {amount(incentive, minor)} at 100%"
    unfit, status = misfits(one.assigned for one in told), run.standing.status
    data = [{STATUS: status, "ledger": run.standing.ledger} | _data(one, minor) for one in told]
    return Report("pay", title, blocks, data, minor, findings=unfit, status=status)


def _all(found: Paid, run: Run) -> Iterator[Block]:
    minor, money = run.ready.program.minor, 10**run.ready.program.minor
    rows: list[tuple[Cell, ...]] = [
        (
            one.assigned.person,
            one.assigned.name,
            one.assigned.plan,
            Fraction(one.incentive, money),
            _share(one),
            Fraction(one.amount, money),
            None if one.before is None else Fraction(one.before, money),
            Fraction(one.due, money),
            Fraction(one.clawback, money),
        )
        for one in found.payouts
    ]
    sums = [sum(values) for values in zip(*((p.incentive, p.amount, p.before or 0, p.due, p.clawback) for p in found.payouts), strict=True)]
    if sums:
        whole = [Fraction(each, money) for each in sums]
        rows.append(("total", "", "", whole[0], "", *whole[1:]))
    note = "Paid on results for the whole year. --person tells how one payout came to be."
    yield Table("people", "People", PEOPLE, tuple(rows), note, "nobody is paid")
    unfit = misfits(one.assigned for one in found.payouts)
    yield Lines("fit", "Plans that do not fit their book", tuple(f"{f.message} ({short(f.where)})" for f in unfit) or ("none",))
    yield Lines("nobody", "Plans that nobody has", found.nobody or ("none",))
    yield Facts("how", "How", (("results count", found.basis), *_settings(run, minor)))


def _settings(run: Run, minor: int) -> tuple[tuple[str, str], ...]:
    incentives = run.policy.incentives
    assert incentives is not None, "who is paid has a plan"
    back = "what is no longer earned is asked back" if incentives.clawback else "what was paid is kept"
    return (
        ("measures with the run's quota", f"the {incentives.pays_on} quota"),
        ("clawback", back),
        ("rounding", f"once, the payout, half to even, to {minor} decimals"),
    )


def _share(one: Payout) -> str:
    return "" if not one.incentive else _percent(one.exact / one.incentive)


def _percent(found: Fraction) -> str:
    return percent(found, min(decimals(found * 100), PLACES))


def _one(one: Payout, found: Paid, run: Run) -> Iterator[Block]:
    minor, rule = run.ready.program.minor, one.assigned.rule
    assert rule is not None, "who is paid has a plan"
    pairs = {
        "plan": f"{one.assigned.plan}, by the rule {rule.id} ({short(rule.where)})",
        "rule": seen(one.assigned, minor),
        "because": rule.because,
        "at 100%": f"{amount(one.incentive, minor)} ({one.incentive_from})",
        "pays": _share(one),
        "payout": f"{amount(one.amount, minor)}, rounded once from {_long(one.exact, minor)}",
        "paid before": "" if one.before is None else amount(one.before, minor),
        "still due": "" if one.before is None else amount(one.due, minor),
        "asked back": amount(one.clawback, minor) if one.clawback else "",
        "does not fit": "; ".join(one.assigned.unfit),
    }
    yield Facts("payout", "Payout", tuple((key, text) for key, text in pairs.items() if text))
    for i, part in enumerate(one.parts):
        yield Table(f"part_{i}", _part_title(part, minor), MEASURES, tuple(_earned(each) for each in part.earned), _part_note(part))
    yield Table("sources", "Where it comes from", SOURCES, tuple(_source(each) for part in one.parts for each in part.earned))
    yield Facts("how", "How", (("results count", found.basis), *_settings(run, minor)))


def _long(exact: Fraction, minor: int) -> str:
    value = exact / 10**minor
    return shown(value, min(decimals(value), PLACES), least=minor)


def _part_title(part: PartPaid, minor: int) -> str:
    return (
        f"{part.plan}, {part.part.of}: {percent(part.share, 2)} of the incentive, pays {_percent(part.pays)} = {amount(part.amount, minor)}"
    )


def _part_note(part: PartPaid) -> str:
    notes = [f"Weighted sum {_percent(part.points)}.", *(f"{change}." for change in part.changed)]
    return " ".join([*notes, *(f"{one.measure.id}: {one.note}." for one in part.earned if one.note)])


def _earned(one: Earned) -> tuple[Cell, ...]:
    return (
        one.measure.id,
        percent(one.measure.weight),
        _figure(one.actual),
        _figure(one.target),
        one.measure.form,
        _percent(one.attainment),
        _percent(one.pays),
        _percent(one.measure.weight * one.pays),
    )


def _source(one: Earned) -> tuple[Cell, ...]:
    return (
        one.measure.id,
        _curve(one),
        one.actual_from,
        one.target_from,
        short(one.measure.where),
    )


def _curve(one: Earned) -> str:
    curve = one.measure.curve
    points = ", ".join(f"{percent(at)} pays {percent(pays)}" for at, pays in curve.points)
    return f"{curve.id}, a {curve.word}: {points} ({short(curve.where)})"


def _figure(found: Fraction) -> str:
    return shown(found, min(decimals(found), PLACES))


def _data(one: Payout, minor: int) -> dict[str, Any]:
    """Return a payout for machines: exact ratios as fractions, amounts as decimals in text."""
    rule = one.assigned.rule

    def plain(units: int) -> str:
        return shown(Fraction(units, 10**minor), minor, thousands=False, least=minor)

    return {
        "person": one.assigned.person,
        "name": one.assigned.name,
        "plan": one.assigned.plan,
        "rule": None if rule is None else {"id": rule.id, "text": rule.text, "where": str(rule.where), "because": rule.because},
        "facts": {name: None if found is None else str(found) for name, found in one.assigned.facts.items()},
        "unfit": list(one.assigned.unfit),
        "incentive": plain(one.incentive),
        "incentive_from": one.incentive_from,
        "payout": plain(one.amount),
        "exact": str(one.exact / 10**minor),
        "paid_before": None if one.before is None else plain(one.before),
        "due": plain(one.due),
        "clawback": plain(one.clawback),
        "parts": [_part_data(part, plain) for part in one.parts],
    }


def _part_data(part: PartPaid, plain: Callable[[int], str]) -> dict[str, Any]:
    return {
        "plan": part.plan,
        "of": part.part.of,
        "share": str(part.share),
        "points": str(part.points),
        "pays": str(part.pays),
        "amount": plain(part.amount),
        "changed": list(part.changed),
        "measures": [
            {
                "measure": one.measure.id,
                "weight": str(one.measure.weight),
                "actual": str(one.actual),
                "target": str(one.target),
                "actual_from": one.actual_from,
                "target_from": one.target_from,
                "form": one.measure.form,
                "attainment": str(one.attainment),
                "curve": one.measure.curve.id,
                "pays": str(one.pays),
                "where": str(one.measure.where),
                "note": one.note,
            }
            for one in part.earned
        ],
    }
