"""The same inputs give the same decisions: on every run, in any row order, at any hour, in every process."""

from __future__ import annotations

import ast
import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NoReturn

import polars as pl
import pytest
from hypothesis import given, settings

import kam_rules
from kam_rules import engine
from tests.generators import outcomes, randoms, run_case, write_case

SECTIONS = {
    "gates": "- {id: willingness, ask: Will they partner, when: willing, because: Article 001}",
    "tiers": """
        if_unknown: hold
        rules:
          - {id: t1, when: score >= 65, capacity: 3, tie_break: [headroom desc]}
          - {id: t2, when: score >= 50, capacity: 4}
          - {id: t3, otherwise: true}
        """,
    "limits": "{key_tiers: [t1, t2], at_most: 25% of accounts}",
    "triggers": """
        - {id: ebb, when: health < 30, then: demote, because: Eroding}
        - {id: late, when: since < as_of, then: review, because: Long a customer}
        """,
}
ROOT = Path(kam_rules.__file__).parent


def random_accounts(rng: Random, count: int = 25) -> list[dict[str, str | None]]:
    """Return accounts with ties, gaps and bases of zero."""
    return [
        {
            "account_id": f"acc-{i:02}",
            "base_revenue": rng.choice(("0", "100", "250000.01")),
            "points": rng.choice(("40", "50", "65", "70", "70", None)),
            "health": rng.choice(("20", "49.99", "50", "80", None)),
            "willing": rng.choice(("yes", "yes", "yes", "no", None)),
            "headroom": rng.choice(("1", "5", "5", None)),
            "since": rng.choice(("2020-02-29", None)),
        }
        for i in range(count)
    ]


ACCOUNTS = random_accounts(Random(7))  # noqa: S311 - tests need repeatable chance


# --- Again, and in another order --------------------------------------------------------------------------------------


def test_the_same_inputs_give_the_same_tables(tmp_path: Path) -> None:
    policy, data = write_case(tmp_path, ACCOUNTS, **SECTIONS)
    one, other = engine.run(policy, data), engine.run(policy, data)
    assert one.table.frame().equals(other.table.frame())
    assert one.table.frame().schema == other.table.frame().schema
    assert one.book.faults.frame().equals(other.book.faults.frame())
    assert one.ready == other.ready


@settings(max_examples=8)
@given(randoms())
def test_the_order_of_rows_decides_nothing(tmp_path_factory: pytest.TempPathFactory, rng: Random) -> None:
    """Only the row numbers differ, and the order in which decisions stand."""
    rows = random_accounts(rng)
    found = [
        outcomes(run_case(tmp_path_factory.mktemp("rows"), order, effective_on=None, sets=None, **SECTIONS))
        for order in (rows, rng.sample(rows, len(rows)))
    ]
    for outcome in found:
        for row in outcome.values():
            del row["row"]
    assert found[0] == found[1]


def test_decisions_stand_in_the_order_of_the_source(tmp_path: Path) -> None:
    rows = ACCOUNTS[::-1]
    assert run_case(tmp_path, rows).table.frame()["account_id"].to_list() == [row["account_id"] for row in rows]


@pytest.mark.parametrize("gone", ["acc-00", "acc-12", "acc-24"])
def test_an_account_s_own_outcome_does_not_hang_on_the_others(tmp_path: Path, gone: str) -> None:
    """Only seats do: score, state and target of everyone else stay as they are when one account leaves."""
    with_all = outcomes(run_case(tmp_path, ACCOUNTS, effective_on=None, sets=None, **SECTIONS))
    rest = [row for row in ACCOUNTS if row["account_id"] != gone]
    without = outcomes(run_case(tmp_path, rest, effective_on=None, sets=None, **SECTIONS))
    for name in ("score", "qualified", "state", "target_amount", "tiers", "states", "action"):
        assert {id_: row[name] for id_, row in with_all.items() if id_ != gone} == {id_: row[name] for id_, row in without.items()}


