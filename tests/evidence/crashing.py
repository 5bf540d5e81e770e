"""A process that forks for each write it could die at: `python crashing.py WHAT WAY FOLDER STEP [FROM]` prints what became of each fork.

FROM is a folder that each fork gets a copy of. Nothing here may use Polars before it forks: its threads would not come along.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from kam_rules import proof
from kam_rules.cli.main import main as command
from kam_rules.evidence import ledger, pack
from kam_rules.model.errors import KamError, UsageError

AT = "2026-03-01T10:00:00+00:00"
MOST = 10_000
LAST = 12
"""Writes at the end of a thing, where it takes its place and is recorded, of which none is passed over."""
FULL = ("KR882", "KR502")
"""What a disk that is full is told as."""
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


def commanded(name: str, *words: str) -> Callable[[Path], object]:
    """Return what a command does in a folder."""

    def work(folder: Path) -> int:
        with chdir(folder), redirect_stdout(StringIO()), redirect_stderr(StringIO()) as err:
            code = int(command.main([name, *words], standalone_mode=False) or 0)
        full = code == UsageError.exit_code and any(f"{told} " in err.getvalue() for told in FULL)
        return 10 if full else 0 if code <= 1 else 11

    return work


NAMED = ("--as", "cfo", "--key", "cfo.key", "--ledger", "ledger.db")
running = commanded("run", "policy.yaml", "data.yaml", "--no-witness", "--ledger", "ledger.db", "--overrides", "overrides.yaml")
signing = commanded("sign", "overrides.yaml", *NAMED)
publishing = commanded("publish", "first", *NAMED)
auditing = commanded("audit", "first", "--n", "8", "--out", "audit.xlsx")

THINGS: dict[str, tuple[bool, Callable[[Path], object]]] = {
    "appending": (True, appending),
    "opening": (False, opening),
    "recording": (True, recording),
    "keying": (False, keying),
    "running": (False, running),
    "signing": (False, signing),
    "publishing": (False, publishing),
    "auditing": (False, auditing),
}


def main(what: str, way: int, folder: Path, step: int = 1, start: Path | None = None) -> None:
    """Do a thing once for each write that it makes, or each `step`-th and each of the last, and stop it there; once it is left alone."""
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
    count = MOST - _forked(shim, what, way, MOST, _place(what, folder / "count", start))[1]
    for nth in range(1, count + 2):
        if nth % step == 0 or nth > count - LAST:
            code = _forked(shim, what, way, nth, _place(what, folder / f"{nth:03}", start))[0]
            print(json.dumps({"nth": nth, "code": code}), flush=True)  # noqa: T201


def _place(what: str, place: Path, start: Path | None) -> Path:
    place.mkdir() if start is None else shutil.copytree(start, place)
    if THINGS[what][0]:
        opening(place)
    return place


def _forked(shim: ctypes.CDLL, what: str, way: int, nth: int, place: Path) -> tuple[int, int]:
    """Return how a fork ended that was to be stopped at its nth write, and what was left to count where it ended by itself."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(_child(shim, what, (nth, way), place, tell))
    os.close(tell)
    left = os.read(told, 20)
    os.close(told)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), int(left or 0)


def _child(shim: ctypes.CDLL, what: str, when: tuple[int, int], place: Path, tell: int) -> int:
    shim.arm(*when)
    try:
        code = THINGS[what][1](place)
    except KamError as error:
        code = 10 if error.findings[0].code in FULL else 11
    except BaseException:  # noqa: BLE001 - a fork may not go on as its parent does
        traceback.print_exc()
        code = 12
    left = shim.left()
    shim.arm(0, 0)
    os.write(tell, str(left).encode())
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), *map(Path, sys.argv[5:]))
