"""`kam-rules explain`: why one account was decided so, or why somebody is asked for so much."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kam_rules.cli._shared import BESIDE, FILE, FOR, FORMAT, Bar, show

if TYPE_CHECKING:
    from kam_rules.model.run import Run


@click.command("explain")
@click.argument("run", type=FILE)
@click.argument("what")
@click.option(
    "--why-not",
    is_flag=False,
    flag_value="",
    metavar="[NAME]",
    help="Tell which conditions keep the account out of each other tier and state, or of NAME, and how far off each is.",
)
@click.option(
    "--flip",
    is_flag=False,
    flag_value="",
    metavar="[NAME]",
    help="Tell for each field the smallest change that gives another tier or state, or NAME; or that none exists.",
)
@click.option(
    "--view",
    "view_",
    type=click.Choice(("sentence", "page", "record")),
    default="record",
    show_default=True,
    help="How much to tell: a sentence for a leader, a page for who runs the policy, the whole record for an auditor.",
)
@FOR
@BESIDE
@FORMAT
def command(
    run: Path, what: str, *, why_not: str | None, flip: str | None, view_: str, rep: str | None, data: Path | None, form: str
) -> None:
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
      kam-rules explain runs/FY2027-2026-01-31-1a2b3c4d ACC-1005 --why-not
      kam-rules explain runs/FY2027-2026-01-31-1a2b3c4d ACC-1005 --why-not key
      kam-rules explain runs/FY2027-2026-01-31-1a2b3c4d ACC-1005 --flip
      kam-rules explain runs/FY2027-2026-01-31-1a2b3c4d ACC-1005 --flip key
      kam-rules explain runs/FY2027-2026-01-31-1a2b3c4d ACC-1005 --view sentence
      kam-rules explain runs/FY2027-2026-01-31-1a2b3c4d rep:R-01 --for rep:R-01
    """
    from kam_rules import engine
    from kam_rules.reports.views import view

    if why_not is not None and flip is not None:
        raise click.UsageError("--why-not and --flip are two questions: ask one at a time")
    if view_ != "record" and (why_not is not None or flip is not None):
        raise click.UsageError("--view cuts the trail of a decision; --why-not and --flip are answers of their own: leave it out")
    if flip is not None and rep is not None:
        raise click.UsageError("--flip weighs an account against the seats of all others: ask it without --for")
    found = run if data is None else engine.read(run, data)
    if flip is not None:
        _flip(found, what, flip or None, form)
        return
    trail = _trail(found, what, rep)
    if why_not is not None:
        from kam_rules.reports.why_not import why_not as told

        if "account" not in trail:
            raise click.UsageError("--why-not and --flip are asked of an account, not of a quota")
        show(told(trail, why_not or None), form)
        return
    show(view(trail, view_), form)


def _trail(run: Run | Path, what: str, rep: str | None) -> dict[str, Any]:
    from kam_rules import engine, inquiry

    return engine.explain(run, what) if rep is None else inquiry.explain_for(run, what, rep)


def _flip(run: Run | Path, what: str, outcome: str | None, form: str) -> None:
    from kam_rules import inquiry
    from kam_rules.reports.turns import turns

    with Bar("looking for the smallest changes") as bar:
        found, told = inquiry.turns(run, what, outcome, bar.advance, bar.expect)
    show(turns(found, what, told, outcome), form)
