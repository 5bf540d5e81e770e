"""`kam-rules test`: the tests that stand beside a policy."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from kam_rules.cli._shared import FILE, FINDING_FORMAT, Bar, Family, one_at_a_time, show, tell

FAILED = 1
MOST = 100


class _Test(Family):
    """Takes a policy where it is not told to write tests."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the hidden command in front that runs tests."""
        if args and args[0] not in self.commands and args[0] not in {"--help", "-h"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("test", cls=_Test, subcommand_metavar="POLICY [OPTIONS] | create … | generate …")
def command() -> None:
    """Run the tests of POLICY, in POLICY's own name with .tests.yaml, on all engines; or write new tests.

    \b
    Examples:
      kam-rules test policy.yaml
      kam-rules test policy.yaml --coverage --threshold 100
      kam-rules test policy.yaml --format junit > tests.xml
      kam-rules test create policy.yaml data.yaml A-01
      kam-rules test generate policy.yaml
    """


@command.command("run", hidden=True)
@click.argument("policies", type=FILE, nargs=-1, required=True, metavar="POLICY...")
@click.option("--tests", "files", type=FILE, multiple=True, help="A file of tests; by default all that stand beside the policy.")
@click.option("--coverage", is_flag=True, help="Tell which rules, edges and gates no test reaches.")
@click.option("--threshold", type=click.IntRange(0, MOST), metavar="PERCENT", help="End with 1 where less of a kind is reached.")
@FINDING_FORMAT
def run(
    policies: tuple[Path, ...],
    files: tuple[Path, ...],
    coverage: bool,  # noqa: FBT001 - click hands it on by name
    threshold: int | None,
    form: str,
) -> None:
    """Run the tests of each POLICY on all engines."""
    from kam_rules import workshop
    from kam_rules.pipeline.trials.run import below
    from kam_rules.reports.trials import tested

    one_at_a_time(policies, form)
    failed = False
    for policy in policies:
        with Bar("testing") as bar:
            found = workshop.run_tests(policy, files, progress=bar.advance, expect=bar.expect)
        few = () if threshold is None else below(found, Fraction(threshold, MOST))
        show(tested(found, few, coverage=coverage or threshold is not None), form)
        failed |= bool(found.failed or few)
    if failed:
        raise click.exceptions.Exit(FAILED)


@command.command("create")
@click.argument("policy", type=FILE)
@click.argument("data", type=FILE)
@click.argument("account")
@click.option("--name", default="", help="What the test is called; by default the account and its file.")
def create(policy: Path, data: Path, account: str, name: str) -> None:
    """Add a test made of ACCOUNT in DATA: the values that matter, and what is decided of them today.

    \b
    Examples:
      kam-rules test create policy.yaml data.yaml A-01
      kam-rules test create policy.yaml data.yaml A-01 --name "A large wallet makes an account strategic"
    """
    from kam_rules import workshop

    click.echo(f"added to {workshop.create_test(policy, data, account, name)}; read what it expects, and say why under because:")


@command.command("generate")
@click.argument("policy", type=FILE)
@click.option("--out", type=FILE, help="The file to write; by default POLICY's own name with .edges.tests.yaml.")
def generate(policy: Path, out: Path | None) -> None:
    """Write tests on every edge of POLICY, next to it on both sides, and with the value missing.

    They hold what is decided today. Accounts are looked for, which takes up to a minute for a long policy; edges for
    which none was found are told, and end the command with 1.

    \b
    Examples:
      kam-rules test generate policy.yaml
      kam-rules test generate policy.yaml --out more.tests.yaml
    """
    from kam_rules import workshop
    from kam_rules.model.errors import Finding

    with Bar("looking for accounts") as bar:
        path, count, missed = workshop.generate_tests(policy, out, progress=bar.advance, expect=bar.expect)
    click.echo(f"wrote {count} tests to {path}")
    if missed:
        fix = "write a test by hand, or look whether any account can reach it"
        tell(Finding("KR853", f"no account was found for {item.name}", item.where, fix) for item in missed)
        raise click.exceptions.Exit(FAILED)
