"""kam-rules: a rules engine with policy as configuration for key-account management.

Examples:
    Decide a book and ask why, from Python::

        run = kam_rules.run("policy.yaml", "data.yaml")
        kam_rules.decisions(run)
        kam_rules.explain(run, "A-01")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kam_rules.engine import check, decisions, explain, read, run, write

__all__ = ["check", "decisions", "explain", "read", "run", "write"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - one of the functions above
    """Import the engine at first use, so that `kam-rules --help` costs nothing."""
    if name not in __all__:
        message = f"module 'kam_rules' has no attribute '{name}'"
        raise AttributeError(message)
    from kam_rules import engine

    return getattr(engine, name)
