"""From what a run decided: its files with their hashes, and its days, as every trail states them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kam_rules.model.policy import Source
from kam_rules.model.run import Run


def inputs(run: Run) -> dict[str, Any]:
    """Return the files of the policy and of the data, the day of the data and the day decided for, in ISO 8601."""
    return {
        "files": _hashed(run.policy.sources),
        "data": _hashed(run.book.files),
        "as_of": run.ready.as_of.isoformat(),
        "effective_on": run.ready.effective_on.isoformat(),
    }


def _hashed(sources: Iterable[Source]) -> list[dict[str, str]]:
    return [{"path": source.path, "sha256": source.sha256} for source in sources]
