"""A run as files, and files as a run."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from kam_rules.backends import Progress
from kam_rules.evidence.pack import canonical, hold, read_manifest, write_manifest, writing
from kam_rules.formats._cells import guarded
from kam_rules.model.amounts import parse_number, parse_percent, percent, shown
from kam_rules.model.book import AccountsSource, Book, ColumnMap, Controls, Rated, RollUp, TableSource
from kam_rules.model.document import plain
from kam_rules.model.errors import Finding, IntegrityError, Where
from kam_rules.model.outcome import Layout
from kam_rules.model.parts import Parts
from kam_rules.model.policy import Policy, Source
from kam_rules.model.program import Program
from kam_rules.model.quota import Decision, Look
from kam_rules.model.run import Run, Taken, Witnessed
from kam_rules.pipeline import told_overrides
from kam_rules.pipeline.check import check
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.controls import came_in
from kam_rules.pipeline.explain_past import incumbents
from kam_rules.pipeline.findings import told_aside, told_faults, told_refused
from kam_rules.pipeline.reconcile import reconciled
from kam_rules.pipeline.replay import spellings
from kam_rules.pipeline.spill import write_parquet
from kam_rules.pipeline.standing import read_standing, told_standing
from kam_rules.pipeline.tabulate import decisions
from kam_rules.pipeline.tally import count, money
from kam_rules.pipeline.told_program import PROGRAM, SCRIPT, VALUES, VALUES_UP_TO, script, told_program, write_values
from kam_rules.pipeline.told_quota import account_table, quota_table
from kam_rules.pipeline.told_quota import told as told_quota
from kam_rules.pipeline.waivers import beside

POLICY, RESOLVED, DATA = "policy.yaml", "policy.json", "data.yaml"
EXTENDED = "policy.extends-{}.yaml"
"""What the policy extends, the nearest first."""
DECISIONS, DECISIONS_CSV, FAULTS_CSV = "decisions", "decisions.csv", "faults.csv"
ASIDE_CSV, REFUSED_CSV = "set_aside.csv", "refused.csv"
QUOTAS, QUOTAS_CSV, RECONCILIATION = "quotas.parquet", "quotas.csv", "reconciliation.json"
SUPPLEMENTS, SUPPLEMENTS_CSV = "supplements.parquet", "supplements.csv"
TABLES = ("accounts", "raw", "faults", "set_aside", "refused", "trail")
COMPARED = 100_000
"""Accounts up to which the CSV, too, is held against the trail when a run is opened."""
BETWEEN = "\t"
"""Between texts of a column in the manifest; no cell that is read as one text holds a tab that means something."""
PLACES = 12
"""Decimals of a control total that are kept in the manifest."""
PACKAGES = ("kam-rules", "polars", "durable-rules")


def name_of(run: Run) -> str:
    """Return the folder name of a run: its year, its day, and what tells its inputs from any other's."""
    ready = run.ready
    inputs = {
        "policy": [source.sha256 for source in run.policy.sources],
        "data": [source.sha256 for source in run.book.files],
        "days": [ready.as_of.isoformat(), ready.effective_on.isoformat()],
        "sets": dict(ready.sets),
        "ladder": asdict(run.look),
        "engine": run.engine,
        "witness": run.witness is not None,
        "version": version("kam-rules"),
    }
    if run.overridden is not None:
        inputs["overrides"] = told_overrides.told(run, run.overridden)
    if run.standing.head is not None:
        inputs["standing"] = [run.standing.head.ledger, run.standing.said]
    return f"{run.policy.fiscal_year}-{ready.as_of}-{hashlib.sha256(canonical(inputs)).hexdigest()[:8]}".replace("/", "-")


def write(run: Run, out: Path, written: Mapping[str, str], progress: Progress = lambda _: None) -> None:
    """Write a run directory; see `kam_rules.evidence.pack.writing` for what can go wrong.

    Args:
        run: the run.
        out: the folder to make.
        written: when and by whom; stands outside the hashed part.
        progress: called with the number of accounts written since its last call.
    """
    with writing(out) as folder:
        (folder / POLICY).write_text(run.policy.sources[0].text, encoding="utf-8", newline="")
        for number, source in enumerate(run.policy.chain[1:], 1):
            (folder / EXTENDED.format(number)).write_text(source.text, encoding="utf-8", newline="")
        for source in run.policy.sources[len(run.policy.chain) :]:
            (folder / beside(Path(POLICY))).write_text(source.text, encoding="utf-8", newline="")
        if run.book.files and run.book.files[0].text:
            (folder / DATA).write_text(run.book.files[0].text, encoding="utf-8", newline="")
        resolved = json.dumps(plain(run.policy.document), ensure_ascii=False, indent=2)
        (folder / RESOLVED).write_text(resolved + "\n", encoding="utf-8")
        for name, table in _tables(run).items():
            _place(table, folder / name, footer(run.policy, run.ready.program) if name == "trail" else {})
        for name, frame in run.book.tables.items():
            write_parquet(frame, folder / f"{name}.parquet")
        _decisions(run, folder, progress)
        _write_quotas(run, folder)
        _verifier(run, folder)
        for name, content in told_overrides.files(run).items():
            (folder / name).write_text(content if isinstance(content, str) else csv_of(content), encoding="utf-8", newline="")
        for name, told, table in (
            (FAULTS_CSV, told_faults, run.book.faults),
            (ASIDE_CSV, told_aside, run.book.aside),
            (REFUSED_CSV, told_refused, run.book.rejected),
        ):
            with (folder / name).open("wb") as file:
                for part in table:
                    guarded(told(run, part)).write_csv(file, include_header=not file.tell())
        write_manifest(folder, _manifest(run), written)


