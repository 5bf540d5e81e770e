"""For each change an account that the two policies decide differently, the proof that there is none, or that neither was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kam_rules.backends.reference import evaluate
from kam_rules.model.program import TIERS
from kam_rules.model.tree import Const, Node
from kam_rules.model.trial import Attempt
from kam_rules.model.types import Type
from kam_rules.pipeline.analyse.meaning import TooComplex, Want
from kam_rules.pipeline.analyse.solve import GivenUp, solve
from kam_rules.pipeline.assemble import GATES, STATES, TARGETS, TRIGGERS
from kam_rules.pipeline.diff.shown import Kind, Settled, not_settled, ratio, shown, witness
from kam_rules.pipeline.diff.sides import Pair, Side, Sides
from kam_rules.pipeline.diff.subjects import WORDS, Subject

LISTS = {"gates": GATES, "tiers": TIERS, "states": STATES, "triggers": TRIGGERS}
SEATS = {"capacity", "tie_break", "inherit"}
WHOLE = {"scoring": "score", "tiers": "tier", "states": "state", "targets": "target", "triggers": "triggers", "calibration": "tier"}
"""What a section as a whole decides: its order, and what it says beside its rules."""
TOGETHER = "decided over all accounts together, of no single one; kam-rules impact tells on a book"
INCUMBENTS = "who holds a tier may keep or lose it by this, and others a seat with it; kam-rules impact tells on a book with history"
DECIDING = {"when", "otherwise", "measure", "bands", "line", "target", "floor", "aspirational", "is", ""}
"""Keys whose meaning is the condition, the scale or the figure that is compared; the others are told as they stand."""
NO = Const(value=False, type=Type.FLAG)
SPLITS = ((Want.TRUE, Want.NOT_TRUE), (Want.NOT_TRUE, Want.TRUE), (Want.FALSE, Want.NOT_FALSE), (Want.NOT_FALSE, Want.FALSE))
"""Ways in which two conditions can part; what neither of them finds is nowhere."""


def settle(found: Sides, subject: Subject) -> Settled:
    """Settle one change."""
    top, _, id_ = subject.name.partition(".")
    keys = {change.path.partition(".")[0] for change in subject.changes if change.path.rpartition(".")[2] not in WORDS}
    if subject.words:
        return Settled(subject, Kind.WORDS, "nothing is decided by them")
    if top in {"gates", "criteria"} and not id_:
        return Settled(subject, Kind.SAME, "all of them are asked and counted, in whatever order")
    if top in {"limits", "reconciliation", "tier_changes"} or (top == "tiers" and keys and keys <= SEATS):
        return Settled(subject, Kind.BOOK, INCUMBENTS if top == "tier_changes" else TOGETHER)
    if top in LISTS and id_:
        return _rule(found, subject, LISTS[top], id_, keys)
    if top == "criteria" and id_:
        return _criterion(found, subject, id_, keys)
    if top == "targets" and id_:
        return _target(found, subject, id_)
    if top == "metrics":
        return _figure(found, subject, id_)
    if top in WHOLE and not (top == "calibration" and not _needed(found)):
        return shown(found, subject, lambda _, attempt: attempt.found[WHOLE[top]]) or not_settled(subject)
    why = {
        "fields": "the contract: which values are read, and which are refused or missing",
        "calibration": "no tier needs one: it tells kam-rules review whom to list",
        "assumptions": "a figure that rules read; those that change by it stand here themselves",
    }.get(top, "decides no account by itself, and is part of what is signed")
    return Settled(subject, Kind.STATED, why)


def _needed(found: Sides) -> bool:
    """Tell whether a tier of either policy needs a calibration."""
    told = (side.policy.year.calibration for side in found.both)
    return any(calibration is not None and calibration.needed_for for calibration in told)


# --- Rules of lists ---------------------------------------------------------------------------------------------------


def _rule(found: Sides, subject: Subject, list_id: str, id_: str, keys: set[str]) -> Settled:
    rules = [side.rule(list_id, id_) for side in found.both]
    whens = [side.inlined(rule.when) if rule else NO for side, rule in zip(found.both, rules, strict=True)]
    gives = [tuple(evaluate(give, {}) for give in rule.gives) if rule else () for rule in rules]

    def answer(side: Side, attempt: Attempt) -> object:
        rule = side.rule(list_id, id_)
        truth = None if rule is None else evaluate(rule.when, attempt.facts)
        if rule is None or truth is not True:
            return "not there" if rule is None else {None: "open", False: "no"}[truth]  # type: ignore[index]
        return f"yes: {', '.join(map(str, gives[found.both.index(side)]))}" if gives[0] != gives[1] and all(rules) else "yes"

    def differs(pair: Pair) -> bool:
        first, second = (answer(side, attempt) for side, attempt in zip(found.both, pair, strict=True))
        return first != second and {first, second} != {"not there", "no"}

    if whens[0] == whens[1] and gives[0] == gives[1] and all(rules):
        return _same(subject, keys, "the same condition on the same figures")
    splits = SPLITS if gives[0] == gives[1] or not all(rules) else ((Want.TRUE, Want.TRUE), *SPLITS)
    candidates, proved = _parting(found, (whens[0], whens[1]), splits, differs)
    if proved and all(rules):
        return _same(subject, keys, "proved of every account that either contract allows: both conditions come to the same")
    if proved:
        return _same(subject, keys, "proved of every account that either contract allows: it never fires")
    return witness(found, subject, differs, answer, candidates) or not_settled(subject)


def _parting(
    found: Sides, whens: tuple[Node, Node], splits: Iterable[tuple[Want, Want]], differs: Callable[[Pair], bool]
) -> tuple[list[Pair], bool]:
    """Return accounts on which two conditions part in one of these ways, and whether it is proved that there is none."""
    examples, candidates, proved = found.examples, list[Pair](), True
    qualified = [side.inlined(side.figures["qualified"]) for side in found.both]
    for wanted in splits:
        try:
            formulas = [examples.meaning.truth(node, want) for node, want in zip(whens, wanted, strict=True)]
            model = solve(examples.world, formulas)
        except (TooComplex, GivenUp):
            proved = False
            continue
        if model is None:
            continue
        proved = False
        candidates.append(found.account(examples.facts(model)))
        for node in qualified:
            try:
                also = [*formulas, examples.meaning.truth(node, Want.TRUE)]
                facts = examples.find(also, lambda facts: differs(found.account(facts)), assigning=True)
            except (TooComplex, GivenUp):
                continue
            candidates += [] if facts is None else [found.account(facts)]
    return candidates, proved


def _same(subject: Subject, keys: set[str], why: str) -> Settled:
    beside = sorted(keys - DECIDING)
    if beside:
        return Settled(subject, Kind.STATED, f"{why}; {', '.join(beside)} is another, and part of what is signed")
    return Settled(subject, Kind.SAME, why)


# --- Criteria, targets, figures ---------------------------------------------------------------------------------------


def _criterion(found: Sides, subject: Subject, id_: str, keys: set[str]) -> Settled:
    own = [side.criterion(id_) for side in found.both]
    scale = not keys or bool(keys & {"measure", "bands", "line"})
    name = f"{id_}.score" if all(own) and scale else "score"
    if all(own) and keys and not keys & {"measure", "bands", "line", "weight", "if_missing"}:
        return Settled(subject, Kind.STATED, f"scores are the same; {', '.join(sorted(keys))} is another, and part of what is signed")
    if all(own) and scale and not keys & {"weight", "if_missing"} and _scored(found.old, id_) == _scored(found.new, id_):
        return _same(subject, keys, "the same score of the same figures")
    return shown(found, subject, lambda _, attempt: attempt.facts.get(name)) or not_settled(subject)


def _scored(side: Side, id_: str) -> object:
    """Return how a criterion comes to its score, laid out in the accounts' own fields."""
    rules = side.lists.get(f"criteria.{id_}")
    if rules is None:
        return side.inlined(side.figures[f"{id_}.score"])
    return [(side.inlined(rule.when), rule.gives) for rule in rules.rules]


