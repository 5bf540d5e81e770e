"""Write the policy project that a newcomer starts from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.model.refusal import unwritable

STARTER = ("policy.yaml", "policy.tests.yaml", "policy.edges.tests.yaml", "policy.waivers.yaml", "data.yaml", "accounts.csv")


def start(folder: Path) -> tuple[Path, ...]:
    """Write the starter files; none where one of them is there already.

    Raises:
        UsageError: KR501 a file exists already, KR502 the folder cannot be written.
    """
    targets = tuple(folder / name for name in STARTER)
    taken = [path for path in targets if path.exists()]
    if taken:
        raise UsageError([Finding("KR501", "this file exists already", Where(str(path)), "choose another folder") for path in taken])
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in targets:
            written.append(path)
            path.write_bytes(files("kam_rules").joinpath("starter", path.name).read_bytes())
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise unwritable(error, folder, "choose a folder that you may write to") from None
    return targets
