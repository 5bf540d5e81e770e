"""`kam-rules sheet`: a policy's lists in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, Family, show_difference


@click.group("sheet", cls=Family)
def command() -> None:
    """Edit criteria, bands, tiers, states, targets and ladder in a spreadsheet, and take them back into the policy.

    \b
    Examples:
      kam-rules sheet export policy.yaml policy.xlsx
      kam-rules sheet import policy.yaml policy.xlsx
      kam-rules sheet import policy.yaml policy.xlsx --write
    """


@command.command("export")
@click.argument("policy", type=FILE)
@click.argument("workbook", type=FILE)
def export(policy: Path, workbook: Path) -> None:
    """Write the lists of POLICY into a new WORKBOOK (.xlsx).

    \b
    Example:
      kam-rules sheet export policy.yaml policy.xlsx
    """
    from kam_rules import workshop

    workshop.export_sheets(policy, workbook)
    click.echo(f"wrote {workbook}")


@command.command("import")
@click.argument("policy", type=FILE)
@click.argument("workbook", type=FILE)
@click.option("--write", is_flag=True, help="Change the policy; without it, the difference is shown alone.")
def import_(policy: Path, workbook: Path, write: bool) -> None:  # noqa: FBT001 - click hands it on by name
    """Show what WORKBOOK changes in POLICY, cell by cell and line by line; with --write change it.

    Comments and order of the policy stay. What a sheet cannot hold is never dropped: such a change is refused. The new
    policy is checked before it is written.

    \b
    Examples:
      kam-rules sheet import policy.yaml policy.xlsx
      kam-rules sheet import policy.yaml policy.xlsx --write
    """
    from kam_rules import workshop

    before, after, differences = workshop.import_sheets(policy, workbook, write=write)
    for found in differences:
        cell = f" {found.column}:" if found.column else ":"
        click.echo(f"{found.sheet} {found.row}{cell} {found.old or 'nothing'} -> {found.new or 'nothing'}")
    if differences:
        click.echo()
        show_difference(policy, before, after)
    told = f"changed {policy}" if write and differences else "add --write to change the policy" if differences else "nothing differs"
    click.echo(told, err=True)
