"""`kam-rules sign`: put a name to a policy, a waiver, an override, or what a run assumed or decided."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import FILE, LEDGER, ROSTER, now


@click.command("sign")
@click.argument("what", type=FILE, required=False)
@click.option("--as", "by", metavar="NAME", help="Who signs, as the roster writes the name.")
@click.option("--key", type=FILE, help="The file with your private key.")
@LEDGER
@ROSTER
@click.option("--only", metavar="TITLE", help="Sign one thing of several: an account's id, or a title as status tells it.")
@click.option("--new-key", type=FILE, help="Make a private key in this file, and print the public one for the roster.")
def command(
    *, what: Path | None, by: str | None, key: Path | None, ledger: Path | None, roster: Path | None, only: str | None, new_key: Path | None
) -> None:
    """Put your name to WHAT, and enter that in the ledger.

    WHAT is a policy, its file of waivers, a file of overrides, or the folder of a run: then signed is what the run assumed
    (--set) and decided (--proceed) beyond its policy. A policy is in force once every function of its stewardship has
    signed its exact content; any change makes it a draft again. Nobody signs what they wrote themselves.

    \b
    Examples:
      kam-rules sign --new-key sales-director.key
      kam-rules sign policy.yaml --as sales-director --key sales-director.key --ledger ledger.db
      kam-rules sign policy.waivers.yaml --as sales-director --key sales-director.key --ledger ledger.db
      kam-rules sign runs/FY2027-2026-01-31-1a2b3c4d --as cfo --key cfo.key --ledger ledger.db
    """
    from kam_rules import proof

    if new_key is not None:
        if what is not None:
            raise click.UsageError("--new-key stands alone: make the key first, then sign with --key")
        public = proof.new_key(new_key)
        click.echo(f"{new_key} holds your private key: keep it to yourself\nkey for the roster: {public}")
        return
    if what is None or by is None or key is None or ledger is None:
        raise click.UsageError("WHAT, --as, --key and --ledger stand together: who signs what, with which key, and where it is kept")
    for entry, new in proof.sign(what, by=by, key=key, ledger=ledger, roster=roster, only=only, at=now()):
        body = entry.body
        done = "signed" if new else "had signed before"
        click.echo(f"{by} {done}: {body['approves']} {body['about']['title']} ({body['of'][:12]}), entry {entry.seq}")
