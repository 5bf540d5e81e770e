"""The lines of quota: every holder's own book, and every manager's roll-up of all that stands below, at any depth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kam_rules.model.quota import Holder, Quota, TeamOutcome
from kam_rules.pipeline.holders import People
from kam_rules.pipeline.rollup import Own

REP, MANAGER = "rep", "manager"


@dataclass
class _Roll:
    """A running sum on its way up."""

    accounts: int = 0
    base: int = 0
    committed: int = 0
    supplement: int = 0
    hold_back: int = 0
    assigned: bool = True
    teams: set[str] = field(default_factory=set)

    def add(self, other: _Roll) -> None:
        self.accounts += other.accounts
        self.base += other.base
        self.committed += other.committed
        self.supplement += other.supplement
        self.hold_back += other.hold_back
        self.assigned = self.assigned and other.assigned
        self.teams.update(other.teams)


def quotas(found: People, teams: Iterable[TeamOutcome], own: Mapping[str, Own], per: str) -> tuple[Quota, ...]:
    """Return one line a rep with a book, and one a manager; a manager's adds up its own book and all lines below.

    The hold-back of a team stands with its head, or on a line of its own where nobody is; a line above several teams has
    their sums, and no quota where one of them has none.
    """
    by_team = {team.team: team for team in teams}
    headed: dict[str, list[TeamOutcome]] = {}
    for team in by_team.values():
        headed.setdefault(team.head, []).append(team)
    parts = {share.holder: share.part for team in by_team.values() for share in team.shares}
    rolls: dict[str, _Roll] = {}
    lines: list[Quota] = []
    for id_ in found.upwards:
        holder, team_id = found.holders[id_], found.team(id_, per)
        rolls[id_] = roll = _Roll()
        if id_ in own or not found.below.get(id_):
            outcome = by_team.get(team_id)
            line = _line(holder, team_id, own.get(id_), parts.get(id_, 0), assigned=outcome is None or outcome.assigned)
            lines.append(line)
            counted = {team_id} if id_ in own else set()
            roll.add(_Roll(line.accounts, line.base, line.committed, line.supplement, 0, line.assigned or id_ not in own, counted))
        for below in found.below.get(id_, ()):
            roll.add(rolls[below])
        for outcome in headed.get(id_, ()):
            roll.add(_Roll(hold_back=outcome.hold_back, assigned=outcome.assigned, teams={outcome.team}))
        if found.below.get(id_):
            lines.append(_manager(holder, roll))
    lines += [_nobody(outcome) for outcome in headed.get("", ()) if outcome.hold_back]
    return tuple(sorted(lines, key=lambda line: (line.team, line.role != MANAGER, line.holder.id)))


def _line(holder: Holder, team: str, own: Own | None, supplement: int, *, assigned: bool) -> Quota:
    if own is None:
        return Quota(holder, REP, team, 0, 0, 0, 0, supplement, assigned=assigned)
    return Quota(holder, REP, team, own.accounts, own.base, own.committed, own.aspirational, supplement, assigned=assigned)


def _manager(holder: Holder, roll: _Roll) -> Quota:
    team = next(iter(roll.teams)) if len(roll.teams) == 1 else ""
    return Quota(
        holder, MANAGER, team, roll.accounts, roll.base, roll.committed, None, roll.supplement, roll.hold_back, assigned=roll.assigned
    )


def _nobody(outcome: TeamOutcome) -> Quota:
    holder = Holder("", "nobody is named", team=outcome.team)
    return Quota(holder, MANAGER, outcome.team, 0, 0, 0, None, 0, outcome.hold_back, assigned=outcome.assigned)
