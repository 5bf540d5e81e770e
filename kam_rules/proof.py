"""Evidence that outlasts a run: the ledger, who signed what, what is published. One function a verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kam_rules.evidence import anchors
from kam_rules.evidence.chain import entries as chain
from kam_rules.evidence.keys import read_key
from kam_rules.evidence.ledger import append, create, head_of, rows
from kam_rules.evidence.pack import read_manifest, sealed
from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.model.ledger import DECISION, RUN, Entry, Held
from kam_rules.model.run import Run
from kam_rules.pipeline.held import held
from kam_rules.pipeline.roster import load as load_roster
from kam_rules.pipeline.save import save


def new_ledger(ledger: str | Path, at: str) -> Entry:
    """Open a new ledger and return its first entry.

    Args:
        ledger: the file to make.
        at: when, as ISO 8601 in UTC; here and below the caller reads the clock.

    Raises:
        UsageError: KR501 there is something already, KR882 it cannot be written.
    """
    return create(Path(ledger), at)


def entries(ledger: str | Path) -> tuple[Entry, ...]:
    """Return the entries of a ledger whose chain holds.

    Raises:
        UsageError: KR880 there is no ledger, KR881 a writer holds it.
        IntegrityError: KR883 it is of another format, KR884 it is damaged, KR885 the chain is broken.
    """
    return chain(rows(Path(ledger)), str(ledger))


def verify_ledger(ledger: str | Path, anchor: Sequence[str] = (), roster: str | Path | None = None) -> Held:
    """Return a ledger looked through: integrity, and completeness as far as outside copies of its head prove it.

    Args:
        ledger: the ledger.
        anchor: receipts, folders of runs, or ``git:TAG``.
        roster: whose signatures count.

    Raises:
        UsageError: KR880, KR881; KR888 there is no receipt at a place.
        IntegrityError: KR883, KR884.
    """
    return held(Path(ledger), anchor, None if roster is None else load_roster(Path(roster)))


def anchor_ledger(
    ledger: str | Path,
    at: str,
    *,
    by: str = "",
    key: str | Path | None = None,
    out: str | Path | None = None,
    tag: str | None = None,
) -> str:
    """Return the receipt of a ledger's head, and keep it as a file or as a git tag.

    Args:
        ledger: the ledger.
        at: when.
        by: who signs the receipt.
        key: a file with the private key to sign it with.
        out: a file to make.
        tag: a git tag to make, in the repository of the working folder.

    Raises:
        UsageError: KR501 the file exists already, KR888 git refuses the tag, KR892 the key cannot be read.
    """
    told = anchors.receipt(head_of(entries(ledger)), at, by, None if key is None else read_key(Path(key)))
    if out is not None:
        save(Path(out), told)
    if tag is not None:
        anchors.tag(tag, told)
    return told


def entered(run: Run, ledger: str | Path | None) -> Run:
    """Return a run that bears the head of the ledger in which it is about to be recorded; of none where none is named."""
    return replace(run, standing=replace(run.standing, head=None if ledger is None else head_of(entries(ledger))))


def record_run(folder: str | Path, ledger: str | Path, at: str) -> tuple[tuple[Entry, bool], ...]:
    """Record a written run, and the decision to proceed that it holds, in a ledger; what is there already stays as it is.

    Raises:
        UsageError: KR504 the folder is no run, KR893 it was made for another ledger or none, KR880 to KR882.
        IntegrityError: KR503 the manifest was changed, KR883 to KR885.
    """
    body, of = read_manifest(Path(folder)), sealed(Path(folder))
    known = body["standing"]["head"]
    if known is None or known["ledger"] != (first := entries(ledger)[0].sha256):
        what = "without a ledger" if known is None else f"for the ledger {known['ledger'][:12]}, not {first[:12]}"
        raise UsageError(Finding("KR893", f"this run was made {what}", Where(str(folder)), "run again with --ledger"))
    policy, decision = body["policy"], body["ladder"]["decision"]
    run = {
        "run_sha256": of,
        "folder": Path(folder).name,
        "policy": policy["id"],
        "fiscal_year": policy["fiscal_year"],
        "policy_sha256": [file["sha256"] for file in policy["files"]],
        "data_sha256": [file["sha256"] for file in body["data"]["files"]],
        "as_of": body["as_of"],
        "effective_on": body["effective_on"],
        "status": body["standing"]["status"],
        "counts": body["counts"],
    }
    things: list[tuple[str, dict[str, Any]]] = [(RUN, run)]
    if decision is not None:
        things.append((DECISION, {"run_sha256": of, "of": body["ladder"]["of"], **decision}))
    return append(Path(ledger), things, at)
