"""Re-decide every account of this folder, and print what differs from decisions.csv.

    python3 -I -S rederive.py

It needs Python 3.10 or later and nothing else: no package, no network, and nothing of the program that made the
folder. It reads manifest.json (are the files what they were?), program.json (the policy as trees, each with its text
and its place), values.jsonl.gz (one account a line, numbers as whole numbers of the smallest unit) and decisions.csv.

A missing value is None, and so is a condition that cannot be answered. Numbers are exact fractions throughout.
It exits with 0 where everything agrees, 1 where an account differs, 5 where a file was changed.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

Tree = dict[str, Any]
Facts = dict[str, Any]
Verdict = tuple[Any, list[int], list[int]]
UNREACHED = "not_qualified"


def value_of(node: Tree, facts: Facts) -> Any:
    """Return the value of a tree: a dict of one operation and its operands."""
    ((op, of),) = ((key, node[key]) for key in node if key != "places")
    if op in LEAVES:
        return LEAVES[op](of, facts)
    if op == "if":
        truth = value_of(of[0], facts)
        return None if truth is None else value_of(of[1 if truth else 2], facts)
    found = [value_of(item, facts) for item in of]
    if op == "known":
        return found[0] is not None
    if op == "first_known":
        return next((item for item in found if item is not None), None)
    if op in ("and", "or"):
        wins = op == "or"
        return wins if wins in found else None if None in found else not wins
    if None in found or (op == "/" and found[1] == 0):
        return None
    if op == "round":
        return Fraction(round(found[0] * 10 ** node["places"]), 10 ** node["places"])
    return OPERATIONS[op](*found)


def months(start: dt.date, end: dt.date) -> int:
    """Return the completed months from start to end."""
    if end < start:
        return -months(end, start)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


LEAVES: dict[str, Any] = {
    "number": lambda of, _: Fraction(of),
    "text": lambda of, _: of,
    "flag": lambda of, _: of,
    "date": lambda of, _: dt.date.fromisoformat(of),
    "missing": lambda *_: None,
    "read": lambda of, facts: facts.get(of),
}
OPERATIONS: dict[str, Any] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "not": lambda a: not a,
    "min": lambda *items: min(items),
    "max": lambda *items: max(items),
    "days": lambda start, end: Fraction((end - start).days),
    "months": lambda start, end: Fraction(months(start, end)),
}


def judge(rules: Tree, truths: list[Any]) -> Verdict:
    """Return which rule decides (None: none does), the rules that are true, and those that are unknown, by number.

    collect: no rule decides. unique: the one true rule. first: the first true rule; with if_unknown "hold" an unknown
    rule above it leaves the list undecided.
    """
    true = [i for i, truth in enumerate(truths) if truth is True]
    unknown = [i for i, truth in enumerate(truths) if truth is None]
    if rules["hit"] == "collect":
        return None, true, unknown
    if rules["hit"] == "unique":
        return (true[0] if len(true) == 1 else None), true, unknown
    above = [i for i in unknown if not true or i < true[0]]
    return (true[0] if true and (not above or rules["if_unknown"] == "flag") else None), true, above


def take(stage: Tree, facts: Facts) -> dict[str, Verdict]:
    """Take the steps of a stage for one account; `facts` gains every figure and what each list binds."""
    verdicts = {}
    for step in stage["steps"]:
        if "derive" in step:
            facts[step["derive"]] = value_of(step["is"], facts)
            continue
        decides, true, unknown = judge(step, [value_of(rule["when"], facts) for rule in step["rules"]])
        verdicts[step["list"]] = decides, true, unknown
        for i, name in enumerate(step["binds"]):
            facts[name] = None if decides is None else value_of(step["rules"][decides]["gives"][i], facts)
    return verdicts


def facts_of(program: Tree, row: Tree) -> Facts:
    """Return the values of an account, each number in the unit of its field."""
    return {field["name"]: stored(row.get(field["name"]), field) for field in program["fields"]}


def stored(value: Any, field: Tree) -> Any:
    """Return one stored value in the unit of its field."""
    if value is None:
        return None
    if field["kind"] == "number":
        return Fraction(value, 10 ** field["decimals"])
    return dt.date.fromisoformat(value) if field["kind"] == "date" else value


def seat_all(program: Tree, accounts: list[Tree]) -> None:
    """Seat all accounts at once: by score, then by the tier's tie-breaks (missing last), then by id; the share limit last."""
    seats, order = program["seating"]["tiers"], [seat["tier"] for seat in program["seating"]["tiers"]]
    caps = [(seat["capacity"], "capacity") for seat in seats]
    for account in accounts:
        eligible = account["facts"].get("tier")
        account["place"] = None if eligible is None else [*order, UNREACHED].index(eligible)
    limit = program["seating"]["at_most"]
    if limit is not None:
        walk(program, accounts, caps)
        key = [order.index(tier) for tier in program["seating"]["key_tiers"]]
        taken = {place: sum(account["at"] == place for account in accounts) for place in key}
        decided = sum(account["place"] is not None for account in accounts)
        over = sum(taken.values()) - int(Fraction(limit) * decided)
        for place in reversed(key):
            if over > 0:
                cut = min(over, taken[place])
                caps[place], over = (taken[place] - cut, "share_limit"), over - cut
    walk(program, accounts, caps)
    for account in accounts:
        at = account["at"]
        bounded = at is not None and at < len(order) and caps[at][0] is not None
        why = UNREACHED if at == len(order) else account["why"] or ("seated" if bounded else "open")
        account["told"]["seat"] = "undecided" if at is None else why
        account["told"]["tier"] = account["facts"]["tier"] = None if at is None else [*order, UNREACHED][at]
        account["told"]["seat_rank"] = account["rank"]
        account["told"]["lost_tier"] = None if account["lost"] is None else order[account["lost"]]