def test_columns_in_another_order_decide_nothing(tmp_path: Path) -> None:
    turned = [dict(reversed(row.items())) for row in ACCOUNTS]
    one = run_case(tmp_path, ACCOUNTS, effective_on=None, sets=None, **SECTIONS)
    other = run_case(tmp_path, turned, effective_on=None, sets=None, **SECTIONS)
    assert one.table.frame().equals(other.table.frame())


# --- No clock, no chance ----------------------------------------------------------------------------------------------


def refuse(*_: object, **__: object) -> NoReturn:
    """Fail whoever asks for the time."""
    message = "evaluation reads a clock"
    raise AssertionError(message)


class Instance(type(dt.date)):  # type: ignore[misc]
    """Lets a class without a clock pass for the one it stands in for."""

    def __instancecheck__(cls, instance: object) -> bool:
        """Take an instance of the real class for one of ours."""
        return isinstance(instance, cls.__mro__[1])


class NoToday(dt.date, metaclass=Instance):
    """A day that does not know today."""

    today = refuse
    fromtimestamp = refuse
    fromisoformat = staticmethod(dt.date.fromisoformat)  # type: ignore[assignment]


class NoNow(dt.datetime, metaclass=Instance):
    """A time that does not know now."""

    now = refuse
    utcnow = refuse
    today = refuse


@pytest.fixture
def no_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Return a switch that takes the clock away until the test ends."""

    def take_away() -> None:
        for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "strftime"):
            monkeypatch.setattr(time, name, refuse)
        monkeypatch.setattr(dt, "date", NoToday)
        monkeypatch.setattr(dt, "datetime", NoNow)

    yield take_away
    monkeypatch.undo()


def test_a_run_reads_no_clock(tmp_path: Path, no_clock: Callable[[], None]) -> None:
    """The day of the data and the day decided for are inputs; the hour of the run is none."""
    policy, data = write_case(tmp_path, ACCOUNTS, **SECTIONS)
    before = engine.run(policy, data)
    no_clock()
    with pytest.raises(AssertionError):
        dt.datetime.now()  # noqa: DTZ005 - the ban itself is tried
    with pytest.raises(AssertionError):
        dt.date.today()  # noqa: DTZ011 - the ban itself is tried
    after = engine.run(policy, data)
    assert after.table.frame().equals(before.table.frame())


DECIDING = ("model", "feel", "scales", "sections", "backends", "pipeline")
CHANCE = {"random", "secrets", "uuid", "time", "socket", "urllib", "locale"}


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, by their first name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("folder", DECIDING)
def test_what_decides_imports_neither_clock_nor_chance(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    assert {path.name: imported(path) & CHANCE for path in files if imported(path) & CHANCE} == {}


@pytest.mark.parametrize("folder", DECIDING)
def test_what_decides_asks_nobody_for_now_or_today(folder: str) -> None:
    asked = {"now", "today", "utcnow"}
    for path in sorted((ROOT / folder).rglob("*.py")):
        names = {node.attr for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute)}
        assert not names & asked, path.name


# --- In another process -----------------------------------------------------------------------------------------------

SCRIPT = """
import sys
from kam_rules import engine
run = engine.run(sys.argv[1], sys.argv[2])
run.table.frame().write_parquet(sys.argv[3])
"""


def test_another_process_with_other_hashes_and_another_time_zone_decides_alike(tmp_path: Path) -> None:
    """No decision hangs on the order of a set, nor on where on earth the machine stands."""
    policy, data = write_case(tmp_path, ACCOUNTS, **SECTIONS)
    tables = []
    for number, (seed, zone) in enumerate((("1", "UTC"), ("4242", "Pacific/Kiritimati"))):
        out = tmp_path / f"table{number}.parquet"
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        subprocess.run([sys.executable, "-c", SCRIPT, str(policy), str(data), str(out)], check=True, env=environment, cwd=ROOT.parent)
        tables.append(pl.read_parquet(out))
    assert tables[0].equals(tables[1])
    assert tables[0].equals(engine.run(policy, data).table.frame())
