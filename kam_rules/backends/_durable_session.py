"""All that touches durable-rules 2.0.28, and the fences that it needs.

Rules are fired through `durable_rules_engine`, the engine itself, and not through `durable.lang`, its wrapper, because
the wrapper starts two threads a host that run actions behind the caller's back, swallows what an action raises, and
calls a deprecated clock. Here no action is code: a rule that fires hands over its number.

What is measured of 2.0.28 and what holds it off:

- ``'10' == 10``, ``True == 1`` and ``'abc' > 9`` fire, ``1e-07`` is refused, None never matches: `written`.
- Facts, sessions and fields are told apart by 32-bit hashes alone, and a second one with the hash of a first is
  dropped: one fact a session, one session at a time, and names that are known not to collide (`SESSIONS`, `FACT`).
- 1,024 open sessions end in MemoryError: `Ruleset.fire` retracts its fact and deletes its session.
- An unmatched fact is an error, and a session without a firing can crash when it is deleted: `ARRIVED`.
- A posted event is consumed by one rule: facts are asserted, never posted.
- A lone negative-existence test can fire for ever: there is none; a missing value has a flag of its own.
- An `$or` with two true arms fires twice: what has fired is a set.
- What goes wrong in an action is swallowed into the session's state: `_searched`.
- First use from several threads loses facts: `ONE_THREAD`.
- 512 rules beside each other hang, and so do other sizes or end in an error: `_durable_plan.RULES`, `_durable_logic.Cost`.
- With the right field absent ``x < y``, ``x >= y`` and ``x = y`` all fire: `_durable_logic._both_there`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import count
from threading import RLock

import durable_rules_engine as engine

from kam_rules.backends._durable_codes import LIMIT
from kam_rules.backends._durable_logic import Definition

ONE_THREAD = RLock()
"""Fence: held from compiling to deleting, so that durable-rules is only ever in one thread."""

KIND = "kind"
FACT = "fact"
SESSIONS = 4096
"""Fence: session names are used in turn, and a test proves that the hash of none meets the hash of `FACT`."""

ARRIVED = 0
"""Fence: rule 0 of every ruleset asks for the kind alone, so each fact matches, and one that did not arrive is seen."""

_turn = count()


class DurableError(RuntimeError):
    """durable-rules did not do what it is relied on to do; nothing of what it said may be used."""


def next_session() -> str:
    """Return the name of a fresh session."""
    return str(next(_turn) % SESSIONS)


def written(session: str, fact: Mapping[str, int]) -> str:
    """Write a fact as JSON; fence: only whole numbers up to 2^52, no truth values, no text, no fractions, no None."""
    parts = [f'{{"sid":"{session}","id":"{FACT}"']
    for name, value in fact.items():
        if type(value) is not int or not -LIMIT <= value <= LIMIT:
            message = f"{name} = {value!r} is no whole number that durable-rules compares exactly"
            raise DurableError(message)
        parts.append(f'"{name}":{value}')
    return ",".join(parts) + "}"


class Ruleset:
    """One ruleset of durable-rules, for facts of one kind."""

    def __init__(self, kind: int, rules: Sequence[Sequence[Definition]]) -> None:
        """Make the ruleset; fence: every rule asks for the kind first.

        Args:
            kind: the kind of fact that its rules see.
            rules: the conjunction of tests of each rule.
        """
        self.kind = kind
        asked: list[list[Definition]] = [[], *(list(rule) for rule in rules)]
        definition = {str(i): {"all": [{"m": _conjunction({KIND: kind}, tests)}]} for i, tests in enumerate(asked)}
        self._handle = engine.create_ruleset(f"kam{kind}", json.dumps(definition))

    def fire(self, session: str, fact: Mapping[str, int]) -> set[int]:
        """Assert a fact in a fresh session and return the numbers of the rules that fire, counted from 1.

        Raises:
            DurableError: the fact did not arrive, or the session holds an exception.
        """
        handle = self._handle
        text = written(session, {KIND: self.kind, **fact})
        fault, state = engine.assert_fact(handle, text)
        if fault:
            message = f"durable-rules took no fact: {FAULTS.get(fault, fault)}"
            raise DurableError(message)
        fired: set[int] = set()
        started = engine.start_action_for_state(handle, state)
        firing = None if started is None else _searched(*started)
        while firing is not None:
            fired.add(int(firing[2 : firing.index('"', 2)]))
            firing = engine.complete_and_start_action(handle, state)
        if ARRIVED not in fired:
            raise DurableError("durable-rules took a fact and fired no rule for it")
        engine.retract_fact(handle, f'{{"sid":"{session}","id":"{FACT}"}}')
        engine.delete_state(handle, session)
        return fired

    def close(self) -> None:
        """Give the ruleset's memory back."""
        engine.delete_ruleset(self._handle)


FAULTS = {1: "no rule matches it", 2: "it counts as already observed", 3: "it was put off"}


def _conjunction(kind: Definition, tests: Sequence[Definition]) -> Definition:
    return {"$and": [kind, *tests]} if tests else kind


def _searched(state: str, firing: str) -> str:
    """Return the firing; fence: an exception that was swallowed into the state is raised."""
    if '"exception"' in state:
        message = f"durable-rules swallowed an exception: {state}"
        raise DurableError(message)
    return firing
