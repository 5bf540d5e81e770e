"""What people put in the place of what was computed: the lines in force with before and after, the others, the two lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from kam_rules.formats._cells import for_people
from kam_rules.model.report import Cell, Column, Lines, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.told_overrides import held_lines, key_accounts


def overridden_tables(run: Run) -> Iterable[Table | Lines]:
    """Return the blocks of a run with overrides; nothing of one without."""
    found = run.overridden
    if found is None:
        return
    lines = held_lines(run)
    columns = (
        Column("account", "Account"),
        Column("what", "What"),
        Column("before", "Computed"),
        Column("after", "Now"),
        Column("target_before", "Target computed"),
        Column("target_after", "Target now"),
        Column("reason", "Reason"),
        Column("approved", "Approved by"),
        Column("until", "Until"),
    )
    rows = tuple(_row(line) for line in lines)
    note = f"{len(found.idle)} of {len(found.file.items)} lines are not in force: see below. {_moved(run)}" if found.idle else _moved(run)
    yield Table("overridden", "Overridden by people", columns, rows, note, "no line is in force")
    if any(item.kind == "review" for item in found.file.items):
        yield Lines("review", "Key accounts: the initial list and the final one", tuple(_lists(run)))


def _row(line: dict[str, object]) -> tuple[Cell, ...]:
    field, approved = str(line["field"]), line["approved"]
    before, after = line["before"], line["after"]
    assert isinstance(before, dict), "see held_lines"
    assert isinstance(after, dict), "see held_lines"
    assert isinstance(approved, list), "see held_lines"
    name = {"target": "target_nrr"}.get(field, field)
    sides = (before[name], after[name]) if name else (before["tier"], line["verdict"])
    who = ", ".join(one["by"] for one in approved)
    amounts = (before["target_amount"], after["target_amount"])
    expires = line["expires"]
    return (str(line["account"]), field or "review", *sides, *amounts, str(line["reason"]), who, None if expires is None else str(expires))


def _moved(run: Run) -> str:
    """Say what the lines in force do to the sum of all targets."""
    assert run.overridden is not None, "asked for where there are overrides"
    minor, effects = run.ready.program.minor, run.overridden.effects.values()
    more = sum(int(change.after["target_amount"] or 0) - int(change.before["target_amount"] or 0) for change in effects)
    amount = for_people(Fraction(more, 10**minor), Unit.MONEY, minor)
    return f"In force, they change the sum of targets by {amount}; the tables above are as computed."


def _lists(run: Run) -> Iterable[str]:
    assert run.overridden is not None, "asked for where there are overrides"
    counts = Counter(key_accounts(run, run.overridden)["on_final_list"].to_list())
    yield f"initial list: {sum(counts.values()):,} accounts; key_accounts.csv holds both"
    open_ = counts["not reviewed"]
    yield f"final list: {counts['yes']:,} accepted; {counts['no']:,} rejected, {counts['held']:,} held, {open_:,} not reviewed"


def told_lines(lines: Iterable[dict[str, object]]) -> Iterable[str]:
    """Say the lines of one account in sentences, for its explanation."""
    for line in lines:
        row = _row(line)
        until = f", until {row[8]}" if row[8] else ""
        yield f"{row[1]}: computed {row[2]}, now {row[3]}; target {row[4]} → {row[5]}{until}"
        yield f"  {line['reason']}: {line['because']} ({line['where']})"
        yield f"  asked for by {line['author']}, approved by {row[7]}; approvals bear the hash {str(line['of'])[:12]}"
