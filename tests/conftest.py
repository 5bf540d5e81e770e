"""What all tests share: the examples, the command line, and no silent skips where none is allowed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import settings

from kam_rules import engine
from kam_rules.cli.main import main
from kam_rules.model.run import Run

ROOT = Path(__file__).parent.parent
SAAS = ("policies/key-accounts/fy2027.yaml", "examples/saas/data.yaml")
RESELLERS = ("policies/resellers/fy2021.yaml", "examples/adventureworks/data.yaml")
RESELLERS_2020 = ("policies/resellers/fy2020.yaml", "examples/adventureworks/data_fy2020.yaml")

settings.register_profile("kam-rules", deadline=None)  # speed is measured in bench/, never by a test
settings.load_profile("kam-rules")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # noqa: ARG001
    """Turn a skip into a failure where the environment promises everything that tests need."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("KAM_RULES_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped where no test may be: {report.longrepr}"


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in the project's root, where the examples' paths begin."""
    monkeypatch.chdir(ROOT)


@pytest.fixture
def kam() -> Callable[..., Said]:
    """Call the command line as a user does."""

    def call(*args: object) -> Said:
        result = CliRunner().invoke(main, [str(arg) for arg in args])
        return Said(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture(scope="session")
def saas() -> Run:
    """Return the run of the invented SaaS book."""
    return _run(SAAS)


@pytest.fixture(scope="session")
def resellers() -> Run:
    """Return the run of the AdventureWorks resellers."""
    return _run(RESELLERS)


def _run(paths: tuple[str, str]) -> Run:
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        return engine.run(*paths)
    finally:
        os.chdir(here)
