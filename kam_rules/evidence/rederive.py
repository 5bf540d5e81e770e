"""Re-decide every account of this folder, and print what differs from decisions.csv.

    python3 -I -S rederive.py [VALUES]

It needs Python 3.10 or later and nothing else: no package, no network, and nothing of the program that made the
folder. It reads manifest.json (are the files what they were?), program.json (the policy as trees, each with its text
and its place), values.jsonl.gz (one account a line, numbers as whole numbers of the smallest unit), overrides.json
where people put something in the place of what was computed, and decisions.csv. VALUES names the values where the
folder does not hold them.

Every column of decisions.csv is decided again: gates, score, seat, state, target and triggers. What an account held
before and what it showed quarter by quarter are values; quotas are sums of these accounts, and not added up here.

A missing value is None, and so is a condition that cannot be answered. Numbers are exact throughout.
It exits with 0 where everything agrees, 1 where an account differs, 5 where a file was changed or cannot be read.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

Tree = dict[str, Any]
Facts = dict[str, Any]
Asked = Callable[[Facts], Any]
Verdict = tuple[Any, list[int], list[int]]
VALUES, UNREACHED = "values.jsonl.gz", "not_qualified"
NOTHING: Verdict = (None, [], [])
SEATS = ("tier", "seat", "seat_rank", "lost_tier", "head", "since", "below_for")
"""Columns that come of seating all accounts at once."""


class BrokenError(Exception):
    """The folder cannot be decided again; the text says what to look at."""


# --- Trees ------------------------------------------------------------------------------------------------------------


def ready(node: Tree) -> Asked:
    """Return a tree, a dict of one operation and its operands, as a function of the facts of an account."""
    ((op, of),) = ((key, node[key]) for key in node if key != "places")
    if op == "read":
        return lambda facts: facts.get(of)
    if op in LITERALS:
        literal = LITERALS[op](of)
        return lambda _: literal
    parts = [ready(part) for part in of]
    if op == "if":
        return lambda facts: None if (truth := parts[0](facts)) is None else parts[1 if truth else 2](facts)
    if op == "known":
        return lambda facts: parts[0](facts) is not None
    if op == "first_known":
        return lambda facts: next((found for part in parts if (found := part(facts)) is not None), None)
    if op in ("and", "or"):
        return lambda facts: kleene(op == "or", parts, facts)
    operation = rounding(10 ** node["places"]) if op == "round" else OPERATIONS[op]
    return lambda facts: strict(operation, parts, facts)


def kleene(wins: Any, parts: list[Asked], facts: Facts) -> Any:
    """Return `and` (where False wins) or `or` (where True does): one that wins decides; else one unknown leaves it open."""
    outcome: Any = not wins
    for part in parts:
        truth = part(facts)
        if truth is wins:
            return wins
        outcome = None if truth is None else outcome
    return outcome


def strict(operation: Callable[..., Any], parts: list[Asked], facts: Facts) -> Any:
    """Return what an operation makes of its operands; it is missing where one of them is."""
    found = [part(facts) for part in parts]
    for one in found:
        if one is None:
            return None
    return operation(*found)


def exact(value: Fraction) -> Any:
    """Return a number as it is, a whole one as int, which is quicker."""
    return value.numerator if value.denominator == 1 else value


def rounding(scale: int) -> Callable[..., Any]:
    """Return how a number is rounded to 1/scale, half to even."""
    return lambda value: exact(Fraction(round(value * scale), scale))


def months(start: dt.date, end: dt.date) -> int:
    """Return the completed months from start to end."""
    if end < start:
        return -months(end, start)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


LITERALS: dict[str, Any] = {
    "number": lambda of: exact(Fraction(of)),
    "text": str,
    "flag": bool,
    "date": dt.date.fromisoformat,
    "missing": lambda _: None,
}
OPERATIONS: dict[str, Any] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: None if b == 0 else exact(Fraction(a) / b),
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "not": lambda a: not a,
    "min": lambda *items: min(items),
    "max": lambda *items: max(items),
    "days": lambda start, end: (end - start).days,
    "months": months,
}


def made_ready(program: Tree) -> Tree:
    """Return the program with a function in the place of every tree, and its lists and figures by name."""
    program["lists"], program["figures"] = {}, {}
    for stage in program["stages"]:
        for step in stage["steps"]:
            if "derive" in step:
                step["is"], program["figures"][step["derive"]] = ready(step["is"]), step
                continue
            program["lists"][step["list"]] = step
            for rule in step["rules"]:
                rule["when"], rule["gives"] = ready(rule["when"]), [ready(tree) for tree in rule["gives"]]
    program["order"] = [*(seat["tier"] for seat in program["seating"]["tiers"]), UNREACHED]
    return program


# --- One account by itself --------------------------------------------------------------------------------------------


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


def take(stage: Tree, facts: Facts, forced: dict[str, str]) -> dict[str, Verdict]:
    """Take the steps of a stage for one account; `facts` gains every figure and what each list binds.

    What is forced, by list, is what people put in the place of the outcome.
    """
    verdicts = {}
    for step in stage["steps"]:
        if "derive" in step:
            facts[step["derive"]] = step["is"](facts)
        elif step["list"] in forced:
            facts[step["binds"][0]] = forced[step["list"]]
        else:
            decides, true, unknown = judge(step, [rule["when"](facts) for rule in step["rules"]])
            verdicts[step["list"]] = decides, true, unknown
            for i, name in enumerate(step["binds"]):
                facts[name] = None if decides is None else step["rules"][decides]["gives"][i](facts)
    return verdicts


def facts_of(program: Tree, row: Tree) -> Facts:
    """Return the values of an account, each in the unit of its field."""
    return {field["name"]: stored(row.get(field["name"]), field) for field in program["fields"]}


def stored(value: Any, field: Tree) -> Any:
    """Return one stored value in the unit of its field."""
    if value is None or field["kind"] in ("text", "flag"):
        return value
    return exact(Fraction(value, 10 ** field["decimals"])) if field["kind"] == "number" else dt.date.fromisoformat(value)


# --- Seats, over all accounts at once ---------------------------------------------------------------------------------
# A tier has a place: 0 at the top; the number of tiers is the place of who does not pass the gates.


def meets(account: Tree, place: int) -> Any:
    """Tell whether an account meets the condition of a tier; of the tier that it holds the raised score will do."""
    asked = ("tiers.met", "tiers.kept") if place == account["own"] else ("tiers.met",)
    verdicts = [account["verdicts"][name] for name in asked]
    if any(place in true for _, true, _ in verdicts):
        return True
    return None if any(place in unknown for _, _, unknown in verdicts) else False


def below(program: Tree, account: Tree, place: int) -> Any:
    """Return the next tier under a place that an account meets; None where none is met or, with hold, one on the way is unknown."""
    for lower in range(place + 1, len(program["seating"]["tiers"])):
        truth = meets(account, lower)
        if truth or (truth is None and program["tiers_if_unknown"] == "hold"):
            return lower if truth else None
    return None


def stand(program: Tree, account: Tree) -> None:
    """Say for which tier an account asks (None: undecided), and what the tier that it held before makes of it."""
    decided = account["facts"]["tier"]
    account["asks"] = None if decided is None else program["order"].index(decided)
    account.update(own=None, hold=None, kept=False, moved=False, rises=False, below_for=None)
    changes, before = program["seating"]["changes"], account["facts"].get("tier_before")
    if changes is not None and before in program["order"]:
        account["own"] = program["order"].index(before)
        incumbent(program, account, changes)


def incumbent(program: Tree, account: Tree, changes: Tree) -> None:
    """Say where the holder of a tier asks for a seat, and why it would stay: waiting time, count, gate or tier unanswered."""
    facts, own, out = account["facts"], account["own"], len(program["seating"]["tiers"])
    _, passed, unanswered = account["verdicts"].get("gates", NOTHING)
    open_gate = not facts["qualified"] and len(passed) + len(unanswered) == len(program["lists"]["gates"]["rules"])
    if facts["qualified"] and own < out:
        if program["lists"]["tiers"]["hit"] == "unique":
            account["asks"] = own if own in account["verdicts"]["tiers.kept"][1] else account["asks"]
        else:
            account["asks"] = below(program, account, -1)
    asks, times = account["asks"], facts["reviews_below"] or 0
    short = None if own == out or open_gate else meets(account, own) if facts["qualified"] else False
    account["below_for"] = times if short is None else 0 if short else times + 1
    account["kept"] = own < out and asks == own and own not in account["verdicts"]["tiers.met"][1]
    _, fired, _ = account["verdicts"].get("triggers.immediate", NOTHING)
    action = program["lists"]["triggers.immediate"]["rules"][fired[0]]["gives"][0](facts) if fired else ""
    rises = asks is not None and asks < own
    since = facts["tier_since"]
    waits = since is not None and (dt.date.fromisoformat(program["effective_on"]) - since).days < changes["wait_at_least"]
    if action == "demote":
        sent = out if own < out and not facts["qualified"] and not open_gate else below(program, account, own)
        if sent is not None:
            account.update(asks=sent, moved=True)
            return
    account["moved"] = action == "promote" and rises and waits
    if own == out:
        account["hold"] = "held_waiting" if rises and waits else None
    elif open_gate or asks is None:
        account["hold"] = "held_gate" if open_gate else "held_undecided"
    elif waits or times + 1 < changes["demote_after"]:
        account["hold"] = "held_waiting" if waits else "held_count"
    account["rises"] = rises and (account["moved"] or account["hold"] == "held_count")


def seat_all(program: Tree, accounts: list[Tree]) -> None:
    """Seat all accounts: within capacity, then within the share limit, which is cut from the lowest key tier up; then groups."""
    seating, order = program["seating"], program["order"]
    for account in accounts:
        stand(program, account)
    head = heads(accounts) if seating["inherit"] else {}
    rivals = [a for a in accounts if a["id"] not in head] if seating["inherit"] == "parent" else accounts
    caps = [(seat["capacity"], "capacity") for seat in seating["tiers"]]
    if seating["at_most"] is not None:
        walk(program, rivals, caps)
        key = [order.index(tier) for tier in seating["key_tiers"]]
        taken = {place: sum(account["at"] == place for account in rivals) for place in key}
        decided = sum(account["asks"] is not None for account in rivals)
        over = sum(taken.values()) - int(Fraction(seating["at_most"]) * decided)
        for place in reversed(key):
            if over > 0:
                cut = min(over, taken[place])
                caps[place], over = (taken[place] - cut, "share_limit"), over - cut
    walk(program, rivals, caps)
    for account in rivals:
        account["seat"] = reason(account, caps)
    inherit(program, accounts, head)
    for account in accounts:
        tell_seat(program, account)


def walk(program: Tree, accounts: list[Tree], caps: list[tuple[Any, str]]) -> None:
    """Walk the tiers from the top; who finds no seat steps down to the next tier whose condition it meets.

    Who is held outside the tier that it asks for keeps its place before all others. Patience keeps an account from
    falling, not from rising; so does the waiting time that an immediate trigger passes.
    """
    for account in accounts:
        own, asks, hold = account["own"], account["asks"], account["hold"]
        account["firm"] = hold is not None and asks != own and not account["rises"]
        account.update(at=own if account["firm"] else asks, why=hold if account["firm"] else None, lost=None, rank=None)
    for place, (cap, bound_by) in enumerate(caps):
        if cap is None:
            continue
        here = [account for account in accounts if account["at"] == place]
        asking = sorted((a for a in here if not a["firm"]), key=lambda account: rank_of(account, program, place))
        best = seated(asking, place, cap - (len(here) - len(asking)))
        for rank, account in enumerate(asking, 1):
            if rank <= best:
                account["rank"] = rank
            elif stays(account, place):
                account["why"] = account["hold"]
            else:
                account.update(at=below(program, account, place), why=bound_by)
                account["lost"] = place if account["lost"] is None else account["lost"]
                if account["hold"] is not None and (account["at"] is None or account["at"] > account["own"]):
                    account.update(at=account["own"], why=account["hold"], firm=True)


def stays(account: Tree, place: int) -> bool:
    """Tell whether an account is held in the tier of a place even without a seat of its own."""
    return account["hold"] is not None and account["own"] == place


def seated(asking: list[Tree], place: int, seats: int) -> int:
    """Return how many are seated by rank: as many as leave a seat for each of those behind them who stay without one."""
    best, staying = len(asking), 0
    while best > 0 and best + staying > seats:
        best -= 1
        staying += stays(asking[best], place)
    return best


def rank_of(account: Tree, program: Tree, place: int) -> Any:
    """Return what an account ranks by, the smaller the better: incumbents first if so stated, score, tie-breaks, id; missing last."""
    changes, score = program["seating"]["changes"], account["facts"]["score"]
    behind = changes is not None and changes["incumbents_first"] and account["own"] != place
    keys = [(score is None, 0 if score is None else -score)]
    for name, down in program["seating"]["tiers"][place]["tie_break"]:
        value = account["facts"].get(name)
        missing = value is None or isinstance(value, str)
        size = 0 if missing else value.toordinal() if isinstance(value, dt.date) else value
        keys.append((missing, -size if down else size))
    return behind, keys, account["id"], account["row"]


def reason(account: Tree, caps: list[tuple[Any, str]]) -> str:
    """Return why an account sits where it does."""
    at, own, why = account["at"], account["own"], account["why"]
    if why is not None and why == account["hold"]:
        return str(why)
    if at is None:
        return "undecided"
    if account["moved"] and at != own:
        return "immediate"
    if account["kept"] and at == own:
        return "kept"
    if at == len(caps):
        return UNREACHED
    return why or ("open" if caps[at][0] is None else "seated")


def heads(accounts: list[Tree]) -> dict[str, str]:
    """Return the head of each member of a group: the last account above it by `parent`.

    A parent that is no account here, or the account itself, ends the chain; a chain in a circle leads nowhere.
    """
    parents = {account["id"]: account["values"].get("parent") for account in accounts}
    above = {id_: parent for id_, parent in parents.items() if parent in parents and parent != id_}
    tops: dict[str, Any] = {}
    for start in above:
        path, one = dict[str, None](), start
        while one in above and one not in path and one not in tops:
            path[one] = None
            one = above[one]
        tops |= dict.fromkeys(path, None if one in path else tops.get(one, one))
    return {id_: top for id_, top in tops.items() if top is not None}


def inherit(program: Tree, accounts: list[Tree], head: dict[str, str]) -> None:
    """Give members of a group the tier of their head: always, or with `higher` where it is higher or their own is undecided."""
    by_id = {account["id"]: account for account in accounts}
    for account in accounts:
        account["head"] = None
    for id_, top in head.items():
        account, given = by_id[id_], by_id[top]["at"]
        if program["seating"]["inherit"] == "higher":
            own = account["at"]
            if given is None or (own is not None and own <= given):
                continue
        account.update(inherits=given, head=top, seat="inherited", rank=None, lost=None)
    for account in accounts:
        account["at"] = account["inherits"] if account["head"] else account["at"]


def tell_seat(program: Tree, account: Tree) -> None:
    """Say of an account what decisions.csv should say of its seat."""
    told, facts, order, at = account["told"], account["facts"], program["order"], account["at"]
    told["tier"] = facts["tier"] = None if at is None else order[at]
    told["seat"], told["seat_rank"] = account["seat"], account["rank"]
    told["lost_tier"] = None if account["lost"] is None else order[account["lost"]]
    if program["seating"]["inherit"]:
        told["head"] = account["head"]
    if program["seating"]["changes"] is not None:
        stayed = facts["tier_since"] if facts["tier_before"] == told["tier"] else program["effective_on"]
        told["since"] = None if at is None else stayed
        held_once_more = account["seat"] == "held_count"
        told["below_for"] = (facts["reviews_below"] or 0) + 1 if held_once_more else account["below_for"]


# --- All of it, and what decisions.csv should say ---------------------------------------------------------------------


def decide(program: Tree, accounts: list[Tree]) -> None:
    """Decide every account: rank, seat, then state, target and triggers."""
    for account in counted(accounts, "ranked"):
        account["facts"] = facts_of(program, account["values"])
        account["verdicts"] = take(program["stages"][0], account["facts"], {})
    seat_all(program, accounts)
    for account in counted(accounts, "decided") if len(program["stages"]) > 1 else ():
        again = handed(program, account)
        account["verdicts"].update(take(program["stages"][1], again, {}))
        account["facts"].update(again)


def handed(program: Tree, account: Tree) -> Facts:
    """Return what the second stage starts from: the values, and what the first stage and seating hand on."""
    names = ("qualified", "score", "coverage", "tier")
    return {**facts_of(program, account["values"]), **{name: account["facts"][name] for name in names}}


def tell(program: Tree, account: Tree) -> None:
    """Say of an account what decisions.csv should say, by column; None for an empty cell."""
    told, facts = account["told"], account["facts"]
    for name in ("account_id", "account_name", "owner"):
        told[name] = account["values"][name]
    for column in program["columns"]:
        beside = column.get("beside")
        told[column["column"]] = None if beside and facts[beside] is None else facts[column["figure"]]
    for column in program["named"]:
        rules = program["lists"][column["list"]]["rules"]
        decides, true, unknown = account["verdicts"][column["list"]]
        first = true[0] if true else None
        one = first if column["is"] == "first" else decides
        if column["is"] in ("gives", "first"):
            told[column["column"]] = None if one is None else rules[one]["gives"][0](facts)
        elif column["is"] == "rule":
            told[column["column"]] = None if decides is None else rules[decides]["id"]
        else:
            told[column["column"]] = " ".join(rules[i]["id"] for i in (true if column["is"] == "true" else unknown)) or None


def override(program: Tree, account: Tree, items: list[Tree]) -> None:
    """Say what the overrides in force make of an account: the policy's own rules do the rest, and nobody loses a seat by it."""
    told, last = account["told"], program["stages"][-1]
    forced = {item["field"]: item["to"] for item in items if item["field"]}
    facts = account["facts"]
    if forced:
        facts = handed(program, account) if len(program["stages"]) > 1 else facts_of(program, account["values"])
        facts["tier"] = forced.get("tier", told["tier"])
        take(last, facts, {list_: forced[name] for list_, name in (("tiers", "tier"), ("states", "state")) if name in forced})
    if "target" in forced:
        base = next(column["figure"] for column in program["columns"] if column["column"] == "base_revenue")
        unit = 10 ** next(field["decimals"] for field in program["fields"] if field["name"] == base)
        facts["target_nrr"] = Fraction(forced["target"].rstrip("% ")) / 100
        facts["target_amount"] = Fraction(round(facts[base] * facts["target_nrr"] * unit), unit)
    told["final_tier"], told["final_state"] = forced.get("tier", told["tier"]), facts["state"]
    told["final_target_nrr"], told["final_committed_target"] = facts["target_nrr"], facts["target_amount"]
    told["overridden"] = " ".join(item["field"] or item["verdict"] for item in items) or None


