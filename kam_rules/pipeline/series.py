"""A folder of policies is a series: for each day there is one policy in force, and what was signed stays as it was signed.

A change within a year is a policy of its own that extends the older version of that year: from its first day on it stands
in the older one's place, which is left as it was signed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from kam_rules.model.errors import Finding, PolicyError, UsageError, Where
from kam_rules.model.policy import Policy
from kam_rules.pipeline.check import check
from kam_rules.pipeline.extend import EXTENDS
from kam_rules.pipeline.load import excerpts, parse, read_file
from kam_rules.pipeline.things import policy_thing

DAY = dt.timedelta(days=1)
Signed = Callable[[str, str], Mapping[str, tuple[str, ...]]]
"""Takes a policy's name and year; returns who signed which content, by the hash of the content."""


@dataclass(frozen=True, slots=True)
class Series:
    """The policies of a folder, by name and first day, and what is wrong with them as a series, faults of each among it."""

    folder: Path
    policies: tuple[Policy, ...]
    findings: tuple[Finding, ...]


def series(folder: Path, signed: Signed | None = None) -> Series:
    """Return the series that a folder holds.

    Args:
        folder: a folder; its files with a key `policy` or `extends` are policies, whatever else stands there.
        signed: who signed which content, where a ledger is at hand.

    Raises:
        UsageError: KR354 there is no such folder, or it holds no policy.
    """
    if not folder.is_dir():
        raise UsageError(Finding("KR354", "there is no such folder", Where(str(folder)), "name a folder of policy files"))
    policies, findings = list[Policy](), list[Finding]()
    for path in sorted(folder.glob("*.yaml")):
        try:
            if _is_policy(path):
                policies.append(check(path))
        except PolicyError as error:
            findings += error.findings
    if not policies and not findings:
        raise UsageError(Finding("KR354", "there is no policy in this folder", Where(str(folder)), "name a folder of policy files"))
    policies.sort(key=lambda policy: (policy.id, policy.start, policy.end, policy.sources[0].path))
    for _, group in groupby(policies, key=lambda policy: policy.id):
        findings += _neighbours(list(group))
    if signed is not None:
        findings += [fault for policy in policies for fault in changed(policy, signed)]
    texts = {source.path: source.text for policy in policies for source in policy.sources}
    return Series(folder, tuple(policies), tuple(excerpts(list(dict.fromkeys(findings)), texts)))


def chosen(folder: Path, day: dt.date) -> Policy:
    """Return the policy of a folder that is in force on a day; the first one, where the day lies before all of them.

    Raises:
        UsageError: KR354 the folder holds no policy.
        PolicyError: KR355 none, or more than one, is in force on that day; the faults of any of them.
    """
    found = series(folder)
    if found.findings:
        broken = [f for f in found.findings if f.code not in {"KR350", "KR351", "KR352"}]
        if broken:
            raise PolicyError(broken)
    names = list(dict.fromkeys(policy.id for policy in found.policies))
    held = in_force(found.policies, day)
    if not held and len(names) == 1 and day < found.policies[0].start:
        held = [found.policies[0]]
    if len(held) == 1 and len(names) == 1:
        return held[0]
    told = ", ".join(f"{Path(p.sources[0].path).name} ({p.start} to {p.end})" for p in held or found.policies)
    what = f"{len(held)} policies are in force" if held else "no policy is in force"
    if len(names) > 1:
        what, told = "several policies stand here, and each has a series of its own", ", ".join(names)
    fix = f"name the file to decide by; here: {told}"
    raise PolicyError(Finding("KR355", f"on {day}: {what}", Where(str(folder)), fix))


def in_force(policies: Sequence[Policy], day: dt.date) -> list[Policy]:
    """Return the policies in force on a day, first and last day counting; a version that another takes the place of is not."""
    held = [policy for policy in policies if policy.start <= day <= policy.end]
    return [policy for policy in held if not any(_replaces(other, policy) for other in held)]


def _replaces(newer: Policy, older: Policy) -> bool:
    """Tell whether a policy is a later version of the same year, written as what differs from the older one."""
    own = older.sources[0].path
    return newer.start > older.start and newer.fiscal_year == older.fiscal_year and own in [s.path for s in newer.chain[1:]]


def changed(policy: Policy, signed: Signed) -> Iterator[Finding]:
    """Tell of a policy that is not what was signed under its name and year."""
    contents = signed(policy.id, policy.fiscal_year)
    if contents and policy_thing(policy).of not in contents:
        names = ", ".join(dict.fromkeys(name for who in contents.values() for name in who))
        message = f"{policy.id} {policy.fiscal_year} was signed by {names} with another content; what is signed is not changed"
        fix = "bring the signed file back; write what is to differ as a policy of its own, with extends: and its own days"
        yield Finding("KR353", message, Where(policy.sources[0].path), fix)


def _is_policy(path: Path) -> bool:
    text, source = read_file(path)
    if path.name.count(".") > 1 and not any(line.startswith(("policy:", "extends:")) for line in text.splitlines()):
        return False  # tests, waivers and the like: what is wrong there is told where they are used
    document = parse(text, source.path)
    return "policy" in document or EXTENDS in document


def _neighbours(policies: list[Policy]) -> Iterator[Finding]:
    """Tell of days without a policy, and of days with two, in the order of the days."""
    latest = policies[0]
    for before, policy in pairwise(policies):
        latest = max(latest, before, key=lambda one: one.end)
        name, older = policy.fiscal_year, latest.fiscal_year
        if policy.start > latest.end + DAY:
            hole = _days(latest.end + DAY, policy.start - DAY)
            message = f"{hole} no {policy.id} is in force: {older} ends on {latest.end}, {name} begins on {policy.start}"
            fix = f"let one of them reach the other; {name} would begin on {latest.end + DAY}"
            yield Finding("KR350", message, _place(policy), fix, related=((_place(latest), f"{older} ends"),))
        elif policy.start <= latest.end and not _replaces(policy, latest):
            both = _days(policy.start, min(policy.end, latest.end))
            same = name == older
            message = f"{both} {'two versions of ' + name if same else f'both {older} and {name}'} are in force"
            fix = f"let the older one end on {policy.start - DAY}, or take one of the files out of the folder"
            related = ((_place(latest), f"{older if same else 'the other'} is in force, too"),)
            yield Finding("KR352" if same else "KR351", message, _place(policy), fix, related=related)


def _days(first: dt.date, last: dt.date) -> str:
    return f"on {first}" if first == last else f"from {first} to {last}"


def _place(policy: Policy) -> Where:
    return policy.document.key_where("effective")
