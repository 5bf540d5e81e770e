"""What is said of a file that cannot be opened."""

from __future__ import annotations

from kam_rules.model.errors import DataError, Finding, Where


def unreadable(error: OSError, shown: str) -> DataError:
    """Return KR401 with the system's own reason."""
    message = f"cannot read this file: {(error.strerror or str(error)).lower()}"
    return DataError(Finding("KR401", message, Where(shown), "check the name; a data file names it from its own folder"))
