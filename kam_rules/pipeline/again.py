"""Climb the ladder of a run again, with the decisions as they are: another figure from above, or a decision to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kam_rules.model.amounts import decimals, parse_number
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.ladder import Verdict
from kam_rules.model.program import Program
from kam_rules.model.quota import Decision, Look
from kam_rules.model.run import Run
from kam_rules.model.tree import reads
from kam_rules.pipeline.assemble import nodes
from kam_rules.pipeline.reconcile import reconciled

WAYS = ("new_business", "manager")
"""How it goes on after an escalation: new customers are to bring the gap, or the manager carries it."""


def again(run: Run, top_down: str | None, sets: Mapping[str, str], decision: Decision | None, of: str = "") -> Run:
    """Return the run with its ladder climbed again.

    Args:
        run: a reconciled run.
        top_down: the figure from above instead, as text in whole currency; several teams share it as they did.
        sets: assumptions to replace for the ladder alone.
        decision: who decided to go on after an escalation.
        of: the hash of the run, where it was read from a folder.

    Raises:
        UsageError: KR807 the run is not reconciled, KR801 the figure is not above zero, KR806 an assumption changes
            decisions, KR317 there is no such assumption, KR808 the decision is not complete or not needed.
    """
    if run.reconciled is None:
        what = "its data name no reps" if run.ready.program.reconciliation else "its policy has no section reconciliation"
        fix = "add reps: to the data file and run again" if run.ready.program.reconciliation else "kam-rules schema reconciliation"
        raise UsageError(Finding("KR807", f"this run is not reconciled: {what}", None, fix))
    _only_the_ladder(run.policy.program, sets)
    look = Look(_amount(top_down, run.ready.program), dict(sets), decision, of)
    looked = replace(run, look=look)
    found = reconciled(looked)
    assert found is not None, "it was reconciled before"
    if decision is not None:
        _complete(decision, escalated=any(team.verdict is Verdict.ESCALATED for team in found.teams))
    return replace(looked, reconciled=found)


def _amount(text: str | None, program: Program) -> int | None:
    if text is None:
        return None
    value = parse_number(text.replace(",", ""))
    if value is None or value <= 0 or decimals(value) > program.minor:
        message = f"'{text}' is no figure from above in {program.currency}"
        raise UsageError(Finding("KR801", message, None, "write an amount above zero: --top-down 5600000"))
    return int(value * 10**program.minor)


def _only_the_ladder(program: Program, sets: Mapping[str, str]) -> None:
    """Refuse an assumption that a rule or a target reads; baselines are for comparison only."""
    compared = {f"{name}_amount" for name in program.baselines}
    steps = [step for stage in program.stages for step in stage.steps if getattr(step, "name", "") not in compared]
    read = {name for step in steps for node in nodes(step) for name in reads(node)}
    changed = sorted(read & sets.keys())
    if changed:
        message = f"'{changed[0]}' changes decisions, not only the ladder"
        raise UsageError(Finding("KR806", message, None, f"decide again: kam-rules run … --set {changed[0]}={sets[changed[0]]}"))


def _complete(decision: Decision, *, escalated: bool) -> None:
    fix = 'write --proceed new_business --by "NAME" --reason "WHY" --out FOLDER'
    if not decision.by.strip() or not decision.reason.strip() or decision.how not in WAYS:
        raise UsageError(Finding("KR808", "a decision to go on needs who decided, and why", None, fix))
    if not escalated:
        raise UsageError(Finding("KR808", "no team is escalated, so there is nothing to decide", None, "leave --proceed out"))
