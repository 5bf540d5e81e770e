"""Reckon what people are paid: results held against plans, curve by curve, every fault by row and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from kam_rules.backends.reference import evaluate
from kam_rules.curves import pays
from kam_rules.model.amounts import decimals, half_even, percent, shown
from kam_rules.model.apportion import Claim, apportion
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.pay import TEAM, Assigned, Earned, Incentives, Measure, Paid, Part, PartPaid, Payout
from kam_rules.model.quota import TOTAL
from kam_rules.model.run import Run
from kam_rules.model.tree import Value
from kam_rules.model.year import COMMITTED
from kam_rules.pipeline.assign import assigned, incentives_of, persons
from kam_rules.pipeline.pay_faults import TEAMS, basis, measures, strangers, twice, unpaid
from kam_rules.pipeline.tables import MOST
from kam_rules.pipeline.yearfile import YearTable, load
from kam_rules.yearly.actuals import DECIMALS as CENTS
from kam_rules.yearly.results import DECIMALS


@dataclass(frozen=True, slots=True)
class Target:
    """What a person's variable pay is at 100% and what is paid of it, in the policy's currency, and the row that says so."""

    incentive: Fraction
    paid: Fraction | None
    row: int


@dataclass(frozen=True, slots=True)
class Result:
    """What was reached in a measure, against which target, and in which row."""

    actual: Fraction
    target: Fraction | None
    row: int


Results = Mapping[tuple[str, str], Result]


def pay(run: Run, path: Path) -> Paid:
    """Return what everybody in `target_pay` is paid for the year of a run.

    Raises:
        UsageError: KR550 the run cannot be paid by.
        DataError: every fault of the file: KR551 to KR559, KR453.
    """
    found, everybody = incentives_of(run), {one.person: one for one in assigned(run)}
    results, targets = load(path, "results"), load(path, "target_pay")
    faults = [*basis(run, results), *twice(results, ("person", "measure")), *twice(targets, ("person",))]
    wanted = {
        row["person"]: Target(Fraction(row["target_incentive"], 10**CENTS), _exact(row["paid"], CENTS), row["row"])
        for row in targets.rows.iter_rows(named=True)
    }
    given = {
        (row["person"], row["measure"]): Result(Fraction(row["actual"], 10**DECIMALS), _exact(row["target"], DECIMALS), row["row"])
        for row in results.rows.iter_rows(named=True)
    }
    faults += [*strangers(everybody, results, targets), *unpaid(everybody, wanted, targets), *measures(found, results)]
    reckoner = _Reckoner(run, found, given, results, faults)
    payouts = [
        reckoner.payout(everybody[id_], wanted[id_], targets.cell(wanted[id_].row, "target_incentive"))
        for id_ in sorted(wanted)
        if id_ in everybody and everybody[id_].plan
    ]
    if faults:
        raise DataError(faults[:MOST])
    had = {part for payout in payouts for plan in [found.plans[payout.assigned.plan]] for part in (plan.id, *dict(plan.blend))}
    return Paid(tuple(payouts), results.doc.text("basis"), tuple(name for name in found.plans if name not in had))


def _exact(value: int | None, places: int) -> Fraction | None:
    return None if value is None else Fraction(value, 10**places)


@dataclass
class _Reckoner:
    """Reckons one person after the other; what is missing or cannot be reckoned is kept as a fault, told once."""

    run: Run
    found: Incentives
    given: Results
    table: YearTable
    faults: list[Finding]
    told: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        assert self.run.reconciled is not None, "incentives_of asks for it"
        self.minor = self.run.ready.program.minor
        self.lines = persons(self.run.reconciled)
        self.teams = {team.team: team for team in (*self.run.reconciled.teams, self.run.reconciled.total)}

    def payout(self, person: Assigned, target: Target, cell: str) -> Payout:
        plan = self.found.plans[person.plan]
        blend = plan.blend or ((plan.id, Fraction(1)),)
        parts = [self.part(person, name, share, part) for name, share in blend for part in self.found.plans[name].parts]
        incentive = int(half_even(target.incentive * 10**self.minor, 0))
        exact = incentive * sum((part.share * part.pays for part in parts), Fraction(0))
        amount = int(half_even(exact, 0))
        claims = [Claim(f"{i:03}", part.share * part.pays) for i, part in enumerate(parts)]
        split = apportion(amount, claims).parts if amount else (0,) * len(parts)
        assert sum(split) == amount, person
        before = None if target.paid is None else int(half_even(target.paid * 10**self.minor, 0))
        over = (before or 0) - amount
        return Payout(
            person,
            incentive,
            cell,
            tuple(_with(part, money) for part, money in zip(parts, split, strict=True)),
            exact,
            amount,
            before,
            due=max(0, -over),
            clawback=max(0, over) if self.found.clawback else 0,
        )

    def part(self, person: Assigned, plan: str, share: Fraction, part: Part) -> PartPaid:
        earned = [one for measure in part.measures if (one := self.earned(person, part, measure)) is not None]
        points = sum((one.measure.weight * one.pays for one in earned), Fraction(0))
        facts: dict[str, Value] = {one.measure.id: one.attainment for one in earned}
        paid, changed = points, []
        for modifier in part.modifiers:
            truth = evaluate(modifier.when, facts)
            if truth is True:
                paid *= modifier.share
                changed.append(f"{modifier.id}: {modifier.text} holds, times {percent(modifier.share)} ({modifier.where})")
        for gate in part.gates:
            truth = evaluate(gate.when, facts)
            if truth is not True:
                how = "does not hold" if truth is False else "cannot be answered"
                bound = "and it pays no more" if paid <= gate.share else f"{percent(paid, 4)} becomes {percent(gate.share)}"
                changed.append(f"{gate.id}: {gate.text} {how}, at most {percent(gate.share)}: {bound} ({gate.where})")
                paid = min(paid, gate.share)
        return PartPaid(plan, part, share * part.share, tuple(earned), points, paid, tuple(changed))

    def earned(self, person: Assigned, part: Part, measure: Measure) -> Earned | None:
        who = f"{TEAMS}{person.team}" if part.of == TEAM else person.person
        result = self.given.get((who, measure.id))
        if result is None:
            fix = "add the row; a result that is missing is never 0"
            self.fault(who, measure, "KR554", f"there is no result for {who} in {measure.id}", fix)
            return None
        told = self.target(who, person, part, measure, result)
        if told is None:
            return None
        target, target_from = told
        reached = _attainment(measure, result.actual, target)
        where = self.table.cell(result.row, "actual")
        if reached is None:
            message = f"{where}: {measure.form} cannot be reckoned with {_plain(result.actual)} and a target of {_plain(target)}"
            self.fault(who, measure, "KR559", message, "correct the row, or name another form of attainment")
            return None
        attainment, note = reached
        paid = pays(measure.curve.word, measure.curve.points, attainment)
        return Earned(measure, result.actual, target, where, target_from, attainment, paid, note)

    def target(self, who: str, person: Assigned, part: Part, measure: Measure, result: Result) -> tuple[Fraction, str] | None:
        """Return the target and where it comes from: the results, or the quota of the run."""
        cell = self.table.cell(result.row, "target")
        if not measure.quota:
            if result.target is None:
                self.fault(who, measure, "KR554", f"{cell}: {measure.id} has no target", "write it; a target that is missing is never 0")
                return None
            return result.target, cell
        if result.target is not None:
            message = f"{cell}: {measure.id} has a target, and the plan takes the quota of the run ({measure.where})"
            self.fault(who, measure, "KR556", message, "leave the cell blank, or write target: results in the plan")
            return None
        quota = self.quota(person, part)
        if quota is None:
            self.fault(who, measure, "KR550", f"{who} has no quota in the run: its team is escalated", "decide it: kam-rules reconcile")
            return None
        return Fraction(quota, 10**self.minor), f"the {self.found.pays_on} quota of {who} in the run"

    def quota(self, person: Assigned, part: Part) -> int | None:
        if part.of == TEAM:
            team = self.teams[person.team]
            extra = 0 if self.found.pays_on == COMMITTED else team.supplement + team.hold_back
            assert self.run.reconciled is not None, "incentives_of asks for it"
            whole = team.assigned if person.team != TOTAL else all(one.assigned for one in self.run.reconciled.teams)
            return team.bottom_up + extra if whole else None
        line = self.lines[person.person]
        return line.total if line.total is None or self.found.pays_on != COMMITTED else line.committed

    def fault(self, who: str, measure: Measure, code: str, message: str, fix: str) -> None:
        if (who, measure.id) not in self.told:
            self.told.add((who, measure.id))
            self.faults.append(Finding(code, message, measure.where if code == "KR554" else None, fix))


def _attainment(measure: Measure, actual: Fraction, target: Fraction) -> tuple[Fraction, str] | None:
    """Return the attainment by the measure's form, exact, and what is to be said of it; None where it has no value."""
    if measure.form == "actual / target":
        return (actual / target, "") if target > 0 else None
    if measure.form == "target / actual":
        if actual == 0 and target > 0:
            return measure.curve.points[-1][0], "actual is 0, which is beyond the last point of the curve"
        return (target / actual, "") if actual > 0 and target >= 0 else None
    return (2 - actual / target, "") if target > 0 else None


def _with(part: PartPaid, amount: int) -> PartPaid:
    return PartPaid(part.plan, part.part, part.share, part.earned, part.points, part.pays, part.changed, amount)


def _plain(value: Fraction) -> str:
    return shown(value, min(decimals(value), DECIMALS), thousands=False)
