"""Run the tests of a policy: every difference is a finding, and what no test reached is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from kam_rules.model.amounts import decimals, percent, shown
from kam_rules.model.errors import Finding, Where
from kam_rules.model.policy import Policy, Ready
from kam_rules.model.program import Program
from kam_rules.model.progress import Progress, silent
from kam_rules.model.trial import Answer, Attempt, Tested, Trial
from kam_rules.pipeline.compile import compile_policy
from kam_rules.pipeline.trials.attempt import confirm, decide, given_of, laid, values
from kam_rules.pipeline.trials.coverage import coverage
from kam_rules.pipeline.trials.quota import answers
from kam_rules.pipeline.trials.read import NONE, UNDECIDED, load

VERBS = {"triggers": ("fires", "fire"), "rules": ("decides", "decide"), "quota": ("has a line", "have a line")}
NOTHING = {"tier": UNDECIDED, "state": UNDECIDED}


def run(policy: Policy, files: Sequence[Path], progress: Progress = silent, expect: Progress = silent) -> Tested:
    """Decide every test of the files by all engines.

    Args:
        policy: a checked policy.
        files: files of tests.
        progress: called with the number of tests done since its last call.
        expect: called with the number of further tests there are.

    Raises:
        PolicyError: a file of tests is at fault.
        DisagreementError: KR509 two engines differ.
    """
    trials = tuple(trial for path in files for trial in load(path, policy))
    expect(len(trials))
    found: dict[str, tuple[Finding, ...]] = {}
    decided: list[tuple[Program, list[Attempt]]] = []
    agreed: set[str] | None = None
    left_out: dict[str, str] = {}
    for as_of in sorted({trial.as_of for trial in trials}):
        day = _Day(policy, compile_policy(policy, as_of))
        attempts, engines, without = day.decide([trial for trial in trials if trial.as_of == as_of], progress)
        found |= day.found
        decided.append((day.ready.program, attempts))
        agreed = set(engines) if agreed is None else agreed & set(engines)
        left_out |= without
    items = coverage(laid(policy, policy.start), decided)
    findings = tuple(found[str(trial.where)] for trial in trials)
    return Tested(policy, tuple(map(str, files)), trials, findings, tuple(sorted(agreed or ())), tuple(left_out.items()), items)


class _Day:
    """The tests whose values speak of one day; `found` are their findings by the place of the test."""

    def __init__(self, policy: Policy, ready: Ready) -> None:
        self.policy, self.ready = policy, ready
        self.found: dict[str, tuple[Finding, ...]] = {}

    def decide(self, trials: Sequence[Trial], progress: Progress) -> tuple[list[Attempt], tuple[str, ...], dict[str, str]]:
        """Decide the tests, and the accounts beside them, by all engines; return what became of those without a fault."""
        program = self.ready.program
        every = [one for trial in trials for one in (trial, *_others(trial))]
        rows, faults = values(program, every)
        for trial, broken in zip(every, faults, strict=True):
            self.found[str(trial.where)] = (*self.found.get(str(trial.where), ()), *broken)
        kept = [(trial, row) for trial, row in zip(every, rows, strict=True) if row is not None and not self.found[str(trial.where)]]
        engines, left_out = confirm(program, [row for _, row in kept], [trial for trial, _ in kept])
        attempts = []
        for trial, row in kept:
            if trial.expect:
                attempts.append(self.held(trial, decide(program, given_of(program, row))))
                progress(1)
        return attempts, engines, left_out

    def held(self, trial: Trial, attempt: Attempt) -> Attempt:
        """Hold what is decided, and where it is asked what the ladder makes of it, against what is expected."""
        climbed, faults = answers(self.policy, self.ready, trial) if trial.climbs else ({}, ())
        attempt = replace(attempt, found={**attempt.found, **climbed})
        self.found[str(trial.where)] = (*faults, *differences(trial, attempt))
        return attempt


def _others(trial: Trial) -> Iterable[Trial]:
    """Return the accounts beside a test as tests that expect nothing."""
    return (replace(trial, given=given, expect={}, beside=()) for given in trial.beside)


def differences(trial: Trial, attempt: Attempt) -> Iterable[Finding]:
    """Return one finding for each key under which something else is decided than expected."""
    for key, wanted in trial.expect.items():
        if key not in attempt.found:
            continue  # a figure of a line that is not there; that it is not, the lines tell
        found = attempt.found[key]
        if isinstance(wanted, tuple) and isinstance(found, tuple):
            if sorted(wanted) != sorted(found):
                yield Finding("KR852", f"{trial.name}: {_lists(key, wanted, found)}", trial.places[key], _fix(key))
        elif wanted != found:
            message = f"{trial.name}: {key} is {told(key, found)}, expected {told(key, wanted)}"
            yield Finding("KR852", message, trial.places[key], _fix(key))


def _fix(key: str) -> str:
    return f"mend the policy, or expect another {key.removesuffix('s')} and say why in the test"


def _lists(key: str, wanted: tuple[str, ...], found: tuple[str, ...]) -> str:
    more, less = [word for word in found if word not in wanted], [word for word in wanted if word not in found]
    verb = VERBS[key]
    parts = [f"{word} {verb[0]} unexpectedly" for word in more] + [f"{word} does not {verb[1]}" for word in less]
    return "; ".join(parts) or f"{key} are listed twice"


def told(key: str, answer: Answer) -> str:
    """Write an answer as a test writes it."""
    if answer is None:
        return NOTHING.get(key, NONE)
    if isinstance(answer, Fraction):
        return percent(answer) if key == "target" else shown(answer, min(decimals(answer), 6), thousands=False)
    return answer if isinstance(answer, str) else f"[{', '.join(answer)}]"


def below(tested: Tested, threshold: Fraction) -> tuple[Finding, ...]:
    """Return a finding for each kind of which the tests reach a smaller share than `threshold`."""
    found = []
    for kind, covered, total in shares(tested):
        if total and Fraction(covered, total) < threshold:
            message = f"tests reach {covered} of {total} {kind}: {percent(Fraction(covered, total), 1)} of {percent(threshold)}"
            fix = "kam-rules test generate writes a test for each edge; --coverage lists what is missed"
            found.append(Finding("KR853", message, Where(tested.policy.sources[0].path), fix))
    return tuple(found)


def shares(tested: Tested) -> Iterable[tuple[str, int, int]]:
    """Return, for each kind of item, how many of how many the tests reach."""
    for kind in ("rules", "edges", "gates"):
        items = [item for item in tested.items if item.kind == kind]
        yield kind, sum(item.covered for item in items), len(items)
