"""A folder of policies as a series, year by year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from kam_rules.formats._findings import say_finding
from kam_rules.model.policy import Policy
from kam_rules.model.report import Block, Cell, Column, Lines, Report, Table
from kam_rules.pipeline.series import Series, in_force
from kam_rules.pipeline.things import policy_thing

SHORT = 12


def policies(found: Series, status: Mapping[str, str], on: dt.date | None = None) -> Report:
    """Return the series.

    Args:
        found: the policies and what is wrong with them.
        status: by file, whether a policy is active or a draft; empty where no ledger is at hand.
        on: a day for which to tell the policy in force.
    """
    columns = [
        Column("policy", "Policy"), Column("fiscal_year", "Year"), Column("from", "From"), Column("to", "To"),
        *((Column("in_force", f"In force on {on}"),) if on else ()),
        *((Column("status", "Status"),) if status else ()),
        Column("file", "File"), Column("extends", "Extends"), Column("content", "Content"),
    ]  # fmt: skip
    held = in_force(found.policies, on) if on else []
    rows = tuple(_row(policy, status, (policy in held) if on else None) for policy in found.policies)
    count, wrong = len(found.policies), len(found.findings)
    title = f"{found.folder}: {count} {'policy' if count == 1 else 'policies'}, {wrong or 'no'} finding{'' if wrong == 1 else 's'}"
    note = "Content is the beginning of the hash that signatures are put to; both days count."
    blocks: list[Block] = [Table("policies", "Policies", tuple(columns), rows, note)]
    if on is not None and not held:
        blocks.append(Lines("none", "In force", (f"no policy is in force on {on}",)))
    if found.findings:
        told = (line for finding in found.findings for line in say_finding(finding).splitlines())
        blocks.append(Lines("findings", "Findings", tuple(told)))
    return Report("policies", title, tuple(blocks), findings=found.findings)


def _row(policy: Policy, status: Mapping[str, str], held: bool | None) -> tuple[Cell, ...]:  # noqa: FBT001 - one column
    own, *extended = policy.chain
    return (
        policy.id,
        policy.fiscal_year,
        str(policy.start),
        str(policy.end),
        *(() if held is None else ("yes" if held else "",)),
        *((status.get(own.path, ""),) if status else ()),
        Path(own.path).name,
        " < ".join(Path(source.path).name for source in extended),
        policy_thing(policy).of[:SHORT],
    )
