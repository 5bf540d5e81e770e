"""Restate a cohort: what successors brought, told apart by the base that went into each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kam_rules.feel.printer import value as said
from kam_rules.model.amounts import half_even
from kam_rules.model.apportion import Claim, apportion
from kam_rules.model.errors import DataError, Finding
from kam_rules.model.types import Type
from kam_rules.pipeline.tables import MOST
from kam_rules.pipeline.yearfile import YearTable
from kam_rules.yearly.lineage import DECIMALS


@dataclass(frozen=True, slots=True)
class Restated:
    """Rows of actuals under the ids of the cohort, how many predecessors went over, and with how much base."""

    rows: pl.DataFrame
    predecessors: int = 0
    carried: int = 0


def restated(rows: pl.DataFrame, cohort: pl.DataFrame, table: YearTable | None, minor: int) -> Restated:
    """Return actuals restated; as they are where nobody went over.

    Args:
        rows: account_id, row, and each amount in smallest units; one row an account.
        cohort: account_id and start.
        table: who went into whom.
        minor: decimals of the policy's currency.

    Raises:
        DataError: KR900 to KR903, every row at fault.
    """
    if table is None:
        return Restated(rows)
    start: dict[str, int] = dict(cohort.iter_rows())
    moves = [(r["row"], r["predecessor"], r["successor"], _units(r["base"], minor)) for r in table.rows.iter_rows(named=True)]
    there = set(rows["account_id"])
    faults = list(_faults(table, moves, start, there, minor))
    if faults:
        raise DataError(faults[:MOST])
    out: Counter[str] = Counter()
    into: dict[str, dict[str, int]] = {}
    for _, predecessor, successor, base in moves:
        out[predecessor] += base
        into.setdefault(successor, {})[predecessor] = base
    amounts = [name for name in rows.columns if name not in {"account_id", "row"}]
    parts = [part for row in rows.iter_rows(named=True) for part in _told_apart(row, into, start, amounts)]
    whole = pl.DataFrame(parts, schema=rows.schema).group_by("account_id", maintain_order=True)
    summed = whole.agg(pl.col("row").min(), *(pl.col(name).sum() for name in amounts)).select(rows.columns)
    assert all(summed[name].sum() == rows[name].sum() for name in amounts), amounts
    return Restated(summed, len(out), sum(out.values()))


def _units(value: int, minor: int) -> int:
    return int(half_even(Fraction(value, 10**DECIMALS), minor) * 10**minor)


def _told_apart(
    row: Mapping[str, object], into: Mapping[str, Mapping[str, int]], start: Mapping[str, int], amounts: list[str]
) -> Iterator[dict[str, object]]:
    """Return a successor's row as the parts of those who went into it; any other row as it is."""
    id_ = str(row["account_id"])
    origins = dict(into.get(id_, {}))
    if not sum(origins.values()):
        yield dict(row)
        return
    origins[id_] = start.get(id_, 0)
    claims = [Claim(name, weight) for name, weight in sorted(origins.items()) if weight]
    split = {name: apportion(int(str(row[name])), claims).parts for name in amounts}
    for number, claim in enumerate(claims):
        yield {"account_id": claim.id, "row": row["row"], **{name: split[name][number] for name in amounts}}


Moves = list[tuple[int, str, str, int]]


def _faults(table: YearTable, moves: Moves, start: Mapping[str, int], there: set[str], minor: int) -> Iterator[Finding]:
    out: Counter[str] = Counter()
    for _, predecessor, _, base in moves:
        out[predecessor] += base
    pairs = Counter((predecessor, successor) for _, predecessor, successor, _ in moves)
    for row, predecessor, successor, _ in moves:
        if predecessor not in start:
            where = table.cell(row, "predecessor", predecessor)
            yield Finding("KR900", f"{where}: no account of the run had a base under this id", None, "name it as the run does")
        elif out[predecessor] > start[predecessor]:
            message = f"{predecessor} hands over {_money(out[predecessor], minor)}, and its base is {_money(start[predecessor], minor)}"
            yield Finding("KR901", f"{table.cell(row, 'base')}: {message}", None, "correct the base that went over")
        elif out[predecessor] < start[predecessor] and predecessor not in there:
            rest = _money(start[predecessor] - out[predecessor], minor)
            message = f"{predecessor} keeps {rest} of its base, and the actuals have no row for it"
            yield Finding("KR903", f"{table.cell(row, 'base')}: {message}", None, "deliver its row, or let all of its base go over")
        if successor in out or pairs[predecessor, successor] > 1:
            where = table.cell(row, "successor", successor)
            why = "itself goes into another" if successor in out else f"takes over {predecessor} in another row, too"
            yield Finding("KR902", f"{where}: the successor {why}", None, "name the last successor, each once")


def _money(units: int, minor: int) -> str:
    return said(Fraction(units, 10**minor), Type.MONEY, minor=minor)
