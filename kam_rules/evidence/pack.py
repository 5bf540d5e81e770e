"""The run directory: written beside its final place and moved there whole, so that none looks complete that is not."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kam_rules.model.errors import Finding, IntegrityError, UsageError, Where

FORMAT = "kam-rules.run/2"
MANIFEST = "manifest.json"
BLOCK = 2**20


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def canonical(data: object) -> bytes:
    """Return JSON in one spelling: keys sorted, no spaces, UTF-8."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@contextmanager
def writing(out: Path) -> Iterator[Path]:
    """Give a folder to write a run into; it takes its place when the block ends, and goes when the block fails.

    Raises:
        UsageError: KR501 the place is taken, KR502 it cannot be written.
    """
    part = out.parent / f".{out.name}.{os.getpid()}.part"
    shown = Where(str(out).encode(errors="replace").decode())
    try:
        str(out).encode()
        if out.exists() or out.is_symlink():
            raise UsageError(Finding("KR501", "this folder exists already", shown, "choose another --out, or remove it first"))
        part.mkdir(parents=True)
        yield part
        for path in sorted(part.rglob("*")):
            sync(path)
        part.rename(out)
        sync(out.parent)
    except (OSError, UnicodeError) as error:
        message = f"cannot write the run: {(getattr(error, 'strerror', None) or str(error)).lower()}"
        raise UsageError(Finding("KR502", message, shown, "check the name, the disk and the rights of the folder")) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_manifest(folder: Path, run: Mapping[str, Any], written: Mapping[str, str]) -> None:
    """Write the manifest, last of all: what was run, every other file with its hash; `written` stands outside the hash."""
    files = [
        {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    body = {**run, "outputs": files}
    manifest = {"format": FORMAT, "run": body, "run_sha256": hashlib.sha256(canonical(body)).hexdigest(), "written": dict(written)}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a manifest says of its run; see `hold` for the files.

    Raises:
        UsageError: KR504 the folder is no complete run.
        IntegrityError: KR503 the manifest is not what it was when it was written.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        body, recorded = manifest["run"], manifest["run_sha256"]
        list(_files(folder, body))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            Finding("KR504", "this is no run: it has no manifest.json", Where(str(folder)), "name a folder that kam-rules run wrote")
        ) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise IntegrityError(
            Finding("KR503", f"the manifest cannot be read: {error}", Where(str(folder / MANIFEST)), "take the run from a copy")
        ) from None
    if manifest.get("format") != FORMAT:
        by = body.get("versions", {}).get("kam-rules", "another version")
        message = f"the manifest is of format {manifest.get('format')}, written by kam-rules {by}; this version reads {FORMAT}"
        raise IntegrityError(Finding("KR503", message, Where(str(folder / MANIFEST)), "open it with the version that wrote it"))
    if hashlib.sha256(canonical(body)).hexdigest() != recorded:
        raise IntegrityError(_changed(folder / MANIFEST))
    return dict(body)


def sealed(folder: Path) -> str:
    """Return the hash that a run's manifest bears; the manifest has been read before."""
    return str(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["run_sha256"])


def hold(folder: Path, body: Mapping[str, Any], wanted: Callable[[Path], bool]) -> None:
    """Hold the files of a run against its manifest: all by name and size, those that are wanted byte for byte.

    Raises:
        IntegrityError: KR503 a file is not what it was when it was written, is missing, or is a stranger.
    """
    files = list(_files(folder, body))
    found = [_changed(path) for path, digest, size in files if _differs(path, size) or (wanted(path) and sha256(path) != digest)]
    told = {folder / MANIFEST, *(path for path, _, _ in files)}
    folders = {path.parent for path in told}
    found += [_stranger(path) for path in sorted(folder.rglob("*")) if path not in told | folders or path.is_symlink()]
    if found:
        raise IntegrityError(found)


def _files(folder: Path, body: Mapping[str, Any]) -> Iterator[tuple[Path, str, int]]:
    return ((folder / f["path"], f["sha256"], f["bytes"]) for f in body["outputs"])


def _differs(path: Path, size: int) -> bool:
    return not path.is_file() or path.stat().st_size != size


def _stranger(path: Path) -> Finding:
    return Finding("KR503", "this is no file that the run wrote", Where(str(path)), "move it out of the run's folder")


def _changed(path: Path) -> Finding:
    return Finding(
        "KR503", "this file is not what it was when the run was written", Where(str(path)), "take the run from a copy, or run again"
    )
