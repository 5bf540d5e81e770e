"""`kam-rules verify`: does a run hold, and does every account come out again as it is recorded?"""

from __future__ import annotations

from pathlib import Path

import click

from kam_rules.cli._shared import BESIDE, FILE, FORMAT, Bar, show
from kam_rules.model.errors import DisagreementError, IntegrityError


@click.command("verify")
@click.argument("run", type=FILE)
@click.option("--all", "every", is_flag=True, help="Let the witness decide every account, not the run's own sample.")
@click.option("--values", type=FILE, metavar="FILE", help="Write the values as rederive.py reads them; for a run without them.")
@BESIDE
@FORMAT
def command(run: Path, *, every: bool, values: Path | None, data: Path | None, form: str) -> None:
    """Tell whether RUN, a folder that `kam-rules run` wrote, is what it was, and decide every account of it again.

    Every file is held against its hash, the decisions and quotas against the trail, the policy and the values against
    their second form. Then the columnar engine decides every account, durable-rules a sample, and each difference is
    named by account, rule and cause: data, policy, engine version, or the record itself.

    A run whose policy lets it keep no data is read from them, each file held against its hash. It, and a run above 100,000
    accounts, holds no values for rederive.py: --values writes them.

    Ends with exit code 5 where something was changed, 6 where only the engine's version can be the reason.

    \b
    Examples:
      kam-rules verify runs/fy2027
      kam-rules verify runs/fy2027 --all --format json
      python3 -I -S runs/fy2027/rederive.py      # the same without kam-rules
    """
    from kam_rules import inquiry
    from kam_rules.reports.verified import verified

    with Bar("verifying") as bar:
        found = inquiry.verify(run, every=every, values=values, data=data, progress=bar.advance, expect=bar.expect)
    show(verified(found), form)
    if found.drifts:
        raise click.exceptions.Exit(IntegrityError.exit_code if found.doctored else DisagreementError.exit_code)
