"""`kam-rules audit`: a sample of a run that a spreadsheet decides again."""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import BESIDE, FILE


@click.command("audit")
@click.argument("run", type=FILE)
@click.option("--n", "count", type=click.IntRange(1, 10_000), default=25, show_default=True, help="How many accounts to draw.")
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed draws the same accounts.")
@click.option(
    "--stratify",
    "by",
    type=click.Choice(["tier", "state", "owner", "none"]),
    default="tier",
    show_default=True,
    help="What the strata are.",
)
@click.option("--out", type=FILE, metavar="FILE", help="The workbook to write; by default RUN with -audit.xlsx, beside the run.")
@BESIDE
def command(run: Path, *, count: int, seed: int, by: str, out: Path | None, data: Path | None) -> None:
    """Draw accounts of RUN, a folder that `kam-rules run` wrote, and write a workbook that decides them again.

    Its formulas re-perform score, tier before seating, state and target from the drawn values and the policy's constants,
    step by step, and hold them against decisions.csv: OK or DIFFERS. Each stratum gives its share, at least one account.
    What a spreadsheet cannot re-perform, such as a seat that depends on all accounts, is said in the first sheet.

    \b
    Examples:
      kam-rules audit runs/fy2027
      kam-rules audit runs/fy2027 --n 40 --seed 11 --stratify owner --out audit.xlsx
    """
    from kam_rules import inquiry
    from kam_rules.model.standing import STATUS

    place = out or run.with_name(f"{run.resolve().name}-audit.xlsx")
    found = inquiry.audit(run, place, n=count, seed=seed, by=by, data=data)
    for stratum in found.strata:
        click.echo(f"{stratum.name}: {stratum.drawn} of {stratum.accounts:,} accounts")
    click.echo(f"wrote {place}; the policy: {found.decisions[STATUS][0]}")
