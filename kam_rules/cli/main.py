"""The command `kam-rules`: its commands are the files of this folder, each imported when it is called."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version

import click

from kam_rules.cli._shared import Program

SECTIONS = {
    "Write a policy": {
        "init": "Write a small policy project that runs at once.",
        "check": "Tell everything that can be known of a policy before a run.",
        "fmt": "Write a policy in its one layout, with every comment kept.",
        "test": "Run the tests that stand beside a policy; write new ones.",
        "sheet": "Edit a policy's lists in a spreadsheet, and take them back.",
        "handbook": "Write a policy as a document that leaders sign.",
    },
    "Look at data": {
        "data": "Look at a file; hold data against a policy's contract; see who is to be asked.",
    },
    "Decide": {
        "run": "Decide for every account of a data file.",
        "decide": "Decide one account from values given by hand.",
        "reconcile": "Hold a run's targets against the figure from above.",
    },
    "Ask why": {
        "explain": "Tell why one account was decided so, or a quota is so much.",
        "report": "Look at a whole run from one side: its rules, its fairness.",
        "brief": "Write a run as one page for leaders, with pictures.",
    },
    "From year to year": {
        "policies": "List a folder of policies as a series: holes, overlaps, who is in force.",
        "diff": "Tell what a policy means otherwise than another, rule by rule.",
        "impact": "Tell what a new policy would change, before it is signed.",
    },
    "Through the year": {
        "review": "List the accounts that a review should talk about.",
        "history": "Keep what a run decided for the reviews to come.",
        "mid-year": "Let accounts change hands within the year.",
        "periods": "Divide a run's quotas into quarters or months.",
        "year-end": "Judge a run by what became of its accounts.",
        "pay": "Reckon what people are paid for a run's year.",
        "backtest": "Hold a policy against a year that is over.",
    },
    "Answer for it": {
        "verify": "Hold a run against its hashes, and decide every account again.",
        "audit": "Draw accounts of a run, and re-perform them in a spreadsheet.",
        "sign": "Put your name to a policy, a waiver, an override or a decision.",
        "status": "Tell whether a policy is in force, and who has not signed.",
        "publish": "Make a run the quotas of its year, or an amendment of them.",
        "ledger": "Keep runs, approvals and decisions where a change shows.",
    },
    "Look up": {
        "schema": "Look up the words of a policy, with examples.",
        "explain-code": "Look up what a finding means and what to do.",
    },
}
"""The commands by what they are for, each in the order in which it is first needed."""
COMMANDS = {name: about for section in SECTIONS.values() for name, about in section.items()}

EPILOG = """\b
Start here:
  kam-rules init my-policy
  cd my-policy
  kam-rules run policy.yaml data.yaml
\b
Exit codes: 0 done, 1 findings, 2 usage, 3 policy invalid, 4 data invalid,
5 a record was changed, 6 engines disagree, 70 a fault of ours.
"""


class _Commands(Program):
    """Lists the commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - click's own
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"kam_rules.cli.{name.replace('-', '_')}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Tell the nearest name where a command is not there."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from kam_rules.model.names import nearest

            near = nearest(name, COMMANDS)
            ctx.fail(f"there is no command '{name}'; " + (f"did you mean '{near}'?" if near else "kam-rules --help lists them all"))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's own
        width = max(map(len, COMMANDS))
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), about) for name, about in section.items()])


@click.command(cls=_Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("kam-rules"), prog_name="kam-rules")
def main() -> None:
    """Write your key-account policy down; decide every account by it; explain every decision."""
