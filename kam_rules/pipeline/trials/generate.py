"""Write the tests that a policy asks for by itself: on every edge, next to it on both sides, and with the value missing.

They hold what is decided today, so that a change is seen; whether it is right, a person says. What no account was found
for is returned beside them, never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

from kam_rules.backends.reference import evaluate
from kam_rules.model.policy import Policy
from kam_rules.model.program import Criterion, Derive
from kam_rules.model.progress import Progress, silent
from kam_rules.model.tree import TRUE, Arith, Compare, Const, Node, Read, Value, reads, rebuild
from kam_rules.model.trial import Attempt, Item
from kam_rules.model.types import Type
from kam_rules.pipeline.assemble import GATES
from kam_rules.pipeline.flip import invert
from kam_rules.pipeline.trials.attempt import decide, laid, rule_name, sources
from kam_rules.pipeline.trials.coverage import Edge, beyond, coverage, edges, ends, names_in, on_line
from kam_rules.pipeline.trials.explore import Distance, Explorer, Given, Settle, fits
from kam_rules.pipeline.trials.walk import Walker

FALSE = Const(value=False, type=Type.FLAG)
CONTEXTS, STARTS, NEAREST = 30, 25, 8
Case = tuple[str, Attempt]


def generate(policy: Policy, progress: Progress = silent, expect: Progress = silent) -> tuple[list[Case], tuple[Item, ...]]:
    """Return cases with their names, on the policy's first day, and what none of them reaches.

    Args:
        policy: a checked policy.
        progress: called with the number of things looked for since its last call.
        expect: called with the number of further things to look for.
    """
    program = laid(policy, policy.start)
    wanted = list(edges(program))
    expect(len(wanted) + len(program.criteria))
    found = _Generator(Explorer(program, policy.start))
    for edge in wanted:
        found.edge(edge)
        progress(1)
    for criterion in program.criteria:
        found.line(criterion)
        progress(1)
    left = [item for item in coverage(program, [(program, found.attempts)]) if item.kind != "edges" and not item.covered]
    expect(len(left))
    for item in left:
        found.reach(item)
        progress(1)
    missed = tuple(item for item in coverage(program, [(program, found.attempts)]) if not item.covered)
    return found.cases, missed


@dataclass
class _Generator:
    """Collects cases; one with the values of an earlier one is left out."""

    explorer: Explorer
    cases: list[Case] = field(default_factory=list)
    seen: set[tuple[tuple[str, Value], ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.program = self.explorer.program
        self.walker = Walker(self.explorer)
        self.contract = self.walker.contract
        self.distance = Distance(self.program)
        steps = (step for stage in self.program.stages for step in stage.steps)
        self.figures = {step.name: step.node for step in steps if isinstance(step, Derive)}

    @property
    def attempts(self) -> list[Attempt]:
        return [attempt for _, attempt in self.cases]

    def add(self, name: str, attempt: Attempt) -> None:
        key = tuple(sorted(attempt.given.items()))
        if key not in self.seen:
            self.seen.add(key)
            self.cases.append((name, attempt))

    def decide(self, given: dict[str, Value]) -> Attempt:
        return decide(self.program, given)

    def edge(self, edge: Edge) -> None:
        """Add a case on the edge, next to it on both sides, and one with the value missing."""
        found = min(islice(self._pairs(edge), NEAREST), key=lambda pair: self._past(edge, pair), default=None)
        if found is None:
            return
        attempt, name, step = found
        on = self.explorer.least(attempt, lambda fewer: self._holds(edge, fewer, name, step))
        sides = [side for way in (-1, 1) if (side := self.walker.moved(on, name, way)) is not None]
        told = sorted(((margin, side) for side in sides if (margin := edge.margin(side)) is not None), key=lambda item: item[0])
        self.add(f"{edge.name} - exactly on it", on)
        for margin, side in told:
            where = "just below" if margin < 0 else "just above" if margin > 0 else "one step on, still on it"
            self.add(f"{edge.name} - {where}", side)
        if not self.contract[name].required:
            self.add(f"{edge.name} - without {name}", self.decide({key: value for key, value in on.given.items() if key != name}))

    def _pairs(self, edge: Edge) -> Iterator[tuple[Attempt, str, int]]:
        """Walk accounts on the edge whose neighbour, one step of one value on, lies past it, and of which the rule decides one."""
        hinges = self._hinges(edge)
        names = tuple(dict.fromkeys(name for rule in edge.rules.rules for name in sources(self.program, rule.when)))
        moving = [
            name for name in sources(self.program, Arith("-", edge.node.left, edge.node.right, Type.NUMBER)) if self.walker.moves(name)
        ]
        settle = self._settle(edge, moving)
        for attempt in self.explorer.reaching(hinges, names, CONTEXTS, settle):
            yield from ((attempt, name, step) for name in moving for step in (1, -1) if self._holds(edge, attempt, name, step))
            for name in moving:
                yield from self._crossings(edge, attempt, name)

    def _settle(self, edge: Edge, moving: list[str]) -> Settle | None:
        """Return what puts an account on the edge by one value worked out backwards; None where that cannot be done."""
        plain = self.plain(edge)
        if plain is None:
            return None
        gap = Arith("-", plain.node.left, plain.node.right, Type.NUMBER)

        def settle(given: Given) -> Given:
            for name in moving:
                value = invert(gap, name, Fraction(0), given)
                if value is not None and fits(self.contract[name], value):
                    return {**given, name: value}
            return given

        return settle

    def _hinges(self, edge: Edge) -> Callable[[Attempt], Fraction]:
        """Return how far an account is from one whose rule turns with this comparison alone."""
        with_it, without = _set(edge, TRUE), _set(edge, FALSE)

        def goal(attempt: Attempt) -> Fraction:
            facts = attempt.facts
            ways = [self.distance(with_it, facts, t) + self.distance(without, facts, not t) for t in (True, False)]
            return min(ways) + self.distance.others(edge.rules, edge.index, facts) + (4 if edge.margin(attempt) is None else 0)

        return goal

    def _crossings(self, edge: Edge, attempt: Attempt, name: str) -> Iterator[tuple[Attempt, str, int]]:
        plain = self.plain(edge)

        def margin(at: Fraction) -> Fraction | None:
            if plain is None:
                return edge.margin(self.walker.at(attempt, name, at))
            given = {**attempt.given, name: self.walker.value(name, at)}
            return plain.margin(Attempt(given, given, {}, {}))

        for low, high in self.walker.changes(name, margin):
            for at, step in ((low, 1), (high, -1)):
                if self._holds(edge, found := self.walker.at(attempt, name, at), name, step):
                    yield found, name, step

    def plain(self, edge: Edge) -> Edge | None:
        """Return the edge with every figure written out, so that fields alone tell its margin; None where they do not."""
        found = Edge(edge.name, edge.rules, edge.index, Compare(edge.node.op, self._unfold(edge.node.left), self._unfold(edge.node.right)))
        return found if set(reads(found.node)) <= set(self.contract) else None

    def _unfold(self, node: Node) -> Node:
        figures = self.figures
        return rebuild(node, lambda part: self._unfold(figures[part.name]) if isinstance(part, Read) and part.name in figures else part)

    def _holds(self, edge: Edge, attempt: Attempt, name: str, step: int) -> bool:
        """Tell whether an account stands on the edge, and one step on past it, and the rule decides one of the two."""
        past = self.walker.moved(attempt, name, step)
        margin = None if past is None else edge.margin(past)
        if past is None or margin is None or edge.margin(attempt) != 0 or not beyond(edge, margin):
            return False
        return edge.decides(attempt) is not edge.decides(past)

    def _past(self, edge: Edge, pair: tuple[Attempt, str, int]) -> Fraction:
        """Return how far past the edge the neighbour lies."""
        attempt, name, step = pair
        side = self.walker.moved(attempt, name, step)
        margin = edge.margin(side) if side else None
        assert margin is not None
        return abs(margin)

    def line(self, criterion: Criterion) -> None:
        """Add a case at each end of a line, and one between them."""
        for i, name in enumerate(ends(criterion)):
            found = next(self._on_line(criterion, i), None)
            if found is not None:
                self.add(name, self.explorer.least(found, _stands(criterion, i)))

    def _on_line(self, criterion: Criterion, i: int) -> Iterator[Attempt]:
        assert criterion.line is not None
        moving = [name for name in sources(self.program, criterion.measure) if self.walker.moves(name)]
        scored = [a for a in self.explorer.pool if a.facts["score"] is not None and a.facts[f"{criterion.id}.measure"] is not None]
        for attempt in scored[:STARTS]:
            if on_line(criterion, attempt)[i]:
                yield attempt
            for name in moving if i < len(criterion.line) else ():
                yield from self._at_end(criterion, attempt, name, i)

    def _at_end(self, criterion: Criterion, attempt: Attempt, name: str, i: int) -> Iterator[Attempt]:
        assert criterion.line is not None
        end = criterion.line[i]

        def margin(at: Fraction) -> Fraction | None:
            found = self.walker.at(attempt, name, at).facts[f"{criterion.id}.measure"]
            return found - end if isinstance(found, Fraction) else None

        for pair in self.walker.changes(name, margin):
            yield from (found for at in pair if on_line(criterion, found := self.walker.at(attempt, name, at))[i])

    def reach(self, item: Item) -> None:
        """Add a case in which a rule decides, or a gate is answered so."""
        key = "triggers" if item.name.startswith("triggers.") else "rules"
        name = item.name.removeprefix("triggers.")
        goal, read = self._decides(item)
        for attempt in self.explorer.reaching(goal, read, STARTS):
            if name in names_in(attempt, key):
                self.add(f"{item.name} decides", self.explorer.least(attempt, lambda fewer: name in names_in(fewer, key)))
                return

    def _decides(self, item: Item) -> tuple[Callable[[Attempt], Fraction], tuple[str, ...]]:
        """Return how far an account is from one for which a rule decides, and the fields that it rests on."""
        rules, index, answer = next(
            (rules, i, answer)
            for rules in self.program.lists
            for i, rule in enumerate(rules.rules)
            for answer in (("pass", "fail", "unknown") if rules.id == GATES else ("pass",))
            if item.name == (f"{GATES}.{rule.id}.{answer}" if rules.id == GATES else rule_name(rules, rule))
        )
        when = rules.rules[index].when

        def goal(attempt: Attempt) -> Fraction:
            if answer == "unknown":
                return Fraction(evaluate(when, attempt.facts) is not None)
            if answer == "fail":
                return self.distance(when, attempt.facts, wanted=False)
            return self.distance.deciding(rules, index, attempt.facts)

        return goal, tuple(dict.fromkeys(name for rule in rules.rules for name in sources(self.program, rule.when)))


def _set(edge: Edge, truth: Const) -> Node:
    """Return the rule's condition with the comparison replaced by a truth."""
    return rebuild(edge.rule.when, lambda part: truth if part == edge.node else part)


def _stands(criterion: Criterion, i: int) -> Callable[[Attempt], bool]:
    return lambda attempt: on_line(criterion, attempt)[i]