def _tables(run: Run) -> dict[str, Parts]:
    book = run.book
    return dict(zip(TABLES, (book.table, book.raw, book.faults, book.aside, book.rejected, run.table), strict=True))


def footer(policy: Policy, program: Program) -> dict[str, str]:
    """Return what stands in the footer of the trail, so that the file explains itself: the layout of its codes, and the policy."""
    rules = {found.id: [rule.id for rule in found.rules] for found in program.lists}
    told = {
        "format": "kam-rules.codes/1",
        "policy_sha256": [source.sha256 for source in policy.sources],
        "layout": Layout(*program.stages).described(),
        "rules": rules,
    }
    return {"kam-rules": canonical(told).decode()}


def _decisions(run: Run, folder: Path, progress: Progress) -> None:
    """Write the decisions, as CSV and in the parts of the trail."""
    with (folder / DECISIONS_CSV).open("wb") as file:
        for part, place in zip(run.table, _places(run.table, folder / DECISIONS), strict=True):
            told = decisions(run, part)
            guarded(told).write_csv(file, include_header=not file.tell())
            write_parquet(told, place)
            progress(part.height)


def _verifier(run: Run, folder: Path) -> None:
    """Write what an auditor decides again with, without this program; the values of a large book are in Parquet alone."""
    (folder / PROGRAM).write_text(told_program(run), encoding="utf-8")
    (folder / SCRIPT).write_bytes(script())
    if run.book.table.height <= VALUES_UP_TO:
        write_values(run, folder / VALUES)


def _quota_files(run: Run) -> dict[str, str | pl.DataFrame]:
    """Return what a reconciled run writes beside its decisions, by file name."""
    policy, found, minor = run.ready.program.reconciliation, run.reconciled, run.ready.program.minor
    if policy is None or found is None:
        return {}
    lines, accounts = quota_table(found, minor), account_table(found, minor)
    document = json.dumps(told_quota(run, policy, found), ensure_ascii=False, indent=2) + "\n"
    files: dict[str, str | pl.DataFrame] = {RECONCILIATION: document, QUOTAS: lines, QUOTAS_CSV: csv_of(lines)}
    return files if accounts is None else files | {SUPPLEMENTS: accounts, SUPPLEMENTS_CSV: csv_of(accounts)}


def _write_quotas(run: Run, folder: Path) -> None:
    for name, content in _quota_files(run).items():
        if isinstance(content, str):
            (folder / name).write_text(content, encoding="utf-8", newline="")
        else:
            write_parquet(content, folder / name)


def _places(table: Parts, path: Path) -> list[Path]:
    """Return where the parts of a table go: one file, or a folder of them."""
    if len(table.items) == 1:
        return [path.with_suffix(".parquet")]
    path.mkdir()
    return [path / f"{number:05}.parquet" for number in range(len(table.items))]


def _place(table: Parts, path: Path, notes: Mapping[str, str]) -> None:
    """Write a table; a part that is a file already is taken over."""
    for item, place in zip(table.items, _places(table, path), strict=True):
        if isinstance(item, pl.DataFrame):
            write_parquet(item, place, notes)
        else:
            _take(item, place)


def _take(item: Path, place: Path) -> None:
    """Give a file a second name where the disk allows it, else copy it."""
    try:
        place.hardlink_to(item)
    except OSError:
        shutil.copyfile(item, place)


def csv_of(table: pl.DataFrame) -> str:
    """Return a table as CSV in which no cell runs as a formula in a spreadsheet."""
    return guarded(table).write_csv()


