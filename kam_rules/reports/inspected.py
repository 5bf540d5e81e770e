"""What `kam-rules data inspect` tells: how a file lies, what its columns hold, what is wrong, and the data file proposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kam_rules.model.report import Block, Column, Facts, Lines, Report, Table, Unit
from kam_rules.pipeline.propose import Match
from kam_rules.pipeline.seen import Inspected, Seen

WHY = {"blank": "blank", "total": "totals of other rows", "footer": "lines beside the table"}


def inspected(found: Inspected, matches: Sequence[Match] | None) -> Report:
    """Return what was found in a file, and what is proposed for a policy where one was named."""
    aside = Counter(why for _, why, _ in found.aside)
    pairs = [*found.told, ("column of the ids", found.key or "not known by its name"), ("rows", f"{found.rows + len(found.aside):,}")]
    pairs += [(f"set aside: {WHY[why]}", f"{count:,}") for why, count in sorted(aside.items())]
    blocks: list[Block] = [Facts("file", "The file", tuple(pairs)), _columns(found.columns)]
    if any(text for _, _, text in found.aside):
        rows = tuple((row, WHY[why], text) for row, why, text in found.aside if text)
        columns = (Column("row", "Row", Unit.COUNT), Column("why", "Why"), Column("text", "What stands there"))
        blocks.append(Table("aside", "Set aside", columns, rows))
    told = tuple(f"{fault.code} {fault.message}" + (f" - {fault.fix}" if fault.fix else "") for fault in found.faults)
    blocks.append(Lines("faults", "To look at", told or ("nothing",)))
    if matches is not None:
        blocks.append(_matches(matches))
    return Report("inspected", f"{found.shown}: {found.rows:,} rows, {len(found.columns)} columns", tuple(blocks), findings=found.faults)


def _columns(columns: Sequence[Seen]) -> Table:
    heads = (
        Column("column", "Column"),
        Column("holds", "Holds"),
        Column("written", "Written"),
        Column("filled", "Filled", Unit.COUNT),
        Column("missing", "Missing", Unit.COUNT),
        Column("different", "Different", Unit.COUNT),
        Column("between", "Between, or such as"),
    )
    rows = tuple((one.name, one.kind, _written(one), one.filled, one.missing, one.different, _between(one)) for one in columns)
    return Table("columns", "Columns", heads, rows)


def _written(one: Seen) -> str:
    told = f"{one.written.written} or {one.written.other}" if one.written.other else one.written.written
    holders = f"missing as {', '.join(one.holders)}" if one.holders else ""
    return "; ".join(part for part in (told, holders) if part) or "-"


def _between(one: Seen) -> str:
    return f"{one.least} to {one.most}" if one.least else ", ".join(one.samples) or "-"


def _matches(matches: Sequence[Match]) -> Table:
    heads = (Column("field", "Field"), Column("column", "Column"), Column("how", "How sure"), Column("why", "Why"))
    rows = tuple((match.field, match.column.name if match.column else "-", match.how, match.why) for match in matches)
    return Table("proposed", "Proposed for the policy", heads, rows)
