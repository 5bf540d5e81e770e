"""Put the parts that the sections laid out together into one rule program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from kam_rules.model.past import STATE_BEFORE, TIER_BEFORE
from kam_rules.model.past import fields as past_fields
from kam_rules.model.program import (
    LAPSED,
    NOT_QUALIFIED,
    PROSPECT,
    TIERS,
    Changes,
    Criterion,
    Derive,
    Hit,
    Program,
    Rule,
    RuleList,
    Stage,
    Step,
)
from kam_rules.model.tree import (
    Arith,
    Compare,
    Const,
    FirstKnown,
    If,
    Known,
    Node,
    Not,
    Or,
    Read,
    Round,
    both,
    number,
    reads,
    rebuild,
    surely,
)
from kam_rules.model.types import BUILT_IN, Field, Type
from kam_rules.sections._draft import Draft
from kam_rules.sections.criteria import score_edges
from kam_rules.sections.states import built_in
from kam_rules.sections.targets import BINDS
from kam_rules.sections.tiers import not_qualified

GATES, MET, STATES, TARGETS, TRIGGERS = "gates", "tiers.met", "states", "targets", "triggers"
KEPT, AT_ONCE = "tiers.kept", "triggers.immediate"
INNER = frozenset({MET, KEPT, AT_ONCE})
"""Lists that ask again, for seating, what a policy writes once."""
SCORE = Read("score", Type.NUMBER)


def assemble(draft: Draft) -> Program:
    """Return the program of a draft without faults; assumptions and `as_of` are still read by name."""
    return Program(
        draft.currency,
        draft.minor,
        draft.targets.base,
        (*draft.fields.values(), *given(draft)),
        _stages(draft),
        draft.criteria,
        draft.seating,
        draft.min_coverage,
        draft.round,
        draft.targets.baselines,
        draft.state_inputs,
        draft.reconciliation,
        tables=draft.tables,
        watches=draft.watches,
    )


def _stages(draft: Draft) -> tuple[Stage, ...]:
    """Return one stage, or two with seating between them where it can change a tier."""
    seating = draft.seating
    apart = seating.changes is not None or seating.inherit
    if seating.at_most is None and not apart and all(seats.capacity is None for seats in seating.tiers):
        return (_stage("account", (*_ranking(draft), *_assigning(draft)), draft),)
    met = RuleList(MET, Hit.COLLECT, draft.tiers)
    ties = (name for seats in seating.tiers for name, _ in seats.tie_break)
    steps = (*_ranking(draft), met, *(_changing(draft, seating.changes) if seating.changes else ()))
    return _stage("ranking", steps, draft, ties), _stage("assigning", _assigning(draft), draft)


def _changing(draft: Draft, changes: Changes) -> Iterator[RuleList]:
    """Ask every tier's condition with the score raised, and every immediate trigger of the tier and state held before."""
    raised = Arith("+", SCORE, number(changes.keep_within), Type.NUMBER)
    yield RuleList(KEPT, Hit.COLLECT, tuple(replace(rule, when=_instead(rule.when, {"score": raised})) for rule in draft.tiers))
    before: dict[str, Node] = {"tier": Read(TIER_BEFORE, Type.CATEGORY), "state": Read(STATE_BEFORE, Type.CATEGORY)}
    immediate = (rule for rule in draft.triggers if dict(rule.note).get("timing") == "immediate")
    at_once = tuple(replace(rule, when=_instead(rule.when, before)) for rule in immediate)
    if at_once:
        yield RuleList(AT_ONCE, Hit.COLLECT, at_once)


def _instead(node: Node, other: Mapping[str, Node]) -> Node:
    """Return the tree with what it reads replaced; nothing is replaced inside what is put in."""
    return rebuild(node, lambda part: other.get(part.name, part) if isinstance(part, Read) else part)


