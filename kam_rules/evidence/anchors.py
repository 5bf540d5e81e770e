"""Heads kept outside the ledger: a receipt that can be printed, mailed, signed, or be the message of a git tag.

Without one, whoever can write to a ledger can cut off its end, or write all of it anew, and nothing in it will tell.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from kam_rules.evidence.keys import sign
from kam_rules.evidence.pack import MANIFEST, read_manifest
from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.model.ledger import Anchor, Head

FORMAT = "kam-rules.anchor/1"
TITLE = "kam-rules ledger receipt"
LINE = re.compile(r"^\s*(ledger|entries|head|at|by|signature)\s+(\S+)\s*$", re.MULTILINE)
GIT = "git:"
NEEDED = ("ledger", "entries", "head", "at")


def statement(head: Head, at: str, by: str) -> dict[str, Any]:
    """Return what the signature of a receipt covers."""
    return {"format": FORMAT, "ledger": head.ledger, "entries": head.entries, "head": head.sha256, "at": at, "by": by}


def receipt(head: Head, at: str, by: str = "", key: Any = None) -> str:  # noqa: ANN401 - a key of a library imported at first use
    """Return a head as a receipt; with a key it is signed."""
    lines = [TITLE, f"ledger     {head.ledger}", f"entries    {head.entries}", f"head       {head.sha256}", f"at         {at}"]
    if key is not None:
        lines += [f"by         {by}", f"signature  {sign(key, statement(head, at, by))}"]
    return "\n".join(lines) + "\n"


def read(place: str) -> Anchor:
    """Return the anchor that a place holds: a file with a receipt, the folder of a run, or ``git:TAG``.

    Raises:
        UsageError: KR888 there is no receipt there.
        IntegrityError: KR503 the manifest of the run is not what it was.
    """
    if place.startswith(GIT):
        return _parsed(_tagged(place.removeprefix(GIT)), f"the git tag {place.removeprefix(GIT)}", place)
    path = Path(place)
    if (path / MANIFEST).is_file():
        told = read_manifest(path).get("standing", {}).get("head")
        if told is None:
            raise UsageError(_none(place, "this run was not recorded in a ledger"))
        return Anchor(Head(told["ledger"], told["entries"], told["sha256"]), "", f"the run {path.name}")
    try:
        return _parsed(path.read_text(encoding="utf-8"), f"the receipt {path.name}", place)
    except (OSError, UnicodeError) as error:
        raise UsageError(_none(place, f"cannot read it: {getattr(error, 'strerror', None) or 'it is no text'}".lower())) from None


def _parsed(text: str, source: str, place: str) -> Anchor:
    told = dict(LINE.findall(text))
    whole = re.compile("[0-9a-f]{64}")
    if any(name not in told for name in NEEDED) or not (whole.fullmatch(told["ledger"]) and whole.fullmatch(told["head"])):
        raise UsageError(_none(place, "there is no receipt in it"))
    if not told["entries"].isdecimal() or int(told["entries"]) < 1:
        raise UsageError(_none(place, f"'{told['entries']}' is no number of entries"))
    head = Head(told["ledger"], int(told["entries"]), told["head"])
    return Anchor(head, told["at"], source, told.get("by", ""), told.get("signature", ""))


def _none(place: str, why: str) -> Finding:
    fix = "name a file that kam-rules ledger anchor wrote, the folder of a run, or git:TAG"
    return Finding("KR888", f"this is no anchor: {why}", Where(place), fix)


def tag(name: str, text: str) -> None:
    """Keep a receipt as the message of a git tag in the repository of the working folder.

    Raises:
        UsageError: KR888 git refuses it.
    """
    _git(name, "tag", "--annotate", name, "--message", text)


def _tagged(name: str) -> str:
    return _git(name, "cat-file", "tag", f"refs/tags/{name}")


def _git(name: str, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607 - git of the user's path
    except OSError:
        raise UsageError(Finding("KR888", "git is not installed", Where(f"{GIT}{name}"), "keep the receipt as a file")) from None
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1:] or ["git refuses it"]
        raise UsageError(Finding("KR888", f"git: {why[0]}", Where(f"{GIT}{name}"), "check the name, and that this is a repository"))
    return done.stdout
