"""`kam-rules explain`: why one account was decided so, or why somebody is asked for so much."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, show


@click.command("explain")
@click.argument("run", type=FILE)
@click.argument("what")
@FORMAT
def command(run: Path, what: str, form: str) -> None:
    """Tell why WHAT was decided so in RUN, a folder that `kam-rules run` wrote.

    WHAT is an account's id; rep:ID tells a rep's or manager's quota, team:NAME a team's, back to rules and cells.

    Which rules fired and from which values, the cell each value was read from, the place of each rule in the policy,
    what did not fire and the part that failed, how near each edge was, and what a missing answer could still change.
    The account is decided again on the way; where the record differs, the command ends with exit code 6.

    \b
    Examples:
      kam-rules explain runs/FY2027-2026-01-31-1a2b3c4d ACC-1005
      kam-rules explain runs/FY2027-2026-01-31-1a2b3c4d ACC-1005 --format json
      kam-rules explain runs/FY2027-2026-01-31-1a2b3c4d rep:R-01
    """
    from kam_rules import engine
    from kam_rules.pipeline.explain import FORMAT as ACCOUNT
    from kam_rules.reports.explanation import explanation
    from kam_rules.reports.quota import quota

    trail = engine.explain(run, what)
    show(explanation(trail) if trail["format"] == ACCOUNT else quota(trail), form)
