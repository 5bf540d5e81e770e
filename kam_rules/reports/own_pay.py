"""What one rep is paid, for that rep to read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.pay import TEAM, Paid
from kam_rules.model.report import Block, Report, Table
from kam_rules.model.run import Run
from kam_rules.pipeline.own import WITHHELD, owned
from kam_rules.reports.pay import pay


def own_pay(run: Run, found: Paid, rep: str) -> Report:
    """Return how a rep's own payout came to be; of what a team brought, from which a peer could be told, the attainment alone.

    Raises:
        UsageError: KR591 the run has no such rep, KR551 nothing is paid to that rep.
    """
    owned(run, rep)
    own = tuple(one for one in found.payouts if one.assigned.person == rep)
    if not own:
        raise UsageError(Finding("KR551", f"'{rep}' is not among those paid", None, "who is paid stands in target_pay:"))
    told = pay(run, replace(found, payouts=own), rep)
    team = {f"part_{i}" for i, part in enumerate(own[0].parts) if part.part.of == TEAM}
    names = {one.measure.id for part in own[0].parts if part.part.of == TEAM for one in part.earned}
    blocks = tuple(_withheld(block, team, names) for block in told.blocks)
    data = cast("list[dict[str, Any]]", told.data)
    return replace(told, blocks=blocks, data=[_without(one) for one in data])


def _withheld(block: Block, parts: set[str], measures: set[str]) -> Block:
    """Return a block without the sums of a team."""
    if not isinstance(block, Table) or (block.key not in parts and block.key != "sources"):
        return block
    hidden = {"actual", "target"} if block.key in parts else {"actual_from", "target_from"}
    keys = [column.key for column in block.columns]
    rows = tuple(
        row if row[0] not in measures else tuple(WITHHELD if key in hidden else cell for key, cell in zip(keys, row, strict=True))
        for row in block.rows
    )
    return replace(block, rows=rows, note="" if block.key in parts else block.note)


def _without(one: dict[str, Any]) -> dict[str, Any]:
    """Return a payout for machines without the sums of a team."""
    hidden = dict.fromkeys(("actual", "target", "actual_from", "target_from", "note"), WITHHELD)
    parts = [part | {"measures": [m | hidden for m in part["measures"]]} if part["of"] == TEAM else part for part in one["parts"]]
    return one | {"parts": parts}
