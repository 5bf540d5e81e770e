"""`kam-rules data inspect`: what stands in a file, and the data file that a policy would want for it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, Bar, a_day, show


@click.command("inspect")
@click.argument("file", type=FILE)
@click.option("--policy", type=FILE, help="Propose a data file for this policy.")
@click.option("--write", "out", type=FILE, metavar="DATA", help="Write the proposed data file there; needs --policy.")
@a_day("--as-of", "day", said="The day that the file speaks of, for the data file.")
@click.option("--sheet", default="", help="The sheet of a workbook; by default the first that holds a table.")
@click.option("--header", default=0, help="The row that names the columns, from 1; by default it is found.")
@click.option("--encoding", default="", help="How letters are written, such as utf-8 or cp1252; by default it is found.")
@click.option("--separator", default="", help="What stands between cells; by default it is found.")
@FORMAT
def inspect(
    file: Path,
    policy: Path | None,
    out: Path | None,
    day: dt.date | None,
    sheet: str,
    header: int,
    encoding: str,
    separator: str,
    form: str,
) -> None:
    """Look at FILE before anything is decided by it: a CSV, a workbook or a Parquet file, as it was exported.

    Told are how the file lies, what each column holds and how it is written, which rows are no accounts, and what is wrong.
    With --policy, every field is given the column that surely feeds it, or the one to confirm; columns that look like our
    revenue and are not, such as AnnualRevenue, are refused. Nothing is decided here.

    \b
    Examples:
      kam-rules data inspect report.csv
      kam-rules data inspect book.xlsx --policy policy.yaml
      kam-rules data inspect report.csv --policy policy.yaml --as-of 2026-06-30 --write data.yaml
    """
    from kam_rules import intake
    from kam_rules.model.book import Layout
    from kam_rules.reports.inspected import inspected

    if out is not None and policy is None:
        raise click.UsageError("--write needs --policy: a data file maps columns onto the fields of a policy")
    layout = Layout(encoding, separator, header, sheet)
    with Bar("reading") as bar:
        found = intake.inspect_file(file, layout, progress=bar.advance, expect=bar.expect)
    proposed = None if policy is None else intake.propose_mapping(found, policy)
    show(inspected(found, proposed), form)
    if out is not None and policy is not None and proposed is not None:
        intake.write_proposal(found, proposed, policy, file, out, day, layout)
        click.echo(f"wrote {out}: look at every line that says confirm", err=True)
