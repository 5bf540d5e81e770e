"""What every command shares: errors, formats, the terminal."""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, Self, TypeVar

import click

from kam_rules.formats import PIPELINES, format_, formats
from kam_rules.formats._findings import say_finding
from kam_rules.model.amounts import parse_percent
from kam_rules.model.errors import Finding, KamError, UsageError, Where
from kam_rules.model.report import Report

BUG = 70
INTERRUPTED = 130
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""Errors of a disk that takes no more, wherever they come from: the result, stdout, or a scratch file of a library."""
MAKE_ROOM = "make room on the disk, that of temporary files and that of stdout among them, and run again"
WIDEST = 120
LONG = 1000
"""Letters within which the first sentence of any help ends."""
READ_ON = ("text", "markdown", "github")
"""Formats of which several may stand one after the other."""
PATIENCE = 1.0
"""Seconds before a progress bar is worth showing."""

FILE = click.Path(path_type=Path)
LEDGER = click.option(
    "--ledger", type=FILE, envvar="KAM_RULES_LEDGER", show_envvar=True, help="The ledger, a file that kam-rules ledger new opened."
)
ROSTER = click.option(
    "--roster", type=FILE, envvar="KAM_RULES_ROSTER", show_envvar=True, help="Whose signatures count; else roster.yaml beside the ledger."
)


BESIDE = click.option(
    "--data", type=FILE, metavar="DATA", help="The data file of a run that keeps no data; by default where it lay when the run was made."
)


def _rep(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Read rep:ID."""
    if value is None:
        return None
    kind, _colon, name = value.partition(":")
    if kind != "rep" or not name:
        raise click.BadParameter(f"'{value}' is not rep:ID, such as rep:R-01")
    return name


FOR = click.option(
    "--for", "rep", callback=_rep, metavar="rep:ID", help="Write it for this rep to read: the own lines alone, all others in bands."
)

_Command = TypeVar("_Command", bound=Callable[..., Any])


def a_day(*names: str, said: str) -> Callable[[_Command], _Command]:
    """Return an option that takes a day, year-month-day; without it the day is None."""
    kind = click.DateTime(formats=["%Y-%m-%d"])
    return click.option(*names, type=kind, callback=lambda _, __, at: at and at.date(), metavar="DAY", help=said)


def _form(*names: str, default: str = "text") -> Callable[[_Command], _Command]:
    said = "How the result is written to stdout."
    return click.option("--format", "form", type=click.Choice(names), default=default, show_default=True, help=said)


_FOR_PEOPLE = tuple(name for name in formats() if name not in PIPELINES)
FORMAT = _form(*_FOR_PEOPLE)
CSV_FORMAT = _form(*_FOR_PEOPLE, default="csv")
"""For what another system reads in."""
FINDING_FORMAT = _form(*formats())
"""For commands whose result is findings: what pipelines read, too."""


class Family(click.Group):
    """A command with commands below it, each listed by its whole first sentence."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list."""
        below = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(LONG)) for name, one in below if one and not one.hidden])


class Program(click.Group):
    """The command group: a user's mistake ends with its code and a fix, ours with a trace and exit code 70."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KamError as error:
            tell(error.findings)
            ctx.exit(error.exit_code)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("\ninterrupted: nothing was written", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - the reader is gone
            ctx.exit(0)
        except Exception as error:  # noqa: BLE001 - whatever else it is, it is ours
            if isinstance(error, OSError) and error.errno in FULL:
                sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - what is left in it has no place
                tell([Finding("KR502", f"cannot write: {os.strerror(error.errno or 0).lower()}", _place(error), MAKE_ROOM)])
                ctx.exit(UsageError.exit_code)
            traceback.print_exc()
            click.echo("\nThis is a fault in kam-rules, not in your files. Please report it with the lines above.", err=True)
            ctx.exit(BUG)


def _place(error: OSError) -> Where | None:
    return Where(str(error.filename)) if error.filename else None


def now() -> str:
    """Return the time of the clock, in UTC."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def tell(findings: Iterable[Finding]) -> None:
    """Write findings to stderr, a blank line between them."""
    click.echo("\n\n".join(say_finding(finding) for finding in findings), err=True)


def show(report: Report, form: str) -> None:
    """Write a report to stdout."""
    terminal = sys.stdout.isatty()
    width = min(shutil.get_terminal_size().columns, WIDEST) if terminal else WIDEST
    click.echo(format_(form).render(report, width=width, color=terminal and "NO_COLOR" not in os.environ), nl=False)


def show_difference(path: Path, before: str, after: str) -> None:
    """Write the lines in which two texts of a file differ to stdout."""
    from difflib import unified_diff

    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), f"{path}", f"{path}, changed")
    click.echo("".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines), nl=False)


def one_at_a_time(files: tuple[Path, ...], form: str) -> None:
    """Refuse several files where what is written is one document for a program."""
    if len(files) > 1 and form not in READ_ON:
        raise click.UsageError(f"--format {form} takes one policy at a time; {' and '.join(READ_ON)} take several")


class Bar:
    """A progress bar on stderr, shown once the work has taken longer than a second."""

    def __init__(self, what: str) -> None:
        """Name the work."""
        self._what, self._total, self._done = what, 0, 0
        self._started = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def expect(self, total: int) -> None:
        """Add to how many steps the work has."""
        self._total += total
        if self._bar is not None:
            self._bar.update(self._task, total=self._total)

    def advance(self, steps: int) -> None:
        """Count steps as done."""
        self._done += steps
        if self._bar is None and time.monotonic() - self._started > PATIENCE and sys.stderr.isatty():
            self._show()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True, no_color="NO_COLOR" in os.environ), transient=True)
        self._bar.start()
        self._task = self._bar.add_task(self._what, total=self._total)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


def pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read options of the form name=value."""
    found: dict[str, str] = {}
    for value in values:
        name, sign, text = value.partition("=")
        if not sign or not name.strip() or not text.strip():
            raise click.BadParameter(f"'{value}' is not name=value, such as inflation=3%")
        if not value.isprintable():
            raise click.BadParameter(f"{value!r} holds characters that are no text")
        found[name.strip()] = text.strip()
    return found


def share(_: click.Context, __: click.Parameter, value: str) -> Fraction:
    """Read an option that is a percent above 0%."""
    found = parse_percent(value.strip())
    if found is None or not 0 < found <= 1:
        raise click.BadParameter(f"'{value}' is no percent up to 100%, such as 2%")
    return found
