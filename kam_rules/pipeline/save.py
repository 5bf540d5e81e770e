"""Write a file whole or not at all, also where the machine stops in the middle."""

from __future__ import annotations

import os
from pathlib import Path

from kam_rules.evidence.pack import sync
from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.model.refusal import unwritable


def save(path: Path, content: str | bytes, *, replacing: bool = False) -> None:
    """Write a file beside its place, then put it there.

    Args:
        path: the file.
        content: its text, written as UTF-8 as it stands, or its bytes.
        replacing: take the place of a file that is there; otherwise none may be.

    Raises:
        UsageError: KR501 the file exists already, KR502 it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if not replacing and (path.exists() or path.is_symlink()):
            raise UsageError(Finding("KR501", "this file exists already", Where(str(path)), "choose another name, or remove it first"))
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        if replacing and path.exists():
            part.chmod(path.stat().st_mode & 0o777)
        sync(part)
        part.replace(path.resolve())
        sync(path.resolve().parent)
    except OSError as error:
        raise unwritable(error, path) from None
    finally:
        part.unlink(missing_ok=True)
