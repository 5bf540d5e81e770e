"""Whether a run holds: its files, its parts among themselves, and every account decided again."""

from __future__ import annotations

from collections.abc import Iterator

from kam_rules.model.report import Block, Column, Facts, Report, Table
from kam_rules.pipeline.told_program import VALUES_UP_TO
from kam_rules.pipeline.verify import Verified


def verified(found: Verified) -> Report:
    """Return what `kam-rules verify` tells."""
    columns = (
        Column("account_id", "Account"),
        Column("what", "Rule or figure"),
        Column("recorded", "Recorded"),
        Column("again", "Again"),
        Column("by", "By"),
        Column("cause", "Cause"),
    )
    rows = tuple((d.account_id or "all", d.what, d.recorded, d.answered, d.by, d.cause) for d in found.drifts)
    accounts = {drift.account_id for drift in found.drifts if drift.account_id}
    blocks: tuple[Block, ...] = (
        Facts("checked", "What was done", tuple(_checked(found))),
        Table("drift", "What does not follow", columns, rows, empty="nothing: every account comes out as it is recorded"),
    )
    told = f"{len(accounts):,} accounts drift" if accounts else "something does not follow" if rows else "verified"
    return Report("verified", f"{found.run.name}: {told}", blocks, minor=found.run.ready.program.minor, status=found.run.standing.status)


def _checked(found: Verified) -> Iterator[tuple[str, str]]:
    run, witness = found.run, found.witness
    yield "files", f"{found.files} files are what they were, byte for byte; the times in the manifest stand outside its hash"
    yield "decisions", "decisions and quotas follow from the trail"
    if not run.policy.copies:
        yield "data", f"read again from {run.book.files[0].path}: its hashes and those of every table agree; the run keeps no copy"
    elif run.book.table.height > VALUES_UP_TO:
        yield "values", "in Parquet alone; --values FILE writes them for rederive.py"
    yield "decided again", f"{run.table.height:,} accounts by {found.engine}, seats among them all"
    share = "every account" if witness.accounts == run.table.height else f"{witness.accounts:,} accounts, the run's own sample"
    yield "witness", f"{share} by {witness.engine}"
    for name, (before, now) in found.versions.items():
        yield name, before if before == now else f"written by {before}, verified by {now}"
