"""`kam-rules schema`: the reference at hand."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FORMAT, show


@click.command("schema")
@click.argument("word", required=False)
@click.option("--write", "folder", type=FILE, help="Write the JSON schemas that editors read into this folder.")
@FORMAT
def command(word: str | None, folder: Path | None, form: str) -> None:
    """Look up WORD: a key of a policy or of a data file, with its keys below, its meaning and an example.

    \b
    Examples:
      kam-rules schema                      all sections of a policy
      kam-rules schema criteria.bands       one key, from the top
      kam-rules schema data.accounts        a key of the data file
      kam-rules schema KR301                what a finding means
      kam-rules schema expressions          names, functions and grammar of conditions
      kam-rules schema --write schemas      the schemas for completion in an editor
    """
    from kam_rules import workshop
    from kam_rules.reports.reference import reference

    if folder is not None:
        for path in workshop.write_schemas(folder):
            click.echo(path)
        return
    show(reference(word), form)
