"""One function a verb for who writes policies: the Python API of a first project, tests, layout, document, sheets and schemas."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kam_rules import engine
from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.model.policy import Policy
from kam_rules.model.progress import Progress, silent
from kam_rules.model.report import Report
from kam_rules.model.trial import Item, Tested
from kam_rules.pipeline import schemas
from kam_rules.pipeline.check import check, check_text
from kam_rules.pipeline.init import start
from kam_rules.pipeline.layout import fmt
from kam_rules.pipeline.layout.mend import Mended, mended
from kam_rules.pipeline.load import read_file
from kam_rules.pipeline.save import save
from kam_rules.pipeline.sheets import workbook
from kam_rules.pipeline.sheets.take import Taken, take
from kam_rules.pipeline.trials import create, read, run
from kam_rules.reports.handbook import handbook as written


def init(folder: str | Path) -> tuple[Path, ...]:
    """Write a small policy project and return its files.

    Raises:
        UsageError: KR501 one of the files exists already, KR502 the folder cannot be written.
    """
    return start(Path(folder))


def run_tests(policy: str | Path, files: Iterable[str | Path] = (), *, progress: Progress = silent, expect: Progress = silent) -> Tested:
    """Decide the tests that stand beside a policy, by every engine, and count what they reach.

    Args:
        policy: a policy file.
        files: files of tests; by default all that stand beside the policy.
        progress: called with the number of tests done since its last call.
        expect: called with the number of further tests there are.

    Raises:
        PolicyError: the policy or a file of tests is at fault.
        UsageError: KR851 there is no test.
        DisagreementError: two engines differ.
    """
    path = Path(policy)
    return run.run(check(path), [Path(file) for file in files] or read.beside(path), progress, expect)


def create_test(policy: str | Path, data: str | Path, account: str, name: str = "") -> Path:
    """Add a test made of a real account to the file of tests beside the policy; return that file.

    Raises:
        UsageError: KR505 there is no such account, KR854 the file of tests cannot take it.
    """
    return create.create(engine.check(policy, data), account, Path(policy), name)


def generate_tests(
    policy: str | Path, out: str | Path | None = None, *, progress: Progress = silent, expect: Progress = silent
) -> tuple[Path, int, tuple[Item, ...]]:
    """Write a test on, below and above every edge, and with the value missing; return the file, their number, what is missed.

    Args:
        policy: a policy file.
        out: the file to write; by default the policy's own name with .edges.tests.yaml.
        progress: called with the number of edges looked for since its last call.
        expect: called with the number of further ones there are.

    Raises:
        UsageError: KR501 the file exists already.
    """
    return create.write_generated(check(Path(policy)), Path(policy), Path(out) if out else None, progress, expect)


def format_file(path: str | Path, *, write: bool = True) -> tuple[str, str]:
    """Return a file's text and the same in its layout, and write it where it differs.

    Args:
        path: a policy, its tests, or a data file.
        write: put the new text in the file's place.

    Raises:
        PolicyError: the file is not YAML as policies are written.
    """
    before, after = fmt.formatted(Path(path))
    if write and after != before:
        save(Path(path), after, replacing=True)
    return before, after


def mend_policy(policy: str | Path, *, write: bool = True) -> tuple[str, str, tuple[Mended, ...]]:
    """Return a policy's text, the text with its small faults mended, and what was mended; write it where it differs.

    Raises:
        PolicyError: the file cannot be read as text.
    """
    before, after, done = mended(Path(policy))
    if write and after != before:
        save(Path(policy), after, replacing=True)
    return before, after, done


def handbook(
    policy: str | Path, *, data: str | Path | None = None, account: str | None = None, against: str | Path | None = None
) -> Report:
    """Return a policy as a document that leaders sign.

    Args:
        policy: a policy file.
        data: a data file from which `account` is walked through the policy.
        account: the id of that account.
        against: the policy before, to tell what changed; by default the one that the policy extends, if any.

    Raises:
        PolicyError: a policy is at fault.
        DataError: the data cannot be read.
        UsageError: KR505 there is no such account.
    """
    checked = check(Path(policy))
    trail = engine.explain(engine.run(checked, data, witness=False), account) if data and account else None
    before = against or (checked.chain[1].path if checked.extended else None)
    return written(checked, trail, check(Path(before)) if before else None)


def save_text(path: str | Path, text: str) -> None:
    """Write a text into a new file, whole or not at all.

    Raises:
        UsageError: KR501 the file exists already, KR502 it cannot be written.
    """
    save(Path(path), text)


def export_sheets(policy: str | Path, out: str | Path) -> None:
    """Write a policy's criteria, bands, tiers, states, targets and ladder as a workbook.

    Raises:
        PolicyError: the policy is at fault.
        UsageError: KR501 the file exists already, KR345 the policy extends another.
    """
    checked = check(Path(policy))
    _one_file(checked)
    save(Path(out), workbook.export(checked.document, Path(policy).name, checked.sources[0].sha256))


def import_sheets(policy: str | Path, sheets: str | Path, *, write: bool = False) -> tuple[str, str, tuple[Taken, ...]]:
    """Return a policy's text, the text with what a workbook says, and every difference; write it only if told to.

    Raises:
        PolicyError: the policy is at fault, before or after.
        UsageError: KR861, KR862 the workbook holds what the policy cannot take, KR345 the policy extends another.
    """
    before, source = read_file(Path(policy))
    _one_file(check_text(before, source))
    made_of, rows = workbook.read(Path(sheets))
    after, differences = take(before, source, rows, made_of)
    check_text(after, source)
    if write and after != before:
        save(Path(policy), after, replacing=True)
    return before, after, differences


def _one_file(policy: Policy) -> None:
    """Refuse a policy of which a sheet would show what stands in another file."""
    if policy.extended:
        message = f"sheets show and change one file, and this policy extends {policy.chain[1].path}"
        fix = "export the one that it extends, or write the changes into this file by hand: it holds only those"
        raise UsageError(Finding("KR345", message, Where(policy.sources[0].path), fix))


def write_schemas(folder: str | Path) -> tuple[Path, ...]:
    """Write the JSON schemas of policies, data files, trails and manifests, and return their paths."""
    return schemas.write(Path(folder))
