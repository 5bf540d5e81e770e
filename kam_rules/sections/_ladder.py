"""`reconciliation.ladder`: its shape, and its rungs held against each other."""

from __future__ import annotations

from collections.abc import Mapping as Pairs
from fractions import Fraction

from kam_rules.model.amounts import decimals, parse_number, parse_percent, percent
from kam_rules.model.document import Doc, Mapping, Scalar
from kam_rules.model.errors import Where
from kam_rules.model.ladder import Bound, Rung, Spread, Verdict
from kam_rules.model.names import did_you_mean
from kam_rules.model.schema import Schema, choice, either, identifier, listing, literal, only, record, table, text
from kam_rules.model.schema import percent as percent_shape
from kam_rules.model.tree import Read
from kam_rules.model.types import Type
from kam_rules.sections._draft import Draft
from kam_rules.spreads import spread, spreads

OF_TARGET = " of target"
HEADROOM = "headroom"
MEASURE = "spread."
TAKES = {
    Verdict.SURPLUS: (),
    Verdict.ON_PLAN: (),
    Verdict.REP_SUPPLEMENT: ("spread", "leave_out", "cap", "at_least", "locked", "rest", "to_accounts"),
    Verdict.MANAGER_SUPPLEMENT: (),
    Verdict.SPLIT: ("reps", "manager", "spread", "leave_out", "cap", "at_least", "locked", "rest", "to_accounts"),
    Verdict.ESCALATED: ("new_business_plan",),
}
NEEDS = {
    Verdict.REP_SUPPLEMENT: ("spread",),
    Verdict.SPLIT: ("reps", "manager", "spread"),
    Verdict.ESCALATED: ("new_business_plan",),
}
SAMPLES = {
    "spread": "spread: target, or spread: headroom",
    "reps": "reps: 60%, the share that the reps carry",
    "manager": "manager: 40%, the share that the manager carries",
    "rest": "rest: manager, or rest: refuse: who takes what the cap leaves over",
    "new_business_plan": "new_business_plan: with the year's plan for new customers, which would have to overperform",
}
ADDING = (Verdict.REP_SUPPLEMENT, Verdict.MANAGER_SUPPLEMENT, Verdict.SPLIT)


def _spread_schema() -> Schema:
    plain = tuple(word for word in spreads() if spread(word).SCHEMA is None)
    named = {word: found for word in spreads() if (found := spread(word).SCHEMA) is not None}
    return either(
        "By what the supplement is divided",
        choice("The word", *plain),
        *(record(f"By {word}", {word: found}, (word,)) for word, found in named.items()),
    )


LEAVE_OUT = listing("States whose accounts count neither for weight nor for cap nor for headroom", identifier("A state"))
RUNG = record(
    "One rung",
    {
        "id": identifier("The rung's name"),
        "below": percent_shape("It holds gaps smaller than this; the gap at this edge belongs to the next rung"),
        "up_to": percent_shape("It holds gaps up to this, the edge included"),
        "otherwise": only(value=True, description="It holds every larger gap; the last rung"),
        "then": choice("What is done", *(verdict.value for verdict in Verdict)),
        "spread": _spread_schema(),
        "leave_out": LEAVE_OUT,
        "cap": literal("The most that one rep carries: 4.5% of target, or an amount"),
        "at_least": literal("The least that one rep carries: 0.5% of target, or an amount"),
        "locked": table("Parts that are fixed, by rep id", literal("An amount"), "text", least=1),
        "rest": choice("Who takes what caps and limits leave over: the manager, or nobody, and the rung is refused", "manager", "refuse"),
        "to_accounts": record(
            "Let each rep's part go down to its accounts", {"spread": _spread_schema(), "leave_out": LEAVE_OUT}, ("spread",)
        ),
        "reps": percent_shape("The share of the gap that the reps carry"),
        "manager": percent_shape("The share of the gap that the manager carries"),
        "new_business_plan": literal("The year's plan for new customers, an amount: what would have to overperform"),
        "because": text("Why the edge stands there"),
        "source": text("Where the figure comes from"),
    },
    ("id", "then"),
)
LADDER = listing("What is done with a gap, by its size, in rising order", RUNG)