def walk(program: Tree, accounts: list[Tree], caps: list[tuple[Any, str]]) -> None:
    """Walk the tiers from the top; who finds no seat steps down to the next tier whose condition it meets."""
    for account in accounts:
        account.update(at=account["place"], lost=None, why=None, rank=None)
    for place, (cap, reason) in enumerate(caps):
        if cap is None:
            continue
        asking = [account for account in accounts if account["at"] == place]
        asking.sort(key=lambda account: rank_of(account, program["seating"]["tiers"][place]))
        for rank, account in enumerate(asking[:cap], 1):
            account["rank"] = rank
        for account in asking[cap:]:
            account.update(at=below(program, account, place), why=reason)
            account["lost"] = place if account["lost"] is None else account["lost"]


def rank_of(account: Tree, seat: Tree) -> Any:
    """Return what an account ranks by in a tier: the smaller the better."""
    score = account["facts"]["score"]
    keys = [(score is None, 0 if score is None else -score)]
    for name, down in seat["tie_break"]:
        value = account["facts"].get(name)
        missing = value is None or isinstance(value, str)
        number = 0 if missing else value.toordinal() if isinstance(value, dt.date) else Fraction(value)
        keys.append((missing, -number if down else number))
    return keys, account["id"], account["row"]


def below(program: Tree, account: Tree, place: int) -> Any:
    """Return the tier that an account steps down to; None where an unknown condition on the way holds it, or none is met."""
    _, true, unknown = account["verdicts"]["tiers.met"]
    for lower in range(place + 1, len(program["seating"]["tiers"])):
        if lower in unknown and program["tiers_if_unknown"] == "hold":
            return None
        if lower in true:
            return lower
    return None


def decide(program: Tree, accounts: list[Tree], recorded: dict[int, Any]) -> int:
    """Decide every account: rank, seat, then state, target and triggers. Return how many seats are taken as recorded."""
    stages, kept = program["stages"], 0
    for account in accounts:
        account["verdicts"] = take(stages[0], account["facts"])
    if program["seating"]["changes"]:
        for account in accounts:
            account["facts"]["tier"] = recorded[account["row"]]["tier"] or None
        kept = len(accounts)
    else:
        seat_all(program, accounts)
    for account in accounts if len(stages) > 1 else ():
        handed = {name: account["facts"][name] for name in ("qualified", "score", "coverage", "tier")}
        again = {**facts_of(program, account["values"]), **handed}
        account["verdicts"].update(take(stages[1], again))
        account["facts"].update(again)
    return kept


