"""Whom executives, departments and field sales would name, beside whom the policy names, in tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction

import polars as pl

from kam_rules.model.report import Block, Cell, Column, Lines, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.assemble import GATES
from kam_rules.pipeline.tabulate import decisions
from kam_rules.pipeline.who.lists import Compared, Named
from kam_rules.pipeline.who.members import Members

MOST = 20
BEHIND = (
    "size: among the largest fifth by revenue. tenure: a customer for longer than three in four, and not that large.",
    "noise: service above the book's standard that costs as much as the account leaves, or more. local: small, and on one list alone.",
)


def lists(found: Members, compared: Compared | None) -> Iterator[Block]:
    """Tell every list beside the policy's, and each account on which they differ."""
    if compared is None:
        ask = "No list is given: --nominations FILE compares executives', departments' and the field's with the policy's"
        yield Lines("lists", "Whom people would name", (f"{ask} (kam-rules schema nominations).",))
        return
    columns = (
        Column("list", "List"),
        Column("named", "Names", Unit.COUNT),
        Column("both", "Key by the policy, too", Unit.COUNT),
        Column("overlap", "Overlap", Unit.RATIO),
        Column("only", "On the list alone", Unit.COUNT),
        Column("missed", "Key, and not on it", Unit.COUNT),
    )
    rows = tuple(
        (
            one.name,
            len(one.both) + len(one.only),
            len(one.both),
            Fraction(len(one.both), len(one.both) + len(one.only) + len(one.missed)),
            len(one.only),
            len(one.missed),
        )
        for one in compared.lists
    )
    note = f"The policy names {found.keys.height}. Overlap: of all accounts that the list or the policy names, those that both do."
    yield Table("lists", "Whom people would name, beside the policy", columns, rows, note)
    names = [one.name for one in compared.lists]
    yield _named("only_named", "Named by people, not by the policy", compared.only_named, found, None)
    yield _named("only_policy", "Key by the policy, and not on every list", compared.only_policy, found, names)


def _named(key: str, title: str, named: tuple[Named, ...], found: Members, every: list[str] | None) -> Table:
    """List accounts with who names them; given every list, tell those that do not, else what may lie behind those that do."""
    columns = (
        Column("account_id", "Account"),
        Column("base", "Base", Unit.MONEY),
        Column("rank", "Rank", Unit.COUNT),
        Column("said", "Named by"),
        Column("behind", "Perhaps for") if every is None else Column("missing", "Not by"),
        Column("policy", "The policy says"),
    )
    shown, money = named[:MOST], 10**found.run.ready.program.minor
    policy = said(found.run, [str(one.row["account_id"]) for one in shown])
    rows: list[tuple[Cell, ...]] = []
    for one in shown:
        id_ = str(one.row["account_id"])
        other = one.behind if every is None else tuple(name for name in every if name not in one.lists)
        words = ("; ".join(one.reasons) or "nobody", ", ".join(other) or "-", policy[id_])
        rows.append((id_, Fraction(one.row["base"], money), one.row["rank"], *words))
    more = f"{len(named) - MOST} more." if len(named) > MOST else ""
    note = " ".join((*(BEHIND if every is None else ()), more)).strip()
    return Table(key, title, columns, tuple(rows), note if named else "")


def said(run: Run, ids: Collection[str]) -> dict[str, str]:
    """Return what the policy says of some accounts: a gate that stopped them, their score and tier, a seat they did not get."""
    gates = next(([rule.id for rule in rules.rules] for rules in run.ready.program.lists if rules.id == GATES), [])
    rows = decisions(run, run.table.lazy().filter(pl.col("account_id").is_in(list(ids))).collect())
    told = {}
    for row in rows.iter_rows(named=True):
        passed, open_ = (set((row.get(f"gates_{what}") or "").split()) for what in ("passed", "unanswered"))
        failed = [gate for gate in gates if gate not in passed | open_]
        score = "no score" if row["score"] is None else f"score {row['score']}"
        parts = [f"{row['tier'] or 'undecided'}, {score}"]
        parts += [f"fails {', '.join(failed)}"] if failed else []
        parts += [f"no answer to {', '.join(sorted(open_))}"] if open_ else []
        parts += [f"no seat left as {row['lost_tier']}"] if row["lost_tier"] else []
        told[str(row["account_id"])] = "; ".join(parts)
    return told
