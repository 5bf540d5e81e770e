"""Is it fair: what each book can attain under each method, and how evenly that falls."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from kam_rules.model.report import Cell, Column, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.pipeline.books import BookSum, books, lines, supplements
from kam_rules.pipeline.fair import COMMITTED, TOTAL, Method, methods
from kam_rules.pipeline.own import banded, owned
from kam_rules.reports.quota import peers

NAMES = {COMMITTED: "the policy's targets", TOTAL: "with the supplement"}
READ = (
    "What counts are the accounts that have a target and lie in the scope of the reconciliation, if there is one.",
    "Attainability is what a book supports, its targets account by account, in proportion to what the method asks of it.",
    "Par is what it supports in proportion to its base: as on a golf course, it differs from book to book.",
    "Gini and variation are 0 where all books can attain the same.",
    "A correlation with par near 1 means that the quota rewards who was given the better book; near 0, that it does not.",
)


def fairness(run: Run, rep: str | None = None) -> Report:
    """Return what every book can attain under every method, the most attractive book first; to a rep the own one alone.

    Args:
        run: a run.
        rep: the rep who reads: all other books are counted in bands, and figures that would give a single one away left out.

    Raises:
        UsageError: KR591 the run has no such rep.
    """
    names = run.ready.program.baselines
    rows = sorted(books(lines(run), "holder", names), key=lambda book: (-(book.par or 0), book.id))
    told = methods(rows, names, supplements(run))
    title = f"{run.name}: what {len(rows):,} books can attain under {len(told)} method{'' if len(told) == 1 else 's'}"
    if rep is not None:
        owned(run, rep)
        own = _to_a_rep(rows, told, rep, run.ready.program.minor)
        return Report("fairness", title, own, minor=run.ready.program.minor, status=run.standing.status)
    blocks = (_methods(told), _books(rows, told, run.ready.program.minor), Lines("read", "How to read it", READ))
    return Report("fairness", title, blocks, minor=run.ready.program.minor, status=run.standing.status)


def _to_a_rep(rows: list[BookSum], told: tuple[Method, ...], rep: str, minor: int) -> tuple[Table | Lines, ...]:
    """Return the own book as it is, and of the others how many lie in each band."""
    at = next((i for i, book in enumerate(rows) if book.id == rep), None)
    mine = [] if at is None else [rows[at]]
    own = tuple(replace(one, attained=() if at is None else (one.attained[at],)) for one in told)
    bands = [peers("peers_par", "The other books, by par", banded(book.par for i, book in enumerate(rows) if i != at))]
    for one in told:
        title = f"The other books, by attainability under {named(one.name)}"
        bands.append(peers(f"peers_{one.name}", title, banded(ratio for i, ratio in enumerate(one.attained) if i != at)))
    return (_books(mine, own, minor), *bands, Lines("read", "How to read it", READ[:3]))


def named(name: str) -> str:
    """Return what a reader calls a method."""
    return NAMES.get(name, f"{name.replace('_', ' ')}, to compare")


def _methods(told: tuple[Method, ...]) -> Table:
    columns = (
        Column("method", "Method"),
        Column("books", "Books", Unit.COUNT),
        Column("gini", "Gini", Unit.COUNT),
        Column("variation", "Variation", Unit.COUNT),
        Column("ratio", "Highest / lowest", Unit.COUNT),
        Column("with_par", "Correlation with par", Unit.COUNT),
        Column("with_size", "Correlation with size", Unit.COUNT),
    )
    rows = []
    for one in told:
        even = one.evenness
        rows.append((named(one.name), even.n, even.gini, even.variation, even.ratio, one.with_potential, one.with_size))
    notes = dict.fromkeys(one.evenness.note for one in told if one.evenness.note)
    return Table("methods", "How evenly each method falls", columns, tuple(rows), " ".join(notes))


def _books(rows: list[BookSum], told: tuple[Method, ...], minor: int) -> Table:
    columns = (
        Column("holder", "Book of"),
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("par", "Par", Unit.RATIO),
        *(Column(f"attainability_{one.name}", named(one.name).split(",")[0].capitalize(), Unit.RATIO) for one in told),
    )
    cells: list[tuple[Cell, ...]] = [
        (book.id, book.accounts, Fraction(book.base, 10**minor), book.par, *(one.attained[i] for one in told))
        for i, book in enumerate(rows)
    ]
    return Table("books", "Attainability of each book, the most attractive first", columns, tuple(cells), empty="no account has a target")
