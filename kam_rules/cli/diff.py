"""`kam-rules diff`: the meaning that changed from one policy to the next."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, Bar, show


@click.command("diff")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@FORMAT
def command(old: Path, new: Path, form: str) -> None:
    """Tell what NEW means otherwise than OLD, rule by rule, and whether that wants every signature again.

    For each rule that changed an account is told that the two decide differently, or the proof that there is none; where
    neither was found, that is said. Reasons and sources are told apart. What it comes to on a book, kam-rules impact tells.

    \b
    Examples:
      kam-rules diff policies/resellers/fy2020.yaml policies/resellers/fy2021.yaml
      kam-rules diff fy2026.yaml fy2027.yaml --format json | jq '.changes[] | select(.material)'
    """
    from kam_rules import years
    from kam_rules.reports.diff import diff

    with Bar("comparing") as bar:
        found = years.diff(old, new, progress=bar.advance, expect=bar.expect)
    show(diff(found), form)
