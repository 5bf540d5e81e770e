"""The gap and the quotas of a run: each team's climb, who carries what, and what stands on lines of its own."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from kam_rules.formats._cells import for_people
from kam_rules.model.amounts import percent
from kam_rules.model.ladder import Reconciliation
from kam_rules.model.quota import Kind, Quota, Reconciled, TeamOutcome
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.told_quota import told
from kam_rules.reports._climb import SAYS, climb
from kam_rules.reports._place import short


def reconciliation(run: Run) -> Report:
    """Return a reconciled run's gap, climb and quotas; its data are `kam-rules.reconciliation/1`."""
    found, policy = _both(run)
    document = told(run, policy, found)
    blocks: list[Block] = [*team_tables(run), kinds_table(run)]
    for team in [*document["teams"], *([document["total"]] if len(found.teams) > 1 else [])]:
        blocks += climb(team, around=1)
    blocks += [*quota_tables(run), *_overlays(run, found)]
    remarks = tuple(f"{f.code} {f.message}" for f in found.findings)
    if remarks:
        blocks.append(Lines("remarks", "To look at", remarks))
    blocks.append(Facts("run", "Run", tuple(_facts(run, policy))))
    verdict = SAYS[str(found.total.verdict)].partition(":")[0] if len(found.teams) == 1 else f"{len(found.teams)} teams"
    title = f"{run.name}: {verdict}, gap {_say(run, found.total.gap)} ({ratio(found.total, policy)})"
    return Report("reconciliation", title, tuple(blocks), document, minor=run.ready.program.minor, status=run.standing.status)


def _both(run: Run) -> tuple[Reconciled, Reconciliation]:
    policy = run.ready.program.reconciliation
    assert run.reconciled is not None, "the run was reconciled"
    assert policy is not None, "a run is reconciled by its policy"
    return run.reconciled, policy


def _amount(run: Run, amount: Fraction | int | None) -> Fraction | None:
    return None if amount is None else Fraction(amount) / 10**run.ready.program.minor


def _say(run: Run, amount: Fraction | int) -> str:
    return for_people(_amount(run, amount), Unit.MONEY, run.ready.program.minor)


def ratio(team: TeamOutcome, policy: Reconciliation) -> str:
    """Say a gap's share with its denominator: 4.196429% of top-down."""
    return f"{percent(team.ratio, 6)} of {policy.denominator.replace('_', '-')}"


def team_tables(run: Run) -> tuple[Table, Table]:
    """Return one row a team, then all together: the gap and what is done with it; and who carries it."""
    found, policy = _both(run)
    teams = [*found.teams, *([found.total] if len(found.teams) > 1 else [])]
    columns = (
        Column("team", "Team"),
        Column("base", "Base", Unit.MONEY),
        Column("top_down", "Top-down", Unit.MONEY),
        Column("bottom_up", "Bottom-up", Unit.MONEY),
        Column("gap", "Gap", Unit.MONEY),
        Column("ratio", "Share", Unit.RATIO),
        Column("outcome", "Outcome"),
    )
    note = f"Shares are of the {policy.denominator.replace('_', '-')} figure."
    if len(found.teams) > 1:
        note += " The last line adds the teams up; its outcome is what the ladder says of the sum, and changes no quota."
    rows = tuple((t.team, *(_amount(run, a) for a in (t.base, t.top_down, t.bottom_up, t.gap)), t.ratio, outcome(t)) for t in teams)
    gaps = Table("teams", "The gap, of decided accounts at exactly 100%", columns, rows, note)
    carriers = (
        Column("team", "Team"),
        Column("gap", "Gap", Unit.MONEY),
        Column("supplement", "Reps carry", Unit.MONEY),
        Column("hold_back", "Manager carries", Unit.MONEY),
        Column("open", "Nobody carries", Unit.MONEY),
        Column("cushion", "Cushion", Unit.MONEY),
    )
    carried = tuple((t.team, *(_amount(run, a) for a in (t.gap, t.supplement, t.hold_back, t.open, t.cushion))) for t in teams)
    return gaps, Table("carried", "Who carries it", carriers, carried, "Gap = reps + manager + nobody - cushion.")