def tell(program: Tree, account: Tree) -> Any:
    """Return what decisions.csv should say of an account, by column; None for an empty cell."""
    told, facts = account["told"], account["facts"]
    for column in program["columns"]:
        value = facts[column["figure"]]
        beside = column.get("beside")
        told[column["column"]] = None if beside and facts[beside] is None else value
    lists = {step["list"]: step["rules"] for stage in program["stages"] for step in stage["steps"] if "list" in step}
    for column in program["named"]:
        rules = lists[column["list"]]
        decides, true, unknown = account["verdicts"][column["list"]]
        if column["is"] == "gives":
            told[column["column"]] = None if decides is None else value_of(rules[decides]["gives"][0], facts)
        elif column["is"] == "first":
            told[column["column"]] = value_of(rules[true[0]]["gives"][0], facts) if true else None
        elif column["is"] == "rule":
            told[column["column"]] = None if decides is None else rules[decides]["id"]
        else:
            told[column["column"]] = " ".join(rules[i]["id"] for i in (true if column["is"] == "true" else unknown)) or None
    return told


def same(cell: str, value: Any) -> bool:
    """Tell whether a cell of decisions.csv says what was decided again."""
    if value is None or isinstance(value, bool):
        return cell == ("" if value is None else str(value).lower())
    if isinstance(value, (int, Fraction)):
        try:
            return Fraction(cell) == value
        except ValueError:
            return False
    return cell in (str(value), f"'{value}")


def changed(folder: Path, manifest: Tree) -> list[str]:
    """Return the files that are not what they were when the folder was written."""
    text = json.dumps(manifest["run"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    found = ["manifest.json"] if hashlib.sha256(text.encode()).hexdigest() != manifest["run_sha256"] else []
    for file in manifest["run"]["outputs"]:
        path = folder / file["path"]
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
            found.append(file["path"])
    return found


def place_of(program: Tree, account: Tree, column: str) -> str:
    """Say which rule of the policy stands behind a column, and where; nothing where no single rule does."""
    for named in program["named"]:
        if named["column"] == column and account["verdicts"][named["list"]][0] is not None:
            steps = [step for stage in program["stages"] for step in stage["steps"] if step.get("list") == named["list"]]
            rule = steps[0]["rules"][account["verdicts"][named["list"]][0]]
            return f" (rule {rule['id']}, {rule['where'] or 'built in'})"
    return ""


def main(folder: Path, values: Path) -> int:
    """Print what differs; return the exit code."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    strange = changed(folder, manifest)
    for path in strange:
        sys.stdout.write(f"changed since it was written: {path}\n")
    code = 5 if strange else 0
    program = json.loads((folder / "program.json").read_text(encoding="utf-8"))
    csv.field_size_limit(2**31 - 1)
    with (folder / "decisions.csv").open(encoding="utf-8", newline="") as file:
        recorded = {int(row["row"]): row for row in csv.DictReader(file)}
    with gzip.open(values, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    accounts = [
        {"id": row["account_id"], "row": row["row"], "values": row, "facts": facts_of(program, row), "told": {}}
        for row in rows
        if row["row"] in recorded
    ]
    kept = decide(program, accounts, recorded)
    differ = {row["row"] for row in rows} ^ set(recorded)
    for number in sorted(differ):
        sys.stdout.write(f"row {number}: it stands in only one of values and decisions\n")
    for account in accounts:
        cells = recorded[account["row"]]
        for column, value in tell(program, account).items():
            if not same(cells[column], value):
                differ.add(account["row"])
                told = f"recorded as {cells[column] or 'nothing'}, decided again {'nothing' if value is None else value}"
                sys.stdout.write(f"{account['id']}: {column} is {told}{place_of(program, account, column)}\n")
    policy = manifest["run"]["policy"]
    sys.stdout.write(f"{policy['id']} {policy['fiscal_year']}: {len(accounts)} accounts decided again, {len(differ)} differ\n")
    if kept:
        sys.stdout.write("seats are taken as recorded: this policy lets accounts keep a tier they hold\n")
    return code or int(bool(differ))


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else here / "values.jsonl.gz"
    if not given.is_file():
        sys.exit(f"there is no {given.name}: this book is large; kam-rules verify RUN --values FILE writes it, then name FILE here")
    sys.exit(main(here, given))