def _manifest(run: Run) -> dict[str, Any]:
    ready, book = run.ready, run.book
    return {
        "policy": {
            "id": run.policy.id,
            "fiscal_year": run.policy.fiscal_year,
            "status": run.standing.said,
            "files": [{"path": s.path, "sha256": s.sha256} for s in run.policy.sources],
        },
        "data": {
            "files": [{"path": s.path, "sha256": s.sha256} for s in book.files],
            "accounts": _mapped(book.source)
            | {
                "extract": book.source.extract,
                "control_totals": _controls(book, ready.program.minor),
                "roll_up": [book.source.roll_up.method, *book.source.roll_up.fields] if book.source.roll_up else [],
                "ratings": _rated(book.source.rated),
            },
            "tables": {name: _mapped(source) for name, source in book.source.tables.items()},
        },
        "as_of": ready.as_of.isoformat(),
        "effective_on": ready.effective_on.isoformat(),
        "standing": told_standing(run.standing),
        "overrides": None if run.overridden is None else told_overrides.told(run, run.overridden)["file"],
        "known_at": book.source.known_at.isoformat() if book.source.known_at else None,
        "sets": dict(ready.sets),
        "ladder": asdict(run.look),
        "engine": run.engine,
        "seats": {tier: asdict(taken) for tier, taken in run.seats.items()},
        "witness": None if run.witness is None else asdict(run.witness),
        "incumbents": incumbents(run),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "counts": count(run),
        "base": money(run),
        "rounded": dict(book.rounded),
        "unfed": list(book.unfed),
        "unread": list(book.unread),
    }


def _rated(rule: Rated | None) -> dict[str, str] | None:
    if rule is None:
        return None
    apart = rule.disagree_from
    return {"combine": rule.combine, "disagree_from": "" if apart is None else shown(apart, PLACES, thousands=False)}


def _controls(book: Book, minor: int) -> dict[str, str | int | None] | None:
    """Return what the ledger of record says, and beside it what came in; None where the data file names no ledger."""
    told = book.source.controls
    if told is None:
        return None
    rows, units = came_in(book)
    return {
        "source": told.source,
        "accounts": told.accounts,
        "base": None if told.base is None else shown(told.base, PLACES, thousands=False),
        "tolerance": percent(told.tolerance, PLACES),
        "found_accounts": rows,
        "found_base": shown(Fraction(units, 10**minor), minor, thousands=False),
    }


def _mapped(source: AccountsSource | TableSource) -> dict[str, Any]:
    return {"file": source.shown, "columns": {name: _column(column) for name, column in source.columns.items()}}


def _column(how: ColumnMap) -> list[str]:
    """Write a column with its unit and, where it is not plain, its convention, what is nought in it, and what is missing."""
    more = [how.written, BETWEEN.join(how.zero), BETWEEN.join(how.missing)]
    return [how.column, how.unit, *(more if any(more) else ())]


def read(folder: Path, account_id: str | None = None) -> Run:
    """Return the run that a folder holds; with `account_id` only the part that this account stands in is read and held.

    Of one part alone, the targets are not held against the figure from above again.

    Raises:
        UsageError: KR504 the folder is no complete run.
        IntegrityError: KR503 a file is not what it was when it was written.
    """
    body = read_manifest(folder)
    try:
        part = None if account_id is None else _part_of(folder, account_id)
        hold(folder, body, lambda path: part is None or (path.parent == folder and path.suffix != ".csv") or path.stem == f"{part:05}")
        run = _read(folder, body, part)
    except (KeyError, ValueError, TypeError, OSError, pl.exceptions.PolarsError) as error:
        message = f"the manifest and the files of this run do not fit together: {type(error).__name__} {error}"
        raise IntegrityError(Finding("KR503", message, Where(str(folder)), "take the run from a copy, or run again")) from None
    _hold_decisions(run, folder, part)
    return run


def _part_of(folder: Path, account_id: str) -> int | None:
    """Return the part that an account stands in; None where the run is one part, or has no such account."""
    files = _files(folder, "accounts")
    if len(files) == 1:
        return None
    wanted = spellings(account_id)
    near = pl.col("account_id").is_between(pl.lit(min(wanted)), pl.lit(max(wanted)))  # lets the reader pass over whole files
    ids = pl.scan_parquet(files, glob=False, include_file_paths="file").filter(near & pl.col("account_id").is_in(wanted))
    found = ids.select("file").collect(engine="streaming")
    return int(Path(found.item(0, 0)).stem) if found.height else None


def _files(folder: Path, name: str) -> list[Path]:
    single = folder / f"{name}.parquet"
    return [single] if single.exists() else sorted((folder / name).glob("*.parquet"))


def _parts(folder: Path, name: str, part: int | None) -> Parts:
    files = _files(folder, name)
    items = tuple(files if part is None else files[part : part + 1])
    sizes = tuple(int(pl.scan_parquet(item, glob=False).select(pl.len()).collect().item()) for item in items)
    found = Parts(items, sizes)
    return found.part(0) if len(items) == 1 else found


