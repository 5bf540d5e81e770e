"""A quota told from its trail: the lines, the ladder above them, the accounts below, each with its rule and its cell."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit

Told = dict[str, Any]


def quota(trail: Told) -> Report:
    """Return the report of a `kam-rules.quota/1` trail."""
    blocks: list[Block] = []
    holder = trail["holder"]
    if holder is not None:
        blocks.append(Facts("holder", "Holder", tuple(_holder(holder))))
    blocks.append(_lines("lines", "Quota", trail["lines"], "Total quota = committed + supplement + hold-back + proration."))
    if trail["team"] is not None:
        blocks += _team(trail["team"])
    if trail["below"]:
        blocks.append(_lines("below", "Directly below, each with all that stands under it", trail["below"]))
    if trail["accounts"]:
        blocks += [_accounts(trail["accounts"]), _rules(trail["accounts"])]
    policy = trail["policy"]
    files = ", ".join(f"{file['path']} ({file['sha256'][:12]})" for file in (*policy["files"], *policy["data"]))
    days = f"data as of {policy['as_of']}, decided for {policy['effective_on']}"
    blocks.append(Facts("run", "Run", (("policy", f"{policy['id']} {policy['fiscal_year']}"), ("days", days), ("files", files))))
    name = f" · {holder['name']}" if holder is not None else ""
    return Report("quota", f"{trail['of']}{name}", tuple(blocks), trail)


def _holder(holder: Told) -> Iterable[tuple[str, str]]:
    yield "id", holder["id"]
    yield "status", holder["status"]
    if holder["start"] or holder["end"]:
        yield "in the seat", f"from {holder['start'] or 'always'} to {holder['end'] or 'further notice'}"
    yield "reports to", " → ".join(holder["reports_to"]) or "nobody"
    yield "source", f"{holder['cell']['file']} row {holder['cell']['row']}"


def _money(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _lines(key: str, title: str, lines: Iterable[Told], note: str = "") -> Table:
    amounts = ("base", "committed", "supplement", "hold_back", "proration", "total_quota", "aspirational")
    labels = ("Base", "Committed", "Supplement", "Hold-back", "Proration", "Total quota", "Aspirational")
    columns = (
        Column("holder", "Holder"),
        Column("name", "Name"),
        Column("role", "As"),
        Column("accounts", "Accounts", Unit.COUNT),
        *(Column(name, label, Unit.MONEY) for name, label in zip(amounts, labels, strict=True)),
        Column("par", "Par"),
        Column("total_nrr", "Asked in all"),
    )
    rows = tuple(
        (line["holder"], line["name"], line["role"], line["accounts"], *(_money(line[n]) for n in amounts), line["par"], line["total_nrr"])
        for line in lines
    )
    return Table(key, title, columns, rows, note)


def _team(team: Told) -> Iterable[Block]:
    pairs = [
        ("bottom-up", f"{team['bottom_up']} from a base of {team['base']}"),
        ("top-down", f"{team['top_down']}{', ' + team['top_down_is'] if team['top_down_is'] else ''}"),
        ("gap", f"{team['gap']}, {team['ratio']} of {team['ratio_of'].replace('_', '-')}"),
        ("outcome", f"{team['verdict']}, by the rung {team['rung']} ({team['rung_where']})"),
        ("carried", f"reps {team['supplement']}, manager {team['hold_back']}, nobody {team['open']}, cushion {team['cushion']}"),
    ]
    if team["decision"] is not None:
        decision = team["decision"]
        pairs.append(("decided", f"{decision['how']} by {decision['by']}: {decision['reason']}"))
    yield Facts("team", f"Team {team['team']}", tuple(pairs))
    yield Lines("steps", "Ladder", tuple(_step(step) for step in team["steps"]))
    if team["shares"]:
        columns = tuple(
            Column(*pair)
            for pair in (("holder", "Rep"), ("weight", "Weight"), ("at_most", "At most"), ("headroom", "Headroom"), ("part", "Part"))
        )
        rows = tuple(tuple(share[column.key] for column in columns) for share in team["shares"])
        yield Table("shares", "Spread", columns, rows)


def _step(step: Told) -> str:
    mark = "decides" if step["chosen"] else "would hold" if step["holds"] else "too small"
    edge = "every gap" if step["edge"] is None else f"gaps up to {step['edge']}, {step['margin']} from this one"
    because = f"; because: {step['because']}" if step["because"] else ""
    return f"{mark}: {step['rung']} - {step['text']}, then {step['then']}: {edge} ({step['where']}){because}"


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
        Column("cell", "Base read from"),
    )
    rows = tuple(_account(account) for account in accounts)
    return Table("accounts", "Accounts, each with what decided it and where its base stands", columns, rows)


def _account(account: Told) -> tuple[Cell, ...]:
    cell, share = account["cell"], account["share"] + (", overlay" if account["overlay"] else "")
    rules = f"{account['state_rule'] or 'undecided'}, {account['target_rule'] or 'no target'}"
    read = f"{cell['file']} row {cell['row']}, {cell['column']} '{cell['raw'] or ''}'"
    words = (account["account_id"], share, account["line"], account["tier"], account["state"])
    return (*words, _money(account["base"]), account["nrr"], _money(account["committed"]), _money(account["supplement"]), rules, read)


def _rules(accounts: Iterable[Told]) -> Facts:
    """Return where each rule that decided one of the accounts stands."""
    found: dict[str, str] = {}
    for account in accounts:
        for kind in ("state", "target"):
            rule, where = account[f"{kind}_rule"], account[f"{kind}_where"]
            if rule and where:
                found[f"{kind} {rule}"] = where
    return Facts("rules", "Rules", tuple(sorted(found.items())))
