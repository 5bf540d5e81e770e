"""`kam-rules explain-code`: the page of a finding."""

from __future__ import annotations

import click

from kam_rules.cli._shared import FORMAT, show


@click.command("explain-code")
@click.argument("code")
@FORMAT
def command(code: str, form: str) -> None:
    """Tell what the finding CODE means, why it matters, what causes it and what to write instead.

    \b
    Examples:
      kam-rules explain-code KR203
      kam-rules explain-code KR203 --format markdown
    """
    from kam_rules.reports.reference import finding

    show(finding(code), form)