def given(draft: Draft) -> tuple[Field, ...]:
    """Return the facts of each account that come from a table beside the accounts."""
    tiers = (*(seats.tier for seats in draft.seating.tiers), NOT_QUALIFIED)
    past = past_fields(tiers, (*draft.state_names, LAPSED, PROSPECT)) if draft.seating.changes else ()
    meaning = "Whether enough rows meet its condition"
    return (*past, *(Field(watch.fact, Type.FLAG, 0, meaning=meaning, where=watch.where, beside=watch.table) for watch in draft.watches))


def _ranking(draft: Draft) -> tuple[Step, ...]:
    steps: list[Step] = []
    if draft.gates:
        steps.append(RuleList(GATES, Hit.COLLECT, draft.gates))
    passed = both(*(surely(gate.when) for gate in draft.gates))
    steps.append(Derive("qualified", Type.FLAG, passed, places=0))
    steps += draft.criteria_steps
    steps += composite(draft.criteria, draft.min_coverage, draft.round)
    steps.append(Derive("needs_data", Type.FLAG, _needs_data(draft), places=0))
    binds = (("tier", Type.CATEGORY),)
    tiers = exclusive(draft.tiers) if draft.tiers_hit == "unique" else draft.tiers
    rules = (not_qualified(), *tiers)
    steps.append(RuleList(TIERS, Hit(draft.tiers_hit), rules, binds, draft.tiers_if_unknown))
    return tuple(steps)


def composite(criteria: Iterable[Criterion], min_coverage: Fraction, places: int) -> tuple[Derive, ...]:
    """Return the steps from the criteria's scores to coverage, score and score interval."""
    items = tuple(criteria)
    points = _sum(_points(c) for c in items)
    weight = _sum(_weight(c) for c in items)
    covered = _sum(If(Known(_score(c)), Const(c.weight, Type.RATIO), Const(Fraction(0), Type.RATIO), Type.RATIO) for c in items)
    mean = Round(Arith("/", points, weight, Type.NUMBER), places, Type.NUMBER)
    enough = Compare(">=", Read("coverage", Type.RATIO), Const(min_coverage, Type.RATIO))
    return (
        Derive("coverage", Type.RATIO, covered, places=6),
        Derive("score", Type.NUMBER, If(enough, mean, Const(None, Type.NUMBER), Type.NUMBER), places=places),
        Derive("score_low", Type.NUMBER, _bound(items, places, "lowest"), places=places),
        Derive("score_high", Type.NUMBER, _bound(items, places, "highest"), places=places),
    )


def _score(criterion: Criterion) -> Read:
    return Read(criterion.score, Type.NUMBER)


def _sum(nodes: Iterable[Node]) -> Node:
    first, *rest = nodes
    for node in rest:
        first = Arith("+", first, node, Type.NUMBER)
    return first


def _product(criterion: Criterion, score: Node) -> Node:
    return Arith("*", number(criterion.weight), score, Type.NUMBER)


def _points(criterion: Criterion) -> Node:
    score = _score(criterion)
    stand_in = {"zero": Fraction(0), "neutral": criterion.neutral}.get(criterion.if_missing)
    if stand_in is not None:
        return _product(criterion, FirstKnown((score, number(stand_in)), Type.NUMBER))
    product = _product(criterion, score)
    return product if criterion.if_missing == "reject" else FirstKnown((product, number(0)), Type.NUMBER)


def _weight(criterion: Criterion) -> Node:
    full = number(criterion.weight)
    return If(Known(_score(criterion)), full, number(0), Type.NUMBER) if criterion.if_missing == "renormalise" else full


def _bound(criteria: tuple[Criterion, ...], places: int, end: str) -> Node:
    """The composite with every missing criterion at one end of what it can reach."""
    parts = (_product(c, FirstKnown((_score(c), number(c.lowest if end == "lowest" else c.highest)), Type.NUMBER)) for c in criteria)
    return Round(_sum(parts), places, Type.NUMBER)