def outcome(team: TeamOutcome) -> str:
    """Say what became of a team: the rung's verdict, a decision to go on, or why it was refused."""
    if team.faults:
        return f"refused: {', '.join(f.code for f in team.faults)}"
    return f"{team.verdict}, decided: {team.decision.how}" if team.decision else str(team.verdict)


def kinds_table(run: Run) -> Table:
    """Return how many accounts stand on which line; decided ones alone roll up."""
    found, _ = _both(run)
    labels = {Kind.OUTSIDE: "out of scope"}
    rows = tuple(
        (labels.get(part.kind, part.kind.value), part.accounts, _amount(run, part.base), _amount(run, part.target))
        for part in found.total.parts
        if part.accounts or part.kind is Kind.DECIDED
    )
    columns = (
        Column("line", "Line"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("target", "Asked for", Unit.MONEY),
    )
    return Table("lines", "Lines", columns, rows, "Only decided accounts in scope roll up; aspirational amounts never do.")


def quota_tables(run: Run, most: int | None = None) -> tuple[Table, Table]:
    """Return the lines of quota, at the most so many, in columns that only the last adds up; and the books under them."""
    found, _ = _both(run)
    columns = (
        Column("holder", "Holder"),
        Column("name", "Name"),
        Column("role", "As"),
        Column("committed", "Committed", Unit.MONEY),
        Column("supplement", "Supplement", Unit.MONEY),
        Column("hold_back", "Hold-back", Unit.MONEY),
        Column("proration", "Proration", Unit.MONEY),
        Column("total_quota", "Total quota", Unit.MONEY),
    )
    lines = found.quotas[:most]
    note = "" if all(line.assigned for line in found.quotas) else "Where no total stands, no quota is assigned."
    if len(lines) < len(found.quotas):
        note = f"{len(lines)} of {len(found.quotas):,} lines; quotas.csv has them all. {note}".strip()
    quotas = Table("quotas", "Quotas", columns, tuple(_quota_row(run, line) for line in lines), note)
    under = (
        Column("holder", "Holder"),
        Column("team", "Team"),
        Column("role", "As"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("par", "Par", Unit.RATIO),
        Column("aspirational", "Aspirational", Unit.MONEY),
    )
    books = tuple(_book_row(run, line) for line in lines)
    return quotas, Table("books", "Books under them", under, books, "Par is committed over base. Aspirational amounts never roll up.")


def _quota_row(run: Run, line: Quota) -> tuple[Cell, ...]:
    holder = line.holder
    name = holder.name if holder.status == "active" else f"{holder.name}, {holder.status}"
    added = (line.supplement, line.hold_back, line.proration) if line.assigned else (None, None, None)
    return (holder.id or "-", name, line.role, *(_amount(run, amount) for amount in (line.committed, *added, line.total)))


def _book_row(run: Run, line: Quota) -> tuple[Cell, ...]:
    par = Fraction(line.committed, line.base) if line.base else None
    return (line.holder.id or "-", line.team, line.role, line.accounts, _amount(run, line.base), par, _amount(run, line.aspirational))


def _overlays(run: Run, found: Reconciled) -> Iterable[Table]:
    if found.overlays:
        rows = tuple((o.holder, o.accounts, _amount(run, o.base), _amount(run, o.target)) for o in found.overlays)
        columns = (
            Column("holder", "Holder"),
            Column("accounts", "Accounts", Unit.COUNT),
            Column("base", "Base", Unit.MONEY),
            Column("committed", "Committed", Unit.MONEY),
        )
        yield Table("overlays", "Overlay credit", columns, rows, "Shown beside the quotas, part of no sum.")


def _facts(run: Run, policy: Reconciliation) -> Iterable[tuple[str, str]]:
    yield "policy", f"{run.name}, reconciliation at {short(policy.where)}"
    top_down = "set for this look alone" if run.look.top_down is not None else policy.top_down.text or "as the policy states"
    yield "top-down", f"{top_down}, per {policy.top_down.per}"
    yield "days", f"data as of {run.ready.as_of}, decided for {run.ready.effective_on}"
    sets = {**run.ready.sets, **run.look.sets}
    if sets:
        yield "set", ", ".join(f"{name}={value}" for name, value in sets.items())
    if run.look.of:
        yield "climbed again over", f"the run with hash {run.look.of}"
