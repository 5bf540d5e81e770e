"""The smallest change of each single field that turns a decision, decided again by the engines before it is told."""

from __future__ import annotations

import polars as pl

from kam_rules.backends import backend
from kam_rules.model.errors import DisagreementError, Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.parts import whole
from kam_rules.model.past import SINCE, STREAK, TIER_BEFORE
from kam_rules.model.program import TIERS, Program
from kam_rules.model.progress import Progress, silent
from kam_rules.model.tree import reads
from kam_rules.model.types import Field
from kam_rules.pipeline.anew import Anew
from kam_rules.pipeline.assemble import STATES, nodes
from kam_rules.pipeline.decide import decide
from kam_rules.pipeline.replay import Replay
from kam_rules.pipeline.search import Search, Turn
from kam_rules.pipeline.spill import Spill
from kam_rules.pipeline.witness import WITNESS, compare


def turns(found: Replay, outcome: str | None = None, progress: Progress = silent, expect: Progress = silent) -> tuple[Turn, ...]:
    """Return, for every field that the policy reads, the smallest change that turns the decision, or that there is none.

    Args:
        found: the account, of a run that is there as a whole.
        outcome: the tier or state to come to; by default anything else than now.
        progress: called with the number of fields done since its last call.
        expect: called with the number of fields there are.

    Raises:
        UsageError: KR580 there is no such tier or state.
        DisagreementError: KR509 the engines decide otherwise than the search.
    """
    program = found.run.ready.program
    known = outcomes(program)
    if outcome is not None and outcome not in known:
        raise UsageError(Finding("KR580", f"there is no tier or state '{outcome}'", None, did_you_mean(outcome, known)))
    search, fields, told = Search(Anew.of(found), outcome), fields_read(program), list[Turn]()
    expect(len(fields))
    for one in fields:
        turn = search.turn(one)
        if turn is not None:
            told.append(turn)
            if not turn.none and not turn.unsettled:
                _confirm(search.anew, turn)
        progress(1)
    return tuple(told)


def outcomes(program: Program) -> list[str]:
    """Return every tier and state that the policy can give."""
    tiers = [seats.tier for seats in program.seating.tiers]
    words = [rule.gives[0] for list_ in (TIERS, STATES) for rule in program.list(list_).rules]
    return list(dict.fromkeys([*tiers, *(str(getattr(word, "value", "")) for word in words)]))


def fields_read(program: Program) -> list[Field]:
    """Return the fields that the steps or the seats read, in the order of the policy."""
    names = {name for stage in program.stages for step in stage.steps for node in nodes(step) for name in reads(node)}
    names |= {name for seats in program.seating.tiers for name, _ in seats.tie_break}
    if program.seating.changes is not None:
        names |= {TIER_BEFORE, SINCE, STREAK}
    return [field_ for field_ in program.fields if field_.name in names]


def _confirm(anew: Anew, turn: Turn) -> None:
    """Decide the whole book again with the change, on columns, and this account on durable-rules.

    Raises:
        DisagreementError: KR509 an engine decides otherwise.
    """
    run, row = anew.found.run, anew.rivals.row
    accounts = anew.rivals.changed(turn.field.name, turn.to)
    name = "columnar" if run.engine == "columnar" else "reference"
    table = decide(run.ready.program, whole(accounts), backend(name), Spill()).frame()
    record = table[row : row + 1]
    made = (record["tier"].cast(pl.String).item(), record["state"].cast(pl.String).item())
    if made != turn.decision:
        message = f"{anew.found.account['account_id']} with {turn.field.name} changed is {made} by {name}, {turn.decision} by the search"
        raise DisagreementError(Finding("KR509", message, None, "please report it with the policy"))
    compare(run, accounts[row : row + 1], record, WITNESS)
