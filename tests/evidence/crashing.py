"""A process that forks for each write it could die at: `python crashing.py WHAT WAY FOLDER` prints what became of each fork."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from kam_rules import proof
from kam_rules.evidence import ledger, pack
from kam_rules.model.errors import KamError

AT = "2026-03-01T10:00:00+00:00"
MOST = 200
BODY = {"run_sha256": "ab" * 32, "note": "x" * 6000}
"""Longer than a page of the file, so that one entry is several writes."""


def appending(folder: Path) -> None:
    ledger.append(folder / "ledger.db", [("run", BODY), ("decision", {"run_sha256": "cd" * 32})], AT)


def opening(folder: Path) -> None:
    proof.new_ledger(folder / "ledger.db", AT)


def recording(folder: Path) -> None:
    """Write a run that is as small as one can be, and record it, as `kam-rules run --ledger` does."""
    head = {"ledger": proof.entries(folder / "ledger.db")[0].sha256, "entries": 1, "sha256": ""}
    files = {"id": "p", "fiscal_year": "FY2027", "files": [{"path": "p.yaml", "sha256": "ef" * 32}]}
    body = {"policy": files, "data": {"files": []}, "as_of": "2026-01-31", "effective_on": "2026-02-01", "counts": {}, "overrides": None}
    decision = {"how": "manager", "by": "cfo", "reason": "Board", "on": "2026-03-01"}
    body |= {"ladder": {"decision": decision, "of": "cd" * 32}, "standing": {"status": "draft", "head": head}}
    if not (folder / "run").exists():
        with pack.writing(folder / "run") as part:
            (part / "decisions.csv").write_text("account_id\nA-01\n" * 1000)
            pack.write_manifest(part, body, {"at": AT})
    proof.record_run(folder / "run", folder / "ledger.db", AT)


def keying(folder: Path) -> None:
    proof.new_key(folder / "me.key")


THINGS: dict[str, tuple[bool, Callable[[Path], object]]] = {
    "appending": (True, appending),
    "opening": (False, opening),
    "recording": (True, recording),
    "keying": (False, keying),
}


def main(what: str, way: int, folder: Path) -> None:
    """Do a thing once for each write that it makes, and stop it there."""
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
    there, work = THINGS[what]
    for nth in range(1, MOST):
        place = folder / f"{nth:03}"
        place.mkdir()
        if there:
            opening(place)
        child = os.fork()
        if child == 0:
            shim.arm(nth, way)
            code = 0
            try:
                work(place)
            except KamError as error:
                code = 10 if error.findings[0].code in {"KR882", "KR502"} else 11
            os._exit(code)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"nth": nth, "signal": os.WTERMSIG(status), "code": os.waitstatus_to_exitcode(status)}))  # noqa: T201
        if os.waitstatus_to_exitcode(status) == 0:
            return


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
