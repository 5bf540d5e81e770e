"""A policy as a document that leaders sign: what it says in plain sentences, one real account, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from kam_rules.backends.reference import evaluate
from kam_rules.feel.printer import say, value
from kam_rules.model.amounts import percent
from kam_rules.model.policy import Policy
from kam_rules.model.program import TIERS, Derive, Rule, RuleList
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table
from kam_rules.model.tree import And, Node, Read
from kam_rules.pipeline.assemble import GATES, STATES, TARGETS, TRIGGERS
from kam_rules.pipeline.changes import changes
from kam_rules.pipeline.compile import compile_policy
from kam_rules.reports._handbook_time import over_time, watched
from kam_rules.reports.explanation import called, explanation
from kam_rules.reports.ladder_words import ladder
from kam_rules.reports.scoring import criteria, scores
from kam_rules.reports.sentences import figure, name, sentence

WALKED = {"decision": "", "gates": ": the gates", "criteria": ": the criteria", "score": ": the score", "tiers": ": the tier",
          "states": ": the state", "targets": ": the target", "triggers": ": the triggers"}  # fmt: skip


def handbook(policy: Policy, trail: dict[str, Any] | None = None, against: Policy | None = None) -> Report:
    """Return a policy as a document.

    Args:
        policy: a checked policy.
        trail: one real account, to be walked through.
        against: the policy before, to tell what changed.
    """
    writer = _Writer(policy)
    blocks = [*writer.blocks(), *(_walk(trail) if trail else ()), *(_changed(against, policy) if against else ()), _signatures(policy)]
    minor = policy.program.minor
    return Report("handbook", f"{policy.id} {policy.fiscal_year}: the policy in plain words", tuple(blocks), minor=minor)


class _Writer:
    """Writes each part of a policy; figures are those of its first day."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.program, self.minor = policy, policy.program, policy.program.minor
        self.lists = {rules.id: rules for rules in policy.program.lists}
        self.today = compile_policy(policy, policy.start).program

    def blocks(self) -> Iterator[Block]:
        policy = self.policy
        file = policy.sources[0]
        force = {
            "from": str(policy.start),
            "to": str(policy.end),
            "answers for it": policy.owner,
            "currency": self.program.currency,
            "file": file.path,
            "SHA-256 of the file": file.sha256,
        }
        for source in policy.chain[1:]:
            force |= {f"extends {source.path}": f"SHA-256 {source.sha256}"}
        if not policy.copies:
            force["data"] = "no run keeps a copy of them, only their hashes"
        yield Facts("force", "In force", tuple(force.items()))
        yield Facts("definition", "What a key account is", tuple((DEFINITION.get(key, key), text) for key, text in policy.definition))
        yield self.assumptions()
        yield Lines("gates", "Questions that come first", tuple(self.gates()))
        yield criteria(self.program)
        yield Lines("scores", "How each criterion scores", tuple(scores(self.program)))
        yield self.tiers()
        yield Lines("limits", "How many may be key", tuple(self.limits()))
        yield Lines("states", "How each account stands", tuple(self.states()))
        yield self.targets()
        yield Lines("zero_base", "Accounts that pay nothing today", tuple(self.zero()))
        rungs = tuple(ladder(policy))
        if rungs:
            yield Lines("ladder", "What is done where the targets do not add up", rungs)
        yield self.triggers()
        yield from over_time(policy)
        yield self.words()

    def clause(self, rule: Rule) -> str:
        return "everyone else" if rule.text == "otherwise" else f"where {sentence(rule.when, self.minor)}"

    def assumptions(self) -> Table:
        labels = {"name": "Figure", "value": "Value", "since": "From", "source": "Source", "approved_by": "Approved by"}
        columns = tuple(Column(key, label) for key, label in labels.items())
        rows = tuple(
            (name(a.name), value(dated.value, a.type, minor=self.minor), str(dated.since), dated.source, dated.approved_by)
            for a in self.policy.assumptions
            for dated in a.values
        )
        return Table("assumptions", "What we take for granted", columns, rows)

    def gates(self) -> Iterable[str]:
        gates = self.lists[GATES].rules if GATES in self.lists else ()
        yield "Each must be answered with yes before a score counts; an answer that nobody has is not a yes." if gates else "None."
        for rule in gates:
            yield f"{dict(rule.note)['ask']} Yes {self.clause(rule)}."
            yield f"    because: {rule.because}"

    def tiers(self) -> Table:
        columns = (Column("tier", "Tier"), Column("who", "Who is eligible"), Column("seats", "Seats"), Column("because", "Because"))
        seats = {s.tier: s for s in self.program.seating.tiers}
        rows = tuple(
            (name(rule.id), self.clause(rule), self.seats(seats[rule.id].capacity, seats[rule.id].tie_break), rule.because)
            for rule in self.lists[TIERS].rules
            if not rule.built_in
        )
        note = "The first tier whose condition holds. Seats go to the best scores; who finds none competes for the next tier."
        return Table("tiers", "Tiers", columns, rows, note)

    def seats(self, capacity: int | None, ties: tuple[tuple[str, bool], ...]) -> str:
        if capacity is None:
            return "any number"
        told = ", ".join(f"the {'larger' if down else 'smaller'} {name(key)}" for key, down in ties)
        return f"{capacity}; ties go to {told}" if told else str(capacity)

    def limits(self) -> Iterable[str]:
        seating = self.program.seating
        if seating.key_tiers:
            yield f"Key accounts are those in {' and '.join(name(tier) for tier in seating.key_tiers)}."
        if seating.at_most is not None:
            yield f"Together they may be at most {percent(seating.at_most)} of all accounts decided."
        if seating.accounts_per_manager is not None:
            yield f"An account manager can serve {seating.accounts_per_manager} of them; more is pointed out."
        if seating.at_most is None:
            yield "There is no share of all accounts that they may not exceed."

    def states(self) -> Iterable[str]:
        rules = self.lists[STATES]
        yield "Exactly one for each account: the first that holds, from the top." if rules.hit == "first" else "Exactly one may hold."
        for rule in rules.rules:
            if rule.built_in:
                continue
            yield f"{name(_word(rule))}: {self.clause(rule)}."
            calls = dict(rule.note).get("resources", "")
            yield f"    because: {rule.because}" + (f"; it calls on {name(calls)}" if calls else "")

    def targets(self) -> Table:
        columns = (Column("state", "State"), Column("floor", "Floor"), Column("target", "Target"), Column("aspirational", "Aspiration"),
                   Column("because", "Because"))  # fmt: skip
        today = {rule.id: rule for rule in self.today.assigning.list(TARGETS).rules}
        rows = [
            (_state(rule), *(self.figure(rule.gives[i], today[rule.id].gives[i]) for i in (1, 0, 2)), rule.because)
            for rule in self.lists[TARGETS].rules
            if not rule.built_in and rule.id != "own"
        ]
        own = next((rule for rule in self.lists[TARGETS].rules if rule.id == "own"), None)
        note = "Percent of the base, on the first day. The aspiration is never part of a roll-up."
        more = f" A figure agreed for one account alone ({name(dict(own.note)['target'])}) wins, and is listed." if own else ""
        base = f" The base is {name(self.program.base)}."
        return Table("targets", "What each account is asked for", columns, tuple(rows), f"{note}{base}{more}")

    def figure(self, node: Node, today: Node) -> str:
        found = evaluate(today, {})
        if not isinstance(found, Fraction):
            return "none"
        formula = say(node)
        return percent(found) if formula == percent(found) else f"{percent(found)} ({formula})"

    def zero(self) -> Iterable[str]:
        rules: RuleList = self.lists[STATES]
        for rule in rules.rules:
            if rule.built_in:
                yield f"{rule.id}: {self.clause(rule)}."
        for rule in self.lists[TARGETS].rules:
            if rule.built_in:
                yield f"    {rule.id.rpartition('.')[2]}: {rule.because}."

    def triggers(self) -> Table:
        columns = (Column("trigger", "Trigger"), Column("when", "Fires"), Column("then", "Proposes"), Column("because", "Because"))
        rules = self.lists[TRIGGERS].rules if TRIGGERS in self.lists else ()
        rows = []
        for rule in rules:
            note = dict(rule.note)
            at_once = ", at once" if note.get("timing") == "immediate" else ""
            rows.append((name(rule.id), self.fires(rule), f"{note['then']}{at_once}", rule.because))
        note_ = "Of several, the first in this list is the account's action." if rows else ""
        return Table("triggers", "What calls for a new look between reviews", columns, tuple(rows), note_)

    def fires(self, rule: Rule) -> str:
        """Say when a trigger fires; of one that watches a table, what is asked of its rows, then what of the account."""
        watch = next((found for found in self.program.watches if found.trigger == rule.id), None)
        if watch is None:
            return self.clause(rule)
        parts = rule.when.items if isinstance(rule.when, And) else ()
        rest = [sentence(part, self.minor) for part in parts if not (isinstance(part, Read) and part.name == watch.fact)]
        return " and ".join([watched(watch, self.minor), *rest])

    def words(self) -> Table:
        columns = (Column("word", "Word"), Column("meaning", "Means"))
        fields = self.program.fields
        rows: list[tuple[Cell, ...]] = [(name(f.name), f"{f.meaning or f.type}{'; required' if f.required else ''}") for f in fields]
        document = self.policy.document.map("metrics")
        steps = {s.name: s for stage in self.program.stages for s in stage.steps if isinstance(s, Derive) and s.text}
        for metric in steps.values():
            entry = document.map(metric.name)
            why = entry.text("meaning") or entry.text("because")
            rows.append((name(metric.name), f"{figure(metric.node, self.minor)}{f'. {why}' if why else ''}"))
        return Table("words", "The words used", columns, tuple(rows))


