"""`kam-rules data`: look at data before a policy decides by them."""

from __future__ import annotations

import click

from kam_rules.cli._inspect import inspect


@click.group("data")
def command() -> None:
    """Look at data before a policy decides by them.

    \b
    Examples:
      kam-rules data inspect report.csv
      kam-rules data inspect report.csv --policy policy.yaml
    """


command.add_command(inspect)
