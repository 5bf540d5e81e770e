"""Put tests into the files beside a policy: one from a real account, or one for every edge."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from kam_rules.model.errors import Finding, PolicyError, UsageError, Where
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Policy
from kam_rules.model.progress import Progress
from kam_rules.model.run import Checked
from kam_rules.model.trial import Item
from kam_rules.pipeline.load import parse, read_file
from kam_rules.pipeline.save import save
from kam_rules.pipeline.trials.attempt import decide, given_of
from kam_rules.pipeline.trials.explore import Explorer
from kam_rules.pipeline.trials.generate import generate
from kam_rules.pipeline.trials.read import SUFFIX, load
from kam_rules.pipeline.trials.write import head, text_of

GENERATED = """\
# Generated: a test on every edge of the policy, next to it on both sides, and with the value missing. They hold what is
# decided today, not what is right: read them. Remove the file and generate it anew where the policy is meant to change.
"""


def create(checked: Checked, account: str, path: Path, name: str = "") -> Path:
    """Add a test made of a real account: the values that matter, and what is decided of them.

    Args:
        checked: the policy with the accounts of a data file.
        account: the id of the account.
        path: the policy's file; the test stands in the file of tests beside it.
        name: what the test is called; by default the account and where it comes from.

    Raises:
        UsageError: KR505 there is no such account, KR854 the file of tests cannot take it.
    """
    assert checked.book is not None
    assert checked.ready is not None
    program, book = checked.ready.program, checked.book
    rows = book.table.lazy().filter(pl.col("account_id") == account).collect()
    if not rows.height:
        fix = did_you_mean(account, book.table.lazy().select("account_id").collect()["account_id"].to_list())
        message = f"{book.source.shown} has no account '{account}' that the contract accepts"
        raise UsageError(Finding("KR505", message, None, fix if fix.startswith("did") else "check --data lists what is refused"))
    attempt = decide(program, given_of(program, rows.row(0, named=True)))
    least = Explorer(program, checked.ready.as_of, pool_size=0).least(attempt, lambda fewer: fewer.found == attempt.found)
    read = {f.name for stage in program.stages for f in stage.fields}
    least = decide(program, {key: value for key, value in least.given.items() if key in read})
    target = path.with_name(f"{path.stem}{SUFFIX}")
    name = name or f"{account} of {book.source.shown}"
    before, count, indent = _before(target, checked.policy, name, path)
    item = text_of(name, least, {f.name: f for f in program.fields}, as_of=checked.ready.as_of, indent=indent)
    text = f"{before}{item}"
    try:
        taken = len(parse(text, str(target)).list("tests")) == count + 1
    except PolicyError:
        taken = False
    if not taken:
        fix = "let tests: be the last key of the file, with one item a line that starts with -"
        raise UsageError(Finding("KR854", "no test can be added at the end of this file", Where(str(target)), fix))
    save(target, text, replacing=True)
    return target


def _before(target: Path, policy: Policy, name: str, path: Path) -> tuple[str, int, int]:
    """Return what stands in the file of tests so far, how many tests that is, and how far they are set in."""
    if not target.exists():
        return head(path.name), 0, 2
    trials = load(target, policy)
    if any(trial.name == name for trial in trials):
        raise UsageError(Finding("KR854", f"there is a test '{name}' already", Where(str(target)), "name this one with --name"))
    text, source = read_file(target)
    first = parse(text, source.path).maps("tests")[0]
    return text.rstrip() + "\n\n", len(trials), max(first.where.column - 3, 0)


def write_generated(
    policy: Policy, path: Path, out: Path | None, progress: Progress, expect: Progress
) -> tuple[Path, int, tuple[Item, ...]]:
    """Write a test for every edge into a file of its own; return the file, how many tests, and what none reaches.

    `progress` and `expect` are told how the search goes; see `generate`.

    Raises:
        UsageError: KR501 the file exists already.
    """
    target = out or path.with_name(f"{path.stem}.edges{SUFFIX}")
    if target.exists():
        raise UsageError(Finding("KR501", "this file exists already", Where(str(target)), "remove it, or name another with --out"))
    cases, missed = generate(policy, progress, expect)
    contract = {f.name: f for f in policy.program.fields}
    parts = [text_of(name, attempt, contract) for name, attempt in cases]
    save(target, head(path.name, policy.start, GENERATED) + "\n".join(parts))
    return target, len(cases), missed
