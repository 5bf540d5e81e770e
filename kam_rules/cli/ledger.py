"""`kam-rules ledger`: the ledger of runs, approvals, overrides and decisions to proceed."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FINDING_FORMAT, FORMAT, Family, now, show
from kam_rules.model.errors import IntegrityError


@click.group("ledger", cls=Family)
def command() -> None:
    """Keep runs, approvals, overrides and decisions where a change shows.

    A ledger is one file. Entries are only ever added, each with the hash of the one before. That shows what was changed,
    dropped, inserted or re-ordered; what was cut off at the end shows against a receipt that was kept elsewhere.

    \b
    Examples:
      kam-rules ledger new ledger.db
      kam-rules run policy.yaml data.yaml --ledger ledger.db
      kam-rules ledger anchor ledger.db --out receipt.txt
      kam-rules ledger verify ledger.db --anchor receipt.txt
    """


@command.command("new")
@click.argument("ledger", type=FILE)
def new(ledger: Path) -> None:
    """Open a new LEDGER, a file that does not exist yet.

    \b
    Example:
      kam-rules ledger new ledger.db
    """
    from kam_rules import proof

    first = proof.new_ledger(ledger, now())
    click.echo(f"{ledger} is open, its first entry is {first.sha256}")


@command.command("record")
@click.argument("ledger", type=FILE)
@click.argument("run", type=FILE)
def record(ledger: Path, run: Path) -> None:
    """Record RUN in LEDGER, where the machine stopped between writing the run and recording it.

    The run must have been made with --ledger LEDGER. What is recorded already is not recorded twice.

    \b
    Example:
      kam-rules ledger record ledger.db runs/FY2027-2026-01-31-1a2b3c4d
    """
    from kam_rules import proof

    added = proof.record_run(run, ledger, now())
    click.echo("\n".join(f"{run} {'is recorded as' if new else 'was recorded already as'} entry {entry.seq}" for entry, new in added))


@command.command("list")
@click.argument("ledger", type=FILE)
@FORMAT
def list_(ledger: Path, form: str) -> None:
    """List the entries of LEDGER, in order; --format json holds all that they say.

    \b
    Example:
      kam-rules ledger list ledger.db
    """
    from kam_rules import proof
    from kam_rules.reports.ledger import listed

    show(listed(proof.entries(ledger), str(ledger)), form)


@command.command("verify")
@click.argument("ledger", type=FILE)
@click.option("--anchor", multiple=True, metavar="PLACE", help="A receipt, the folder of a run, or git:TAG; may be given often.")
@click.option("--roster", type=FILE, help="Whose signatures count; by default none is looked at.")
@FINDING_FORMAT
def verify(ledger: Path, anchor: tuple[str, ...], roster: Path | None, form: str) -> None:
    """Tell whether the chain of LEDGER holds, and whether an outside copy proves that nothing was left out.

    Signatures are held against --roster alone: a ledger does not bring the keys that it is trusted by. Ends with exit
    code 5 where anything is broken.

    \b
    Examples:
      kam-rules ledger verify ledger.db
      kam-rules ledger verify ledger.db --anchor receipt.txt --roster roster.yaml
      kam-rules ledger verify ledger.db --anchor runs/FY2027-2026-01-31-1a2b3c4d --anchor git:ledger-2026-q1
    """
    from kam_rules import proof
    from kam_rules.reports.ledger import verified

    found = proof.verify_ledger(ledger, anchor, roster)
    show(verified(found, str(ledger)), form)
    if found.broken or found.cut:
        raise click.exceptions.Exit(IntegrityError.exit_code)


@command.command("anchor")
@click.argument("ledger", type=FILE)
@click.option("--as", "by", default="", metavar="NAME", help="Who signs the receipt, as the roster writes the name.")
@click.option("--key", type=FILE, help="The private key to sign it with.")
@click.option("--out", type=FILE, help="A file to keep the receipt in.")
@click.option("--tag", metavar="NAME", help="A git tag to keep it in, in the repository of this folder.")
def anchor_(ledger: Path, by: str, key: Path | None, out: Path | None, tag: str | None) -> None:
    """Print a receipt of where LEDGER ends; keep it where whoever writes the ledger cannot.

    \b
    Examples:
      kam-rules ledger anchor ledger.db
      kam-rules ledger anchor ledger.db --as internal-audit --key audit.key --out receipt.txt
      kam-rules ledger anchor ledger.db --tag ledger-2026-q1
    """
    from kam_rules import proof

    if bool(by) != (key is not None):
        raise click.UsageError("--as and --key stand together: a receipt is signed by a name with a key")
    click.echo(proof.anchor_ledger(ledger, now(), by=by, key=key, out=out, tag=tag), nl=False)
