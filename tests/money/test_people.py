"""Reps, owners and accounts held against each other: each fault names row and field, and nothing is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.model.apportion import Claim, apportion
from kam_rules.model.errors import DataError, UsageError
from kam_rules.model.ladder import Rung, Spread
from kam_rules.model.quota import Share
from kam_rules.pipeline.credit import part_of
from kam_rules.pipeline.holders import FULL
from kam_rules.pipeline.ladder import Money, down_to_accounts
from tests.money.book import ACCOUNTS, REPS, frame, line, only, policy, reconciled, run, whole

Row = Mapping[str, object]
PLAN = policy("{per: total, amount: 5365000}")


def changed(rows: Sequence[Row], id_: str, **cells: object) -> list[Row]:
    """Return rows with some cells of one written otherwise; the id stands in the first column."""
    return [{**row, **cells} if next(iter(row.values())) == id_ else row for row in rows]


def told(accounts: Sequence[Row] = ACCOUNTS, reps: Sequence[Row] = REPS, owners: Sequence[Row] = ()) -> list[str]:
    """Return what is said of a book that cannot be read."""
    with pytest.raises(DataError) as error:
        run(PLAN, accounts, reps, owners)
    assert error.value.exit_code == 4
    return [f"{f.code} {f.message}" for f in error.value.findings]


@pytest.mark.parametrize(
    ("reps", "said"),
    [
        pytest.param(
            [*REPS, {"rep_id": "ben", "manager": "ana"}],
            ["KR431 reps row 4, column 'rep_id', 'ben': this rep stands 2 times", "KR431 reps row 5, column 'rep_id', 'ben'"],
            id="a rep twice",
        ),
        pytest.param(
            changed(REPS, "ana", manager="mai"),
            ["KR432 reps row 3, column 'manager', 'mai': the manager of ana is not among the reps"],
            id="an unknown manager",
        ),
        pytest.param(
            changed(REPS, "mia", manager="mia"),
            ["KR433 reps row 2, column 'manager', 'mia': managers run in a circle: mia → mia"],
            id="one's own manager",
        ),
        pytest.param(
            changed(REPS, "mia", manager="ben"),
            [
                "KR433 reps row 2, column 'manager', 'ben': managers run in a circle: mia → ben → mia",
                "KR433 reps row 4, column 'manager', 'mia': managers run in a circle: ben → mia → ben",
            ],
            id="a circle of two; ana below it is not part of it",
        ),
        pytest.param(
            changed(REPS, "ben", start="2026-03-01", end="2026-02-28"),
            ["KR437 reps row 4, column 'end', '2026-02-28': the last day lies before the first, 2026-03-01"],
            id="an end before the start",
        ),
        pytest.param(changed(REPS, "ben", status="gone"), ["KR424 reps row 4, column 'status', 'gone': not one of"], id="a status"),
        pytest.param([*REPS, {"rep_id": None, "name": "x"}], ["KR413 reps row 5, column 'rep_id': a required value"], id="no id"),
    ],
)
def test_faults_of_reps_name_row_and_column(reps: Sequence[Row], said: list[str]):
    found = told(reps=reps)
    assert len(found) == len(said)
    for sentence, start in zip(found, said, strict=True):
        assert sentence.startswith(start)


def test_an_exact_copy_of_a_rep_merges():
    assert whole(line(reconciled(PLAN, reps=[*REPS, REPS[2]]), "ben").committed) == 2_585_000


def test_an_owner_who_is_no_rep_is_told_with_row_column_and_the_nearest_name():
    assert told(changed(ACCOUNTS, "B2", owner="bem")) == ["KR434 frame row 6, column 'owner', 'bem': the owner is not among the reps"]


@pytest.mark.parametrize(
    ("seats", "said"),
    [
        pytest.param((), "KR435 frame row 6, column 'owner': B2 has no owner, and there is no vacant seat to hold it", id="none"),
        pytest.param(("s1", "s2"), "KR435 frame row 6, column 'owner': B2 has no owner, and there are 2 vacant seats, s1, s2", id="two"),
    ],
)
def test_an_account_without_owner_needs_the_one_vacant_seat(seats: tuple[str, ...], said: str):
    reps = [*REPS, *({"rep_id": seat, "manager": "mia", "team": "east", "status": "vacant"} for seat in seats)]
    assert told(changed(ACCOUNTS, "B2", owner=None), reps) == [said]


def test_the_vacant_seat_holds_what_nobody_owns_and_has_a_quota_like_others():
    reps = [*REPS, {"rep_id": "seat", "manager": "mia", "team": "east", "status": "vacant"}]
    found = reconciled(policy(), changed(ACCOUNTS, "B2", owner=None), reps)
    assert whole(line(found, "seat").committed) == 560_000
    assert whole(line(found, "mia", "manager").total) == 5_600_000
    assert whole(sum(line(found, rep).supplement for rep in ("ana", "ben", "seat"))) == 235_000


# --- Shared credit ----------------------------------------------------------------------------------------------------

SHARED = (
    {"account": "A1", "owner": "ana", "share": "60%"},
    {"account": "A1", "owner": "ben", "share": "40%"},
    {"account": "A1", "owner": "mia", "share": "25%", "overlay": "true"},
)


def test_shared_credit_adds_up_and_overlay_is_shown_never_summed():
    found = reconciled(PLAN, owners=SHARED)
    assert whole(line(found, "ana").committed) == 2_780_000 - 600_000
    assert whole(line(found, "ben").committed) == 2_585_000 + 600_000
    assert whole(only(found).bottom_up) == 5_365_000
    assert [(o.holder, o.accounts, whole(o.target)) for o in found.overlays] == [("mia", 1, 375_000)]
    assert only(found).parts[0].accounts == 6  # A1 counts once


@pytest.mark.parametrize(
    ("day", "owner"),
    [
        pytest.param("2026-02-01", "ben", id="before: the account's owner in the accounts"),
        pytest.param("2026-03-01", "ana", id="the first day"),
        pytest.param("2026-06-30", "ana", id="the last day"),
        pytest.param("2026-07-01", "ben", id="the day after"),
    ],
)
def test_a_dated_share_holds_on_its_days_both_included(day: str, owner: str):
    rows = [{"account": "B1", "owner": "ana", "share": "100%", "from": "2026-03-01", "to": "2026-06-30"}]
    found = run(PLAN, owners=rows, day=dt.date.fromisoformat(day)).reconciled
    assert found is not None
    assert found.credits.filter(pl.col("account_id") == "B1")["holder"].to_list() == [owner]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        pytest.param(
            changed(SHARED, "A1", share="60%"),
            "KR436 owners row 2, column 'share': the shares of A1 sum to 120%, in rows 2, 3",
            id="more than all, the overlay aside",
        ),
        pytest.param(SHARED[:1], "KR436 owners row 2, column 'share': the shares of A1 sum to 60%, in rows 2", id="less than all"),
        pytest.param(
            [{**SHARED[0], "from": None, "to": None}, {**SHARED[1], "from": None, "to": "2026-07-31"}],
            "KR436 owners row 2, column 'share': from 2026-08-01 on the shares of A1 sum to 60%, in rows 2",
            id="from a day on, when one has ended",
        ),
        pytest.param(
            [{**SHARED[0], "share": "160%"}], "KR422 owners row 2, column 'share', '160%': out of contract: 0% to 100%", id="no share"
        ),
        pytest.param(
            [{"account": "A1", "owner": "bob", "share": "100%"}],
            "KR434 owners row 2, column 'owner', 'bob': the owner is not among the reps",
            id="an owner who is no rep",
        ),
        pytest.param(
            [{"account": "A1", "owner": "ben", "share": "100%", "from": "2026-05-02", "to": "2026-05-01"}],
            "KR437 owners row 2, column 'to', '2026-05-01': the last day lies before the first, 2026-05-02",
            id="an end before its start",
        ),
    ],
)
def test_shares_that_do_not_sum_name_account_day_and_rows(rows: Sequence[Row], said: str):
    assert told(owners=rows)[0].startswith(said)


def test_shares_of_an_account_that_is_not_there_are_told_and_left_aside():
    found = reconciled(PLAN, owners=[{"account": "Z9", "owner": "ben", "share": "100%"}])
    assert [(f.code, f.level) for f in found.findings] == [("KR614", "note")]
    assert whole(only(found).bottom_up) == 5_365_000


def test_a_rep_who_left_and_still_holds_accounts_is_told():
    found = reconciled(PLAN, reps=changed(REPS, "ben", end="2026-01-31"))
    assert [(f.code, f.level) for f in found.findings] == [("KR618", "warning")]
    assert found.findings[0].message == "rep ben (row 4 of the reps) left on 2026-01-31 and still holds 3 accounts"
    assert reconciled(PLAN, reps=changed(REPS, "ben", end="2026-02-01")).findings == ()


def test_tables_of_files_are_held_against_the_accounts_and_named_as_their_files(tmp_path: Path):
    """The whole way from files: a data file with reps and owners, a wrong share, a wrong column, a file that is not there."""
    text = PLAN.sources[0].text
    (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")
    frame(ACCOUNTS).write_csv(tmp_path / "accounts.csv")
    frame(REPS).write_csv(tmp_path / "reps.csv")
    frame(SHARED).write_csv(tmp_path / "owners.csv")
    columns = ", ".join(f"{name}: {name}" for name in frame(ACCOUNTS).columns)
    accounts = f"accounts: {{file: accounts.csv, as_of: 2026-02-01, columns: {{{columns}}}}}\n"
    reps = "reps: {file: reps.csv, columns: {rep_id: rep_id, name: name, manager: manager, team: team}}\n"
    owners = "owners: {file: owners.csv, columns: {account: account, owner: owner, share: share, overlay: overlay}}\n"

    def told(data: str) -> list[str]:
        (tmp_path / "data.yaml").write_text(data, encoding="utf-8")
        try:
            engine.check(tmp_path / "policy.yaml", tmp_path / "data.yaml")
        except DataError as error:
            return [f"{f.code} {f.message}" for f in error.findings]
        return []

    assert told(accounts + reps + owners) == []
    assert told(accounts + reps + owners.replace("share: share", "share: part")) == ["KR404 owners.csv has no column 'part'"]
    assert told(accounts + reps.replace("reps.csv", "rep.csv")) == ["KR401 cannot read this file: no such file or directory"]
    assert told(accounts + reps.replace("rep_id: rep_id, ", ""))[0].startswith("KR102 'columns' has no 'rep_id'")
    frame([{**SHARED[0], "share": "50%"}, *SHARED[1:]]).write_csv(tmp_path / "owners.csv")
    assert told(accounts + reps + owners) == ["KR436 owners.csv row 2, column 'share': the shares of A1 sum to 90%, in rows 2, 3"]


def test_a_table_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="there is no table 'rep'"):
        engine.run(PLAN, frame(ACCOUNTS), as_of=dt.date(2026, 2, 1), tables={"rep": frame(REPS)}, witness=False)


@given(st.integers(0, 2**62), st.lists(st.integers(1, FULL), min_size=2, max_size=6))
def test_columns_share_an_account_as_apportion_does(amount: int, weights: list[int]):
    """The same largest remainder, in whole columns: every share of 100%, any amount that fits 63 bits."""
    shares = apportion(FULL, [Claim(f"{i}", weight) for i, weight in enumerate(weights)]).parts
    rows = pl.DataFrame(
        {
            "account_id": ["a"] * len(shares),
            "holder": [f"{i}" for i in range(len(shares))],
            "overlay": [False] * len(shares),
            "share": shares,
            "base": [amount] * len(shares),
        }
    )
    found = rows.select(part_of("base"))["base"].to_list()
    assert sum(found) == amount
    assert found == list(apportion(amount, [Claim(f"{i}", Fraction(share)) for i, share in enumerate(shares)]).parts)


@given(st.integers(0, 2**40), st.lists(st.integers(0, 2**60), min_size=1, max_size=8).filter(any), st.sampled_from([1, 100]))
def test_columns_let_a_supplement_go_down_as_apportion_does(part: int, weights: list[int], unit: int):
    """The same largest remainder under one rep, in any unit; what fills none stays with the rep, and is told."""
    rows = {
        "account_id": [f"a{i}" for i in range(len(weights))],
        "holder": ["ana"] * len(weights),
        "kind": ["decided"] * len(weights),
        "overlay": [False] * len(weights),
        "state": ["mature"] * len(weights),
        "target_amount": weights,
    }
    rung = replace(_rung(), accounts=Spread("target", "target_amount"))
    share = Share("ana", Fraction(1), Fraction(0), None, locked=False, part=part)
    down, findings = down_to_accounts(pl.DataFrame(rows), rung, [share], unit, Money("USD", 2))
    wanted = apportion(part, [Claim(f"a{i}", weight) for i, weight in enumerate(weights)], unit)
    if part:
        assert down.sort("account_id")["supplement"].to_list() == list(wanted.parts)
    assert [f.code for f in findings] == (["KR617"] if wanted.residual else [])


def _rung() -> Rung:
    found = PLAN.program.reconciliation
    assert found is not None
    return found.ladder[2]