def _needs_data(draft: Draft) -> Node:
    """An edge of a tier lies inside the interval: from its low end the account is on one side, from its high end on the other."""
    low, high = Read("score_low", Type.NUMBER), Read("score_high", Type.NUMBER)
    inside: list[Node] = []
    for op, edge in score_edges(tuple(rule.when for rule in draft.tiers)):
        at = number(edge)
        if op in {">=", "<", "=", "!="}:
            inside.append(both(Compare("<", low, at), Compare(">=", high, at)))
        if op in {">", "<=", "=", "!="}:
            inside.append(both(Compare("<=", low, at), Compare(">", high, at)))
    if not inside:
        return Const(value=False, type=Type.FLAG)
    either = Or(tuple(inside)) if len(inside) > 1 else inside[0]
    return both(Read("qualified", Type.FLAG), either)


def _assigning(draft: Draft) -> tuple[Step, ...]:
    targets = draft.targets
    base = Read(targets.base, Type.MONEY)
    front = built_in(base, targets.lapsed_when)
    rules = draft.states
    if draft.states_hit == "unique":
        positive = Compare(">", base, Const(Fraction(0), Type.MONEY))
        front = (*front[:-1], _alone(front[-1], front[:-1]))
        rules = exclusive(tuple(replace(rule, when=both(positive, rule.when)) for rule in rules))
    steps: list[Step] = [
        RuleList(STATES, Hit(draft.states_hit), (*front, *rules), (("state", Type.CATEGORY),), draft.states_if_unknown),
        *draft.state_steps,
        *(Derive(f"{key}_known", Type.FLAG, Known(node), places=0) for key, node in draft.state_inputs),
        RuleList(TARGETS, Hit.FIRST, targets.rules, BINDS),
        *targets.steps,
        *draft.reconciliation_steps,
    ]
    if draft.triggers:
        steps.append(RuleList(TRIGGERS, Hit.COLLECT, draft.triggers))
    return tuple(steps)


def exclusive(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return the rules of a `unique` list: what says otherwise is true where every other rule is false, and only there."""
    others = tuple(rule for rule in rules if rule.text != "otherwise")
    return tuple(rule if rule in others else _alone(rule, others) for rule in rules)


def _alone(rule: Rule, others: tuple[Rule, ...]) -> Rule:
    whens = tuple(other.when for other in others)
    return replace(rule, when=both(rule.when, Not(Or(whens) if len(whens) > 1 else whens[0]))) if whens else rule


def _stage(name: str, steps: tuple[Step, ...], draft: Draft, also: Iterable[str] = ()) -> Stage:
    """Put the metrics that the steps need in front of them, and list the fields that all of it reads; `also` is read later."""
    needed = dict.fromkeys((*(n for step in steps for node in nodes(step) for n in reads(node)), *also))
    for metric in reversed(draft.metrics.values()):
        if metric.name in needed:
            needed |= dict.fromkeys(reads(metric.node))
    metrics = tuple(m for m in draft.metrics.values() if m.name in needed)
    made = {s.name for s in (*metrics, *steps) if isinstance(s, Derive)}
    made |= {bound for s in steps if isinstance(s, RuleList) for bound, _ in s.binds}
    handed = (
        Field("qualified", Type.FLAG, 0),
        Field("score", Type.NUMBER, draft.round),
        Field("coverage", Type.RATIO, 6),
        Field("tier", Type.CATEGORY, 0),
    )
    known = {f.name: f for f in (*(Field(n, Type.TEXT, 0) for n in BUILT_IN), *handed, *draft.fields.values(), *given(draft))}
    fields = tuple(f for f in known.values() if f.name in needed and f.name not in made)
    return Stage(name, fields, (*metrics, *steps))


def nodes(step: Step) -> Iterable[Node]:
    """Return the trees of a step."""
    if isinstance(step, Derive):
        return (step.node,)
    return (node for rule in step.rules for node in (rule.when, *rule.gives))
