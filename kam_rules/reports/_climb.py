"""A team's climb told from its document: the rungs, what was spread, what nobody carries, and what would close the gap."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from kam_rules.model.report import Block, Cell, Column, Lines, Table, Unit
from kam_rules.pipeline.again import WAYS
from kam_rules.reports._place import short

Told = dict[str, Any]
SAYS = {
    "surplus": "surplus: the accounts bring more, and no quota is added",
    "on_plan": "on plan: no quota is added",
    "rep_supplement": "rep supplement: the reps carry the gap",
    "manager_supplement": "manager supplement: the manager carries the gap",
    "split": "split: reps and manager carry the gap",
    "escalated": "escalated: no quota is written",
}


def money(text: str) -> str:
    """Write an exact amount with thousands commas.

    Examples:
        >>> money("-1234567.80")
        '-1,234,567.80'
    """
    whole, point, part = text.partition(".")
    return f"{'-' * whole.startswith('-')}{int(whole.lstrip('-')):,}{point}{part}"


def climb(team: Told, *, around: int | None = None) -> Iterable[Block]:
    """Tell the rungs, all or those `around` the one chosen, what was spread, and what would close the gap."""
    chosen = next(i for i, step in enumerate(team["steps"]) if step["chosen"])
    lines = [f"{SAYS[team['verdict']]} ({team['rung']}, {short(team['rung_where'])})"]
    for i, step in enumerate(team["steps"]):
        if around is None or abs(i - chosen) <= around:
            lines.append("  " + _step(step, "holds" if i == chosen else "not reached" if i > chosen else "too small"))
    yield Lines(f"climb_{team['team']}", f"Ladder of {team['team']}: gap {money(team['gap'])}", (*lines, *_carried(team), *_closes(team)))
    if team["shares"]:
        yield _shares(team)


def _step(step: Told, mark: str) -> str:
    edge = "holds every larger gap"
    if step["edge"] is not None:
        far = f"{money(step['margin'].lstrip('-'))} {'below' if step['margin'].startswith('-') else 'above'} this one"
        edge = f"its edge is a gap of {money(step['edge'])}, {far}"
    because = f"; because: {step['because']}" if step["because"] else ""
    return f"{mark}: {step['rung']} - {step['text']}, then {step['then']}; {edge}{because}"


def _carried(team: Told) -> Iterable[str]:
    if Fraction(team["rest"]):
        yield f"  caps and limits leave {money(team['rest'])} over; the manager carries it"
    if Fraction(team["residual"]):
        yield f"  {money(team['residual'])} fills no whole unit; the manager carries it"
    if Fraction(team["open"]) and team["verdict"] == "on_plan":
        yield f"  {money(team['open'])} remain open, within the tolerance"
    decision = team["decision"]
    if decision is not None:
        day = f" on {decision['on']}" if decision["on"] else ""
        yield f"  decided{day} by {decision['by']}: {decision['how']}, because: {decision['reason']}"
    for fault in team["faults"]:
        yield f"  {fault['code']} {fault['message']}; {fault['fix']}"


def _closes(team: Told) -> Iterable[str]:
    if not team["closes"]:
        return
    yield "what would close the gap, one of:"
    for way in team["closes"]:
        if way["how"] == "new_business":
            yield f"  new business {way['over_plan_by']} over its plan of {money(way['plan'])}"
        elif way["how"] == "top_down":
            yield f"  a top-down of {money(way['supported'])}, the largest that the ladder does not escalate"
            yield f"  a top-down of {money(way['bottom_up'])}, what the accounts bring at 100%"
        else:
            count = f"{int(way['accounts']):,} account{'s' * (way['accounts'] != '1')}"
            now = f"{count}, base {money(way['base'])}, target {money(way['target'])}"
            yield f"  {way['state']}: {now}; alone it would take {way['would_take']} in place of {way['nrr']}"
    if team["decision"] is None:
        yield f"to go on all the same: kam-rules reconcile RUN --proceed {'|'.join(WAYS)} --by NAME --reason WHY --out FOLDER"


def _shares(team: Told) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for share in team["shares"]:
        amounts = (None if share[key] is None else Fraction(share[key]) for key in ("at_most", "headroom", "part"))
        rows.append((share["holder"], f"{money(share['weight'])} ({share['of_all']})", share["bound"], *amounts))
    columns = (
        Column("holder", "Rep"),
        Column("weight", "Weighs"),
        Column("bound", "Bound"),
        Column("at_most", "At most", Unit.MONEY),
        Column("headroom", "Headroom under it", Unit.MONEY),
        Column("part", "Part", Unit.MONEY),
    )
    spread = team["spread"]
    left = f", without {', '.join(spread['leave_out'])}" if spread["leave_out"] else ""
    return Table(f"shares_{team['team']}", f"Spread over {team['team']} by {spread['by']}{left}", columns, tuple(rows))