def _read(folder: Path, body: Mapping[str, Any], part: int | None) -> Run:
    policy = _policy(folder, [file["path"] for file in body["policy"]["files"]])
    as_of, effective_on = (dt.date.fromisoformat(body[key]) for key in ("as_of", "effective_on"))
    ready = compile_policy(policy, as_of, effective_on, body["sets"])
    witness = Witnessed(**body["witness"]) if body["witness"] else None
    seats = {tier: Taken(**taken) for tier, taken in body["seats"].items()}
    decision = body["ladder"]["decision"]
    look = Look(**{**body["ladder"], "decision": Decision(**decision) if decision else None})
    book, table = _book(folder, body, as_of, part), _parts(folder, "trail", part)
    run = Run(policy, ready, book, table, body["engine"], seats, witness, look=look, standing=read_standing(body["standing"]))
    if body["overrides"] is not None:
        run = replace(run, overridden=told_overrides.restored(run, folder, body["overrides"]["path"]))
    return replace(run, reconciled=reconciled(run)) if part is None else run


def _policy(folder: Path, shown: list[str]) -> Policy:
    """Return the policy of a run from the files that it keeps, wherever they were when it ran."""
    count = len(list(folder.glob(EXTENDED.format("*"))))
    files = [folder / EXTENDED.format(number) for number in range(1, count + 1)]
    return check(folder / POLICY, shown[0], list(zip(files, shown[1:], strict=False)))


def _hold_decisions(run: Run, folder: Path, part: int | None) -> None:
    """Hold the decisions that people read against the trail that they were made from."""
    found = []
    files = _files(folder, DECISIONS)
    for trail, path in zip(run.table, files if part is None else files[part : part + 1], strict=True):
        derived = decisions(run, trail)
        if not derived.equals(pl.read_parquet(path, glob=False), null_equal=True):
            found.append(path)
        if len(run.table.items) == 1 and part is None and derived.height <= COMPARED:
            text = (folder / DECISIONS_CSV).read_text(encoding="utf-8")
            found += [folder / DECISIONS_CSV] if csv_of(derived) != text else []
    found += [folder / name for name, content in _quota_files(run).items() if _differs(folder / name, content)]
    if part is None:
        told = {name: content if isinstance(content, str) else csv_of(content) for name, content in told_overrides.files(run).items()}
        found += [folder / name for name, content in told.items() if name != told_overrides.FILE and _differs(folder / name, content)]
    if found:
        message = "this file does not follow from the run's trail"
        raise IntegrityError([Finding("KR503", message, Where(str(path)), "take the run from a copy, or run again") for path in found])


def _differs(path: Path, content: str | pl.DataFrame) -> bool:
    if isinstance(content, str):
        return path.read_text(encoding="utf-8") != content
    return not content.equals(pl.read_parquet(path), null_equal=True)


def _book(folder: Path, body: Mapping[str, Any], as_of: dt.date, part: int | None) -> Book:
    told, counts = body["data"]["accounts"], body["counts"]
    columns = _columns(told)
    tables = {name: TableSource("", found["file"], _columns(found)) for name, found in body["data"]["tables"].items()}
    known_at = dt.date.fromisoformat(body["known_at"]) if body["known_at"] else None
    table, raw, faults, aside, rejected = (_parts(folder, name, part) for name in TABLES[:5])
    text = (folder / DATA).read_bytes().decode() if (folder / DATA).is_file() else ""
    return Book(
        table,
        raw,
        faults,
        aside,
        rejected,
        AccountsSource(
            "",
            told["file"],
            as_of,
            columns,
            known_at,
            tables=tables,
            controls=_ledger(told["control_totals"]),
            extract=told["extract"],
            rated=Rated(told["ratings"]["combine"], parse_number(told["ratings"]["disagree_from"])) if told["ratings"] else None,
            roll_up=RollUp(told["roll_up"][0], tuple(told["roll_up"][1:])) if told["roll_up"] else None,
        ),
        tuple(Source(f["path"], f["sha256"], text if i == 0 else "") for i, f in enumerate(body["data"]["files"])),
        counts["rows"],
        body["base"]["in"],
        tuple(body["unfed"]),
        tuple(body["unread"]),
        tuple(body["rounded"].items()),
        {name: pl.read_parquet(folder / f"{name}.parquet") for name in tables},
    )


def _ledger(told: Mapping[str, Any] | None) -> Controls | None:
    if told is None:
        return None
    base = None if told["base"] is None else Fraction(told["base"])
    return Controls(told["source"], told["accounts"], base, parse_percent(told["tolerance"]) or Fraction(0))


def _columns(told: Mapping[str, Any]) -> dict[str, ColumnMap]:
    return {name: _map(*parts) for name, parts in told["columns"].items()}


def _map(column: str, unit: str, written: str = "", zero: str = "", missing: str = "") -> ColumnMap:
    none, nought = (tuple(filter(None, joined.split(BETWEEN))) for joined in (missing, zero))
    return ColumnMap(column, unit, None, written, none, nought)