def same(cell: str, value: Any) -> bool:
    """Tell whether a cell of decisions.csv says what was decided again; a text that starts like a formula has a quote in front."""
    if value is None or isinstance(value, bool):
        return cell == ("" if value is None else str(value).lower())
    if isinstance(value, (int, Fraction)):
        try:
            return Fraction(cell) == value
        except (ValueError, ZeroDivisionError):
            return False
    return cell in (str(value), f"'{value}")


def behind(program: Tree, account: Tree, column: str, cell: str) -> str:
    """Say which rules of the policy stand behind a column of an account, and where; nothing where no single rule does."""
    if column.startswith("final_") or column == "overridden":
        return said(("override", item["where"]) for item in account["overrides"])
    named = {one["column"]: one for one in program["named"]} | {one["column"]: one for one in program["columns"]}
    how = {"list": "tiers"} if column in SEATS else named.get(column, {})
    if "list" not in how:
        step = program["figures"].get(how.get("figure"), {})
        return said([(step["text"], step["where"])]) if step.get("where") else ""
    rules = program["lists"][how["list"]]["rules"]
    decides, _, unknown = account["verdicts"][how["list"]]
    if how.get("is") in ("true", "unknown"):
        differ = set(cell.split()) ^ set((account["told"][column] or "").split())
        return said((f"rule {rule['id']}", rule["where"]) for rule in rules if rule["id"] in differ)
    if column in SEATS and account["told"]["tier"] is not None:
        patience = program["seating"]["changes"] or {}
        held = [("tier_changes", patience["where"])] if account["seat"].startswith("held") else []
        return said([(f"rule {rule['id']}", rule["where"]) for rule in rules if rule["id"] == account["told"]["tier"]] + held)
    if how.get("is") == "first":
        decides = next(iter(account["verdicts"][how["list"]][1]), None)
    if decides is None:
        return said((f"rule {rules[i]['id']} cannot be answered", rules[i]["where"]) for i in unknown)
    return said([(f"rule {rules[decides]['id']}", rules[decides]["where"])])