class Rungs:
    """Lowers the rungs one by one, and keeps which figures of an account their spreads weigh by."""

    def __init__(self, draft: Draft) -> None:
        """Start with the names that a spread can weigh by."""
        self.draft = draft
        self.measures: dict[str, Read] = {}
        fields = {f.name: Read(f.name, f.type) for f in draft.fields.values()}
        metrics = {m.name: Read(m.name, m.type) for m in draft.metrics.values()}
        self.names: Pairs[str, Read] = {name: read for name, read in (fields | metrics).items() if read.type.numeric}

    def watch_headroom(self) -> None:
        """Keep the headroom of every account where the policy knows one, so that no part can exceed what is under it."""
        found = self.names.get(HEADROOM)
        if found is not None and found.type is Type.MONEY:
            self.measures.setdefault(f"{MEASURE}{HEADROOM}", found)

    def lower(self, items: tuple[Mapping, ...]) -> tuple[Rung, ...]:
        """Return the rungs; those at fault are told."""
        self.draft.unique(((item.text("id"), item.key_where("id")) for item in items), "rung")
        rungs: list[Rung] = []
        for i, item in enumerate(items):
            found = self._rung(item)
            if found is not None and self._in_order(found, item, rungs[-1] if rungs else None, last=i == len(items) - 1):
                rungs.append(found)
        return tuple(rungs)

    def _rung(self, item: Mapping) -> Rung | None:
        id_, verdict = item.text("id"), Verdict(item.text("then"))
        edges = [key for key in ("below", "up_to", "otherwise") if key in item]
        if len(edges) != 1:
            what = f"several edges: {', '.join(edges)}" if edges else "no edge"
            fix = "keep one of them" if edges else "write below: 0% or up_to: 5%, or in the last rung otherwise: true"
            self.draft.fault("KR321", f"'{id_}' has {what}", item.where, fix)
            return None
        if not self._fits(item, id_, verdict):
            return None
        reps = self._shares(item) if verdict is Verdict.SPLIT else Fraction(verdict is Verdict.REP_SUPPLEMENT)
        edge = item.scalar(edges[0]) if edges[0] != "otherwise" else None
        below = item.map("to_accounts")
        return Rung(
            id_,
            verdict,
            None if edge is None else self.draft.percent(edge),
            inclusive=edges[0] != "below",
            reps=reps,
            spread=self._spread(item) if "spread" in item else None,
            cap=self._bound(item.scalar("cap")),
            least=self._bound(item.scalar("at_least")),
            rest=item.text("rest"),
            locked=tuple((e.key, self.amount(e.value, least=0) or 0) for e in item.map("locked").entries),
            accounts=self._spread(below) if "to_accounts" in item else None,
            plan=self.amount(item.scalar("new_business_plan"), least=1),
            because=item.text("because"),
            text=f"{edges[0]}: {item.text(edges[0])}" if edge else "otherwise",
            where=item.key_where(edges[0]),
        )

    def _fits(self, item: Mapping, id_: str, verdict: Verdict) -> bool:
        """Hold what the rung says against what its verdict can use."""
        known = {key for keys in TAKES.values() for key in keys}
        strange = [e for e in item.entries if e.key in known and e.key not in TAKES[verdict]]
        absent = [key for key in NEEDS.get(verdict, ()) if key not in item]
        if {"cap"} & {e.key for e in item.entries} and "cap" in TAKES[verdict] and "rest" not in item:
            absent.append("rest")
        for entry in strange:
            self.draft.fault("KR322", f"'{entry.key}' says nothing where the rung says then: {verdict}", entry.where, "take it out")
        for key in absent:
            message = f"'{id_}' says then: {verdict} and has no '{key}'"
            self.draft.fault("KR322", message, item.key_where("then"), f"add {SAMPLES[key]}")
        return not strange and not absent

    def _shares(self, item: Mapping) -> Fraction:
        reps, manager = self.draft.percent(item.scalar("reps")), self.draft.percent(item.scalar("manager"))
        if reps + manager != 1 or min(reps, manager) < 0:
            message = f"reps and manager carry {percent(reps + manager)} of the gap together"
            self.draft.fault("KR322", message, item.key_where("reps"), "let the two sum to 100%: reps: 60%, manager: 40%")
        return reps

    def _spread(self, item: Mapping) -> Spread | None:
        doc = item.get("spread")
        states = item.scalars("leave_out")
        for one in states:
            if self.draft.state_names and one.text not in self.draft.state_names:
                self.draft.fault("KR311", f"there is no state '{one.text}'", one.where, did_you_mean(one.text, self.draft.state_names))
        word, argument = self._word(doc)
        if not word:
            return None
        weight = spread(word).lower(argument, self.names, self.draft.fault)
        if weight is None:
            return None
        measure = weight.outcome
        if weight.figure is not None:
            measure = f"{MEASURE}{weight.figure.name}"
            self.measures[measure] = weight.figure
        return Spread(word, measure, tuple(one.text for one in states), weight.text, argument.where)

    @staticmethod
    def _word(doc: Doc | None) -> tuple[str, Doc]:
        if isinstance(doc, Mapping) and doc.entries:
            return doc.entries[0].key, doc.entries[0].value
        return (doc.text, doc) if isinstance(doc, Scalar) else ("", Scalar("", Where("")))

    def _bound(self, scalar: Scalar | None) -> Bound | None:
        if scalar is None:
            return None
        share = parse_percent(scalar.text.removesuffix(OF_TARGET)) if scalar.text.endswith(OF_TARGET) else None
        if share is not None and share >= 0:
            return Bound(scalar.text, share=share)
        amount = self.amount(scalar, least=0, fix="write 4.5% of target, or an amount: 50000")
        return None if amount is None else Bound(scalar.text, amount=amount)

    def amount(self, doc: Doc | None, *, least: int, fix: str = "write digits: 4000000") -> int | None:
        """Return an amount of the policy's currency in smallest units, or None after a fault or where there is none."""
        if not isinstance(doc, Scalar):
            return None
        value = parse_number(doc.text)
        if value is None or decimals(value) > self.draft.minor:
            self.draft.fault("KR105", f"'{doc.text}' is no amount in {self.draft.currency}", doc.where, fix)
            return None
        if value < least:
            what = "not above zero" if least else "below zero"
            self.draft.fault("KR106", f"an amount of {doc.text} is {what}", doc.where, f"write {least} or more")
            return None
        return int(value * 10**self.draft.minor)

    def _in_order(self, rung: Rung, item: Mapping, before: Rung | None, *, last: bool) -> bool:
        """Hold a rung against the one before it: edges rise, the last holds the rest, none adds to a surplus."""
        fault, where = self.draft.fault, rung.where or item.where
        if rung.edge is None and not last:
            fault("KR310", "'otherwise' stands last: no rung below it can hold", where, "move it to the end")
            return False
        if last and rung.edge is not None:
            fix = "add {id: too_large, otherwise: true, then: escalated, new_business_plan: …} behind it"
            fault("KR321", f"no rung holds a gap above {percent(rung.edge)}", where, fix)
        if before is not None and before.edge is not None and rung.edge is not None:
            touching = rung.edge == before.edge and rung.inclusive and not before.inclusive
            if rung.edge < before.edge or (rung.edge == before.edge and not touching):
                message = f"the rung '{rung.id}' ends at {percent(rung.edge)}, not above the one before, {percent(before.edge)}"
                fault("KR303", message, where, "put the rungs in rising order of their edges")
                return False
        start = None if before is None else before.edge
        if rung.verdict in ADDING and (start is None or start < 0):
            message = f"'{rung.id}' would spread a surplus: it holds gaps below 0%"
            fault("KR321", message, where, "put a rung {below: 0%, then: surplus} in front of it")
        if rung.verdict is Verdict.SURPLUS and (rung.edge is None or rung.edge > 0):
            fault("KR321", f"'{rung.id}' calls a shortfall a surplus: it holds gaps above 0%", where, "write below: 0%")
        return True


def measure_types(measures: Pairs[str, Read], minor: int) -> dict[str, int]:
    """Return at how many decimals each figure weighs."""
    return {name: minor if read.type is Type.MONEY else 0 if read.type is Type.INTEGER else 6 for name, read in measures.items()}
