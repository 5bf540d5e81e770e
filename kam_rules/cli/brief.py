"""`kam-rules brief`: a leader's page of a run, and a statement for each rep."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FOR, LEDGER, ROSTER, WIDEST, Bar, show
from kam_rules.formats import PIPELINES, format_, formats

FORMS = tuple(name for name in formats() if name not in PIPELINES)


@click.command("brief")
@click.argument("run", type=FILE)
@click.option("--against", type=FILE, metavar="RUN", help="An earlier run, such as last year's: what changed, and which tiers moved.")
@click.option("--actuals", type=FILE, help="What became of the accounts, where the year is over: the ranks by each measure.")
@LEDGER
@ROSTER
@click.option("--out", type=FILE, help="The file to write; by default stdout.")
@click.option("--statements", type=FILE, metavar="DIR", help="A folder to make, with the statement of each rep as a page.")
@FOR
@click.option("--format", "form", type=click.Choice(FORMS), default="html", show_default=True, help="How the page is written.")
def command(
    run: Path,
    against: Path | None,
    actuals: Path | None,
    ledger: Path | None,
    roster: Path | None,
    out: Path | None,
    statements: Path | None,
    rep: str | None,
    form: str,
) -> None:
    """Write RUN as one page for leaders: what it adds up to, what is to be decided, and how sure it is.

    The page is self-contained HTML with pictures, made to be read and printed. With --statements a folder is written
    too, with one page for each rep: what is asked of the book, account by account, and why. With --for the statement of
    that rep is written alone, in the place of the page.

    \b
    Examples:
      kam-rules brief runs/fy2027 --out brief.html
      kam-rules brief runs/fy2021 --against runs/fy2020 --out brief.html --statements statements
      kam-rules brief runs/fy2027 --format text
      kam-rules brief runs/fy2027 --for rep:R-01 --out R-01.html
    """
    from kam_rules import engine, programme, workshop

    if rep is not None and (against or actuals or statements):
        raise click.UsageError("--for writes the statement of one rep: leave --against, --actuals and --statements out")
    found = engine.read(run)
    said = {} if ledger is None else {"published": programme.publication_of(run, ledger, roster)}
    with Bar("writing the page") as bar:
        report = (
            programme.brief(found, against=against, actuals=actuals, **said, progress=bar.advance, expect=bar.expect)
            if rep is None
            else programme.statement_of(found, rep)
        )
    if out is None:
        show(report, form)
    else:
        workshop.save_text(out, format_(form).render(report, width=WIDEST, color=False))
        click.echo(f"wrote {out}")
    if statements is not None:
        with Bar("writing statements") as bar:
            written = programme.write_statements(found, statements, progress=bar.advance, expect=bar.expect)
        click.echo(f"wrote {written:,} statements to {statements}", err=True)
