"""The ladder as a person would say it: what is held against what, and what is done with a gap of each size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from kam_rules.backends.reference import evaluate
from kam_rules.feel.printer import say
from kam_rules.model.amounts import percent, shown
from kam_rules.model.ladder import Bound, Reconciliation, Rung, Spread, Verdict
from kam_rules.model.policy import Policy
from kam_rules.pipeline.compile import compile_policy
from kam_rules.reports.sentences import name

BY = {"target": "in proportion to their targets", "equal": "in equal parts"}
REST = {"manager": "the manager takes what the limits leave over", "refuse": "where the limits leave anything over, no quota is written"}


def ladder(policy: Policy) -> Iterator[str]:
    """Walk the sentences; none where the policy has no ladder."""
    found = compile_policy(policy, policy.start).program.reconciliation
    written = policy.program.reconciliation
    if found is None or written is None:
        return
    speaker = _Ladder(policy, found)
    yield speaker.asked(written)
    if found.tiers or found.states:
        kept = " and ".join(f"in {_words(names)}" for names in (found.tiers, found.states) if names)
        yield f"Only accounts {kept} count; all others stand on a line of their own."
    start = ""
    for rung in found.ladder:
        yield f"{name(rung.id)}: {speaker.edge(rung, start)}, {speaker.done(rung)}."
        if rung.because:
            yield f"    because: {rung.because}"
        start = "" if rung.edge is None else percent(rung.edge)
    yield f"Parts are whole multiples of {speaker.money(found.unit)}; what fills none stays with the manager."
    if found.most_change is not None:
        yield f"Nobody's total quota may lie more than {percent(found.most_change)} above last year's."


class _Ladder:
    """Says the parts of a policy's ladder; figures are those of its first day."""

    def __init__(self, policy: Policy, found: Reconciliation) -> None:
        self.found, self.program = found, policy.program

    def money(self, amount: int) -> str:
        return f"{shown(Fraction(amount, 10**self.program.minor), self.program.minor)} {self.program.currency}"

    def asked(self, written: Reconciliation) -> str:
        top = self.found.top_down
        if top.nrr is not None and written.top_down.nrr is not None:
            ratio, formula = evaluate(top.nrr, {}), say(written.top_down.nrr)
            assert isinstance(ratio, Fraction), "the program was bound to a day"
            told = percent(ratio) if formula == percent(ratio) else f"{percent(ratio)} ({formula})"
            figure = f"{told} of the base of the accounts decided"
        elif top.per == "team":
            figure = "; ".join(f"{self.money(amount)} for {team}" for team, amount in top.amounts)
        else:
            figure = self.money(top.amounts[0][1])
        whose = "each team by itself" if top.per == "team" else "all teams together"
        of = {"top_down": "the figure from above", "bottom_up": "what the targets add up to"}[self.found.denominator]
        return f"The targets, each met exactly, are held against {figure}, {whose}. The gap is told as a share of {of}."

    @staticmethod
    def edge(rung: Rung, start: str) -> str:
        if rung.edge is None:
            return f"where the gap is larger than {start}" if start else "whatever the gap is"
        if not rung.inclusive:
            return "where the targets exceed the figure" if rung.edge == 0 else f"where the gap is below {percent(rung.edge)}"
        return f"where the gap is {percent(rung.edge)} or less"

    def done(self, rung: Rung) -> str:
        reps = self.spread(rung) if rung.spread is not None else ""
        done: dict[Verdict, Callable[[], str]] = {
            Verdict.SURPLUS: lambda: "nobody's quota changes, and what lies above is a cushion",
            Verdict.ON_PLAN: lambda: "nobody's quota changes, and the gap is reported",
            Verdict.REP_SUPPLEMENT: lambda: f"the reps carry it {reps}",
            Verdict.MANAGER_SUPPLEMENT: lambda: "the manager carries it alone",
            Verdict.SPLIT: lambda: f"the reps carry {percent(rung.reps)} of it {reps}; the manager carries {percent(1 - rung.reps)}",
            Verdict.ESCALATED: lambda: (
                "no quota is written until somebody decides, by name and with a reason"
                f"; new business over its plan of {self.money(rung.plan or 0)} is one way"
            ),
        }
        return done[rung.verdict]()

    def spread(self, rung: Rung) -> str:
        assert rung.spread is not None
        parts = [self.by(rung.spread)]
        parts += [f"nobody more than {self.bound(rung.cap)}"] if rung.cap else []
        parts += [f"nobody less than {self.bound(rung.least)}"] if rung.least else []
        parts += [f"{holder} exactly {self.money(amount)}" for holder, amount in rung.locked]
        parts += [REST[rung.rest]] if rung.rest else []
        parts += [f"each part goes down to the accounts {self.by(rung.accounts)}"] if rung.accounts else []
        return "; ".join(parts)

    @staticmethod
    def by(spread: Spread) -> str:
        left = f", without accounts in {_words(spread.leave_out)}" if spread.leave_out else ""
        return BY.get(spread.word, f"in proportion to {name(spread.text)}") + left

    def bound(self, bound: Bound) -> str:
        return f"{percent(bound.share)} of the own target" if bound.share is not None else self.money(bound.amount or 0)


def _words(names: tuple[str, ...]) -> str:
    told = [name(one) for one in names]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"