REASONS = {"because", "source", "meaning"}
DEFINITION = {"is": "A key account is", "they_bring": "They bring", "we_bring": "We bring"}


def _word(rule: Rule) -> str:
    found = evaluate(rule.gives[0], {})
    return str(found)


def _state(rule: Rule) -> str:
    state, _, tier = rule.id.partition(".")
    return f"{name(state)}, {'all other tiers' if tier == 'otherwise' else name(tier)}" if tier else name(state)


def _walk(trail: dict[str, Any]) -> Iterator[Block]:
    """Walk one account through the policy, in the words of its explanation."""
    for block in explanation(trail).blocks:
        if block.key in WALKED:
            title = f"One real account, {called(trail)}{WALKED[block.key]}"
            if isinstance(block, Facts):
                yield Facts(f"account_{block.key}", title, block.pairs)
            elif isinstance(block, Lines):
                yield Lines(f"account_{block.key}", title, block.lines)
            else:
                yield Table(f"account_{block.key}", title, block.columns, block.rows, block.note, block.empty)


def _changed(old: Policy, new: Policy) -> Iterator[Block]:
    columns = (Column("where", "Where"), Column("old", old.fiscal_year), Column("new", new.fiscal_year))
    found = changes(old.document, new.document)
    for key, title, reasons in (("changes", "What changed", False), ("reasons", "Reasons and sources that changed", True)):
        told = [change for change in found if (change.path.rpartition(".")[2] in REASONS) is reasons]
        rows = tuple((change.path, change.old or "-", change.new or "gone") for change in told)
        yield Table(key, f"{title} since {old.fiscal_year}", columns, rows, empty="Nothing.")


def _signatures(policy: Policy) -> Table:
    columns = (Column("function", "Function"), Column("name", "Name"), Column("date", "Date"), Column("signature", "Signature"))
    approvers = dict.fromkeys(dated.approved_by for a in policy.assumptions for dated in a.values)
    signers = [(function.name, " or ".join(function.signers), "", "") for function in policy.year.functions if function.signers]
    rows = (*signers, *((who, "", "", "") for who in dict.fromkeys((policy.owner, *approvers))))
    own, *extended = (source.sha256 for source in policy.chain)
    more = f", with what it extends: {', then '.join(extended)}" if extended else ""
    note = f"Signed is the file whose SHA-256 is {own}{more}."
    return Table("signatures", "Signed", columns, rows, note)
