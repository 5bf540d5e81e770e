"""What is at fault with results and target pay before anybody is paid: each with row and column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from kam_rules.model.errors import Finding
from kam_rules.model.names import did_you_mean
from kam_rules.model.pay import Assigned, Incentives
from kam_rules.model.run import Run
from kam_rules.pipeline.yearfile import YearTable

TEAMS = "team:"
FEW = 5


def basis(run: Run, table: YearTable) -> Iterator[Finding]:
    """Find that the results count something else than the base of the run (KR453)."""
    asked = run.policy.document.map("targets").map("base")
    wanted, found = asked.text("basis"), table.doc.text("basis")
    if found != wanted:
        message = f"the results count {found}, and the base of the run counts {wanted}: the two are never mixed"
        related = ((asked.key_where("basis"), "the base's basis"),)
        yield Finding("KR453", message, table.doc.key_where("basis"), f"deliver the results as {wanted}", related=related)


def twice(table: YearTable, keys: tuple[str, ...]) -> Iterator[Finding]:
    """Find rows that stand twice (KR552)."""
    seen: dict[tuple[str, ...], int] = {}
    for row in table.rows.iter_rows(named=True):
        key = tuple(row[name] for name in keys)
        if key in seen:
            where = table.cell(row["row"], keys[-1], key[-1])
            yield Finding("KR552", f"{where}: {' '.join(key)} stands in row {seen[key]} already", None, "keep the right row")
        seen.setdefault(key, row["row"])


def strangers(everybody: Mapping[str, Assigned], results: YearTable, targets: YearTable) -> Iterator[Finding]:
    """Name people and teams that the run does not have (KR551), and people without a plan (KR555)."""
    teams = {one.team for one in everybody.values()}
    for table in (results, targets):
        told = set()
        for row, id_ in table.rows.select("row", "person").iter_rows():
            name = id_.removeprefix(TEAMS)
            team = table is results and name != id_
            if id_ in told or (name in teams if team else id_ in everybody):
                continue
            told.add(id_)
            what = f"the run has no team '{name}'" if team else f"'{id_}' is nobody who holds accounts in the run"
            fix = did_you_mean(name, sorted(teams if team else everybody))
            yield Finding("KR551", f"{table.cell(row, 'person', id_)}: {what}", None, fix)
    for row, id_ in targets.rows.select("row", "person").iter_rows():
        person = everybody.get(id_)
        if person is not None and not person.plan:
            message = f"{targets.cell(row, 'person', id_)}: {id_} has no plan: {person.why}"
            yield Finding("KR555", message, None, "mend assign under incentives; each person has exactly one plan")


def unpaid(everybody: Mapping[str, Assigned], wanted: Collection[str], targets: YearTable) -> Iterator[Finding]:
    """Name people with a plan for whom no target incentive is given (KR557)."""
    absent = [id_ for id_, person in everybody.items() if id_ not in wanted and person.plan]
    if absent:
        message = (
            f"{targets.source.shown} has no row for {', '.join(absent[:5])}{f' and {len(absent) - 5} more' if len(absent) > 5 else ''}"  # noqa: PLR2004
        )
        fix = "add them; who has no variable pay has a target_incentive of 0"
        yield Finding("KR557", message, targets.doc.where, fix)


def measures(found: Incentives, results: YearTable) -> Iterator[Finding]:
    """Name measures that no plan has (KR558)."""
    known = {measure.id for plan in found.plans.values() for part in plan.parts for measure in part.measures}
    told = set()
    for row, name in results.rows.select("row", "measure").iter_rows():
        if name not in known and name not in told:
            told.add(name)
            yield Finding(
                "KR558", f"{results.cell(row, 'measure', name)}: no plan has this measure", None, did_you_mean(name, sorted(known))
            )
