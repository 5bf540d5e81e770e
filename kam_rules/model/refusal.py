"""What is said where the system refuses a file: its own reason, and what to do."""

from __future__ import annotations

from pathlib import Path

from kam_rules.model.errors import DataError, Finding, UsageError, Where

RIGHTS = "check the name, the disk and the rights of the folder"


def reason(error: OSError) -> str:
    """Return why the system refused, as a clause of a sentence."""
    return (error.strerror or str(error)).lower()


def unwritable(error: OSError, path: Path, fix: str = RIGHTS) -> UsageError:
    """Return KR502 for a file or folder that cannot be written."""
    return UsageError(Finding("KR502", f"cannot write here: {reason(error)}", Where(str(path)), fix))


def unreadable(error: OSError, shown: str) -> DataError:
    """Return KR401 for a source that cannot be opened."""
    fix = "check the name; a data file names it from its own folder"
    return DataError(Finding("KR401", f"cannot read this file: {reason(error)}", Where(shown), fix))
