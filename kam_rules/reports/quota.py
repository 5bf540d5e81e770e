"""A quota told from its trail: the lines, the ladder above them, the accounts below, each with its rule and its cell."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from kam_rules.model.report import Block, Cell, Column, Facts, Report, Table, Unit
from kam_rules.reports._climb import climb, money
from kam_rules.reports._origins import mark, status

Told = dict[str, Any]


def quota(trail: Told) -> Report:
    """Return the report of a `kam-rules.quota/1` trail."""
    blocks: list[Block] = []
    holder = trail["holder"]
    if holder is not None:
        blocks.append(Facts("holder", "Holder", tuple(_holder(holder))))
    blocks += _lines("lines", "Quota", trail["lines"], "Total quota = committed + supplement + hold-back + proration.")
    if trail["team"] is not None:
        blocks += _team(trail["team"])
    if trail["below"]:
        blocks += _lines("below", "Directly below, each with all that stands under it", trail["below"])
    if trail["accounts"]:
        blocks += [_accounts(trail["accounts"]), _rules(trail["accounts"])]
    if "peers" in trail:
        blocks.append(peers("peers", "The other books, by par", trail["peers"]))
    policy = trail["policy"]
    files = ", ".join(f"{file['path']} ({file['sha256'][:12]})" for file in (*policy["files"], *policy["data"]))
    days = f"data as of {policy['as_of']}, decided for {policy['effective_on']}"
    name = f"{policy['id']} {policy['fiscal_year']}, {policy['signed']}"
    ledger = (("ledger", f"before this run {policy['ledger']}"),) if policy["ledger"] else ()
    blocks.append(Facts("run", "Run", (("policy", name), *ledger, ("days", days), ("files", files))))
    name = f" · {holder['name']}" if holder is not None else ""
    return Report("quota", f"{trail['of']}{name}{mark(policy)}", tuple(blocks), trail, status=status(policy))


def peers(key: str, title: str, bands: Iterable[Told]) -> Table:
    """Return how many of the other books lie in each band."""
    columns = (Column("band", "From"), Column("books", "Books", Unit.COUNT))
    return Table(key, title, columns, tuple((band["band"], band["books"]) for band in bands), empty="there is no other book")


def _holder(holder: Told) -> Iterable[tuple[str, str]]:
    yield "id", holder["id"]
    yield "status", holder["status"]
    if holder["start"] or holder["end"]:
        yield "in the seat", f"from {holder['start'] or 'always'} to {holder['end'] or 'further notice'}"
    yield "reports to", " → ".join(holder["reports_to"]) or "nobody"
    yield "source", f"{holder['cell']['file']} row {holder['cell']['row']}"


def _money(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _lines(key: str, title: str, lines: Iterable[Told], note: str = "") -> Iterable[Table]:
    amounts = {
        "committed": "Committed",
        "supplement": "Supplement",
        "hold_back": "Hold-back",
        "proration": "Proration",
        "total_quota": "Total quota",
    }
    front = (Column("holder", "Holder"), Column("name", "Name"), Column("role", "As"))
    columns = (*front, *(Column(name, label, Unit.MONEY) for name, label in amounts.items()))
    rows = tuple((line["holder"], line["name"], line["role"], *(_money(line[name]) for name in amounts)) for line in lines)
    yield Table(key, title, columns, rows, note)
    under = (
        *front[::2],
        Column("accounts", "Accounts", Unit.COUNT),
        Column("base", "Base", Unit.MONEY),
        Column("par", "Par"),
        Column("total_nrr", "Asked in all"),
        Column("aspirational", "Aspirational", Unit.MONEY),
    )
    books = tuple(
        (x["holder"], x["role"], x["accounts"], _money(x["base"]), x["par"], x["total_nrr"], _money(x["aspirational"])) for x in lines
    )
    yield Table(f"{key}_books", "Books under them", under, books, "Par is committed over base; asked in all is total quota over base.")


def _team(team: Told) -> Iterable[Block]:
    amounts = {key: money(team[key]) for key in ("base", "bottom_up", "top_down", "gap", "supplement", "hold_back", "open", "cushion")}
    carried = f"reps {amounts['supplement']}, manager {amounts['hold_back']}, nobody {amounts['open']}, cushion {amounts['cushion']}"
    pairs = (
        ("bottom-up", f"{amounts['bottom_up']} from a base of {amounts['base']}"),
        ("top-down", f"{amounts['top_down']}{', ' + team['top_down_is'] if team['top_down_is'] else ''}"),
        ("gap", f"{amounts['gap']}, {team['ratio']} of {team['ratio_of'].replace('_', '-')}"),
        ("carried", carried),
    )
    yield Facts("team", f"Team {team['team']}", pairs)
    yield from climb(team)


def _accounts(accounts: Iterable[Told]) -> Table:
    columns = (
        Column("account_id", "Account"),
        Column("share", "Share"),
        Column("line", "Line"),
        Column("tier", "Tier"),
        Column("state", "State"),
        Column("base", "Base", Unit.MONEY),
        Column("nrr", "NRR"),
        Column("committed", "Committed", Unit.MONEY),
        Column("supplement", "Supplement", Unit.MONEY),
        Column("rules", "Rules"),
        Column("row", "Row", Unit.COUNT),
        Column("raw", "Read as"),
    )
    rows = tuple(_account(account) for account in accounts)
    cell = next(iter(accounts))["cell"]
    note = f"Bases are read from {cell['file']}, column {cell['column']}; rows count as a spreadsheet does."
    return Table("accounts", "Accounts, each with what decided it and where its base stands", columns, rows, note)


def _account(account: Told) -> tuple[Cell, ...]:
    cell, share = account["cell"], account["share"] + (", overlay" if account["overlay"] else "")
    told = (account["state_rule"] or "undecided", account["target_rule"] or "no target")
    rules = ", ".join(dict.fromkeys(told))
    words = (account["account_id"], share, account["line"], account["tier"], account["state"])
    return (
        *words,
        _money(account["base"]),
        account["nrr"],
        _money(account["committed"]),
        _money(account["supplement"]),
        rules,
        cell["row"],
        cell["raw"],
    )


def _rules(accounts: Iterable[Told]) -> Facts:
    """Return where each rule that decided one of the accounts stands."""
    found: dict[str, str] = {}
    for account in accounts:
        for kind in ("state", "target"):
            rule, where = account[f"{kind}_rule"], account[f"{kind}_where"]
            if rule and where:
                found[f"{kind} {rule}"] = where
    return Facts("rules", "Rules", tuple(sorted(found.items())))
