"""What of npm the tests need: a language server for YAML, and the published schema of SARIF."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def installed() -> Path:
    """Return the folder of the npm packages; without it the test is skipped, and says so."""
    found = HERE / "node_modules"
    if not found.is_dir():
        pytest.skip("npm ci --prefix tests/editor was not run here: no language server, no SARIF schema")
    return found