def said(rules: Iterable[tuple[str, str]]) -> str:
    """Return rules with their places, in brackets."""
    text = "; ".join(f"{name}, {where or 'built in'}" for name, where in rules)
    return f" ({text})" if text else ""


def counted(accounts: list[Tree], done: str) -> Iterator[Tree]:
    """Go through the accounts, and count them for whoever sits at a screen."""
    screen = sys.stderr if sys.stderr.isatty() else None
    for number_, account in enumerate(accounts, 1):
        yield account
        if screen and (number_ % 1000 == 0 or number_ == len(accounts)):
            screen.write(f"\r{number_:,} of {len(accounts):,} accounts {done} " + "\n" * (number_ == len(accounts)))


# --- The folder -------------------------------------------------------------------------------------------------------


def opened(path: Path, how: Callable[[bytes], Any]) -> Any:
    """Return what a file holds, or say that it cannot be read."""
    try:
        return how(path.read_bytes())
    except (EOFError, LookupError, OSError, RecursionError, TypeError, ValueError, zlib.error) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        message = f"{path.name} cannot be read ({why}): take it from a copy"
        raise BrokenError(message) from None


def changed(folder: Path, manifest: Tree) -> list[str]:
    """Return the files that are not what they were when the folder was written."""
    text = json.dumps(manifest["run"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    found = ["manifest.json"] if hashlib.sha256(text.encode()).hexdigest() != manifest["run_sha256"] else []
    for file in manifest["run"]["outputs"]:
        path = folder / file["path"]
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
            found.append(file["path"])
    return found


def table(text: bytes) -> tuple[list[str], dict[int, dict[str, str]]]:
    """Return the columns of a CSV file, and its lines by the row of the source."""
    csv.field_size_limit(2**31 - 1)
    reader = csv.DictReader(io.StringIO(text.decode(), newline=""))
    found: dict[int, dict[str, str]] = {}
    for line in reader:
        if int(line["row"]) in found:
            message = f"row {line['row']} stands twice"
            raise ValueError(message)
        found[int(line["row"])] = line
    return list(reader.fieldnames or ()), found


def values_of(path: Path, manifest: Tree, recorded: dict[int, dict[str, str]], *, own: bool) -> list[Tree]:
    """Return the values, one account a line; another file than the folder's own is refused where it belongs to another run."""
    text = opened(path, gzip.decompress)
    rows: list[Tree] = opened(path, lambda _: [json.loads(line) for line in text.splitlines()])
    digest, ids = manifest["run"]["values"], {number_: line["account_id"] for number_, line in recorded.items()}
    wrong = any(not same(ids.get(row["row"], ""), row["account_id"]) for row in rows)  # all that tells where no digest is kept
    if not own and (digest != hashlib.sha256(text).hexdigest() if digest else wrong):
        message = f"{path.name} holds the values of another run: kam-rules verify RUN --values FILE writes those of this one"
        raise BrokenError(message)
    return rows


def compare(folder: Path, values: Path) -> int:
    """Print what differs; return the exit code."""
    manifest = opened(folder / "manifest.json", json.loads)
    strange = changed(folder, manifest)
    for path in strange:
        sys.stdout.write(f"changed since it was written: {path}\n")
    program = opened(folder / "program.json", lambda text: made_ready(json.loads(text)))
    columns, recorded = opened(folder / "decisions.csv", table)
    rows = values_of(values, manifest, recorded, own=values == folder / VALUES)
    accounts = [{"id": row["account_id"], "row": row["row"], "values": row, "told": {}} for row in rows if row["row"] in recorded]
    decide(program, accounts)
    overrides: dict[str, list[Tree]] = {}
    if manifest["run"]["overrides"] is not None:
        for item in opened(folder / "overrides.json", json.loads)["in_force"]:
            overrides.setdefault(item["account"], []).append(item)
    differ = {row["row"] for row in rows} ^ set(recorded)
    for number_ in sorted(differ):
        sys.stdout.write(f"row {number_}: it stands in only one of values and decisions\n")
    unasked = set(columns) - {"row"}
    for account in accounts:
        tell(program, account)
        account["told"]["policy_status"] = manifest["run"]["standing"]["status"]
        account["overrides"] = overrides.get(account["id"], [])
        if manifest["run"]["overrides"] is not None:
            override(program, account, account["overrides"])
        unasked -= set(account["told"])
        differ |= {account["row"]} if differences(program, account, recorded[account["row"]]) else set()
    policy, left = manifest["run"]["policy"], "".join(f"; not compared: {name}" for name in columns if name in unasked)
    draft = " (draft)" if manifest["run"]["standing"]["status"] == "draft" else ""
    text = f"{policy['id']} {policy['fiscal_year']}{draft}: {len(accounts)} accounts decided again, {len(differ)} differ"
    sys.stdout.write(f"{text}; {len(columns) - len(unasked)} of {len(columns)} columns compared{left}\n")
    return 5 if strange else int(bool(differ))


def differences(program: Tree, account: Tree, cells: dict[str, str]) -> bool:
    """Print in which columns an account differs, with the rules behind them; tell whether it does."""
    found = False
    for column, value in account["told"].items():
        cell = cells.get(column)
        if cell is None or not same(cell, value):
            told = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
            found, told = True, "nothing" if value is None else told
            text = f"{account['id']}: {column} is recorded as {cell or 'nothing'}, decided again {told}"
            sys.stdout.write(f"{text}{behind(program, account, column, cell or '')}\n")
    return found


def main(folder: Path, values: Path) -> int:
    """Decide the folder again; say in one line where it cannot be."""
    try:
        return compare(folder, values)
    except BrokenError as error:
        sys.stderr.write(f"{error}\n")
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        what = "a file of this folder has another form than the one that was written; take the folder from a copy"
        sys.stderr.write(f"{what} ({type(error).__name__}: {error})\n")
    return 5


if __name__ == "__main__":
    if sys.argv[1:] in (["-h"], ["--help"]):
        sys.stdout.write(str(__doc__))
        sys.exit(0)
    here = Path(__file__).resolve().parent
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else here / VALUES
    if not given.is_file():
        sys.stderr.write(f"there is no {given.name}: kam-rules verify RUN --values FILE writes the values; then name FILE here\n")
        sys.exit(5)
    sys.exit(main(here, given))