def _target(found: Sides, subject: Subject, state: str) -> Settled:
    def mine(id_: str) -> bool:
        return id_.partition(".")[0] == state

    meant = []
    for side in found.both:
        rules = [rule for rule in side.lists[TARGETS].rules if mine(rule.id)]
        meant.append([(side.inlined(rule.when), tuple(evaluate(give, {}) for give in rule.gives)) for rule in rules])
    if meant[0] == meant[1]:
        return _same(subject, set(), "the same figures of the same accounts, on the first day of each")

    def answer(side: Side, attempt: Attempt) -> object:
        number = attempt.verdicts[TARGETS].rule
        here = number is not None and mine(side.lists[TARGETS].rules[number].id)
        figures = (attempt.facts.get(name) for name in ("floor_nrr", "target_nrr", "aspirational_nrr"))
        return " / ".join(ratio(figure) for figure in figures) if here else "not here"

    return shown(found, subject, answer) or not_settled(subject)


def _figure(found: Sides, subject: Subject, name: str) -> Settled:
    meant = [side.inlined(side.figures[name]) if name in side.figures else None for side in found.both]
    if meant[0] == meant[1]:
        return _same(subject, set(), "the same calculation, or one that no rule reads")
    return shown(found, subject, lambda _, attempt: attempt.facts.get(name)) or not_settled(subject)
