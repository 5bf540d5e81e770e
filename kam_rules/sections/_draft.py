"""The workbench on which sections lay their parts before they are put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from kam_rules.feel.fault import BrokenName, ExpressionFault
from kam_rules.feel.scope import EVERY, Name, Scope
from kam_rules.feel.typing import LARGEST, read
from kam_rules.feel.units import comparable, fits, is_bare, no_condition, percent_meant, phrase
from kam_rules.model.amounts import LITERAL_DECIMALS, decimals, parse_number, parse_percent
from kam_rules.model.day import read_day
from kam_rules.model.document import Scalar
from kam_rules.model.errors import Finding, Where
from kam_rules.model.fiscal import FiscalYear
from kam_rules.model.ladder import Reconciliation
from kam_rules.model.names import did_you_mean
from kam_rules.model.pay import Incentives
from kam_rules.model.policy import Assumption
from kam_rules.model.program import LAPSED, NOT_QUALIFIED, PROSPECT, Criterion, Derive, Rule, Seating, Step
from kam_rules.model.text import tidy
from kam_rules.model.tree import Const, Node, type_of
from kam_rules.model.types import BUILT_IN, Field, Type
from kam_rules.model.watch import Watch
from kam_rules.model.year import YearRules
from kam_rules.sections._names import DECIDED, LAYERS, RESERVED

MOST_FAULTS = 100
"""Faults of a file that are told at once; of more, the first."""


@dataclass
class Targets:
    """What the targets section says, before the states are known to exist."""

    base: str = ""
    rules: tuple[Rule, ...] = ()
    steps: tuple[Step, ...] = ()
    lapsed_when: Node | None = None
    baselines: tuple[str, ...] = ()


@dataclass
class Draft:
    """What the sections have said so far; faults are kept, never raised, so that all are told at once."""

    findings: list[Finding] = field(default_factory=list)
    id: str = ""
    fiscal_year: str = ""
    start: dt.date = dt.date.min
    end: dt.date = dt.date.max
    owner: str = ""
    currency: str = ""
    minor: int = 2
    definition: tuple[tuple[str, str], ...] = ()
    assumptions: dict[str, Assumption] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    metrics: dict[str, Derive] = field(default_factory=dict)
    gates: tuple[Rule, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    criteria_steps: tuple[Step, ...] = ()
    min_coverage: Fraction = Fraction(0)
    round: int = 2
    tiers: tuple[Rule, ...] = ()
    tiers_hit: str = "first"
    tiers_if_unknown: str = "hold"
    seating: Seating = field(default_factory=lambda: Seating(()))
    states: tuple[Rule, ...] = ()
    states_hit: str = "first"
    states_if_unknown: str = "hold"
    state_inputs: tuple[tuple[str, Node], ...] = ()
    state_steps: tuple[Step, ...] = ()
    targets: Targets = field(default_factory=Targets)
    triggers: tuple[Rule, ...] = ()
    tables: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    watches: tuple[Watch, ...] = ()
    reconciliation: Reconciliation | None = None
    reconciliation_steps: tuple[Derive, ...] = ()
    incentives: Incentives | None = None
    copies: bool = True
    year: YearRules = YearRules()  # noqa: RUF009 - frozen, and what a policy that says nothing means
    places: dict[str, Where] = field(default_factory=dict)
    scopes: dict[tuple[object, ...], Scope] = field(default_factory=dict)
    dated: bool = False
    bounded: bool = False
    broken: set[str] = field(default_factory=set)

    def fault(self, code: str, message: str, where: Where, fix: str, related: Iterable[tuple[Where, str]] = ()) -> None:
        """Keep a fault."""
        self.findings.append(Finding(code, message, where, fix, related=tuple(related)))

    @property
    def provable(self) -> bool:
        """Tell whether the days of the policy and the limits of its targets are right, so that figures can be proved."""
        return self.dated and self.bounded

    @property
    def calendar(self) -> FiscalYear:
        """The fiscal year that the policy governs."""
        return FiscalYear(self.fiscal_year, self.start, self.end)

    def name(self, name: str, where: Where) -> bool:
        """Take a name for a field, an assumption or a metric; False where it is taken already."""
        if name in BUILT_IN:
            fix = "take it out: every account has it without a definition"
            self.fault("KR307", f"'{name}' is built in", where, fix)
            return False
        if name in RESERVED:
            self.fault("KR307", f"'{name}' is a word of the language", where, "choose another name")
            return False
        if name in self.places:
            self.fault("KR307", f"'{name}' is defined twice", where, "rename one of them", [(self.places[name], "first defined here")])
            self.broken.add(name)
            return False
        self.places[name] = where
        return True

    def unique(self, ids: Iterable[tuple[str, Where]], what: str, fix: str = "rename one of them") -> None:
        """Report every id that stands twice."""
        seen: dict[str, Where] = {}
        for id_, where in ids:
            if id_ in seen:
                self.fault("KR307", f"the {what} '{id_}' is defined twice", where, fix, [(seen[id_], "first defined here")])
            seen.setdefault(id_, where)

    def scope(self, layer: str) -> Scope:
        """Return the names that expressions of a layer may read, worked out anew where something was added."""
        known = (self.assumptions, self.fields, self.metrics, self.broken, self.tiers, self.states)
        key = (layer, *(len(part) for part in known))
        if key not in self.scopes:
            self.scopes = {key: self._scope(layer)}
        return self.scopes[key]

    def _scope(self, layer: str) -> Scope:
        names = {a.name: Name(a.name, a.type) for a in self.assumptions.values()}
        elsewhere_in_targets = "a target is the same for every account of its kind"
        elsewhere = dict.fromkeys((*self.fields, *self.metrics, "as_of"), elsewhere_in_targets)
        if layer != "targets":
            elsewhere = {}
            names["as_of"] = Name("as_of", Type.DATE)
            names |= {name: Name(name, Type.TEXT) for name in BUILT_IN}
            names |= {f.name: Name(f.name, f.type, f.values) for f in self.fields.values()}
            names |= {m.name: Name(m.name, m.type) for m in self.metrics.values()}
        values = {
            "tier": (*(r.id for r in self.tiers), NOT_QUALIFIED) if self.tiers else (),
            "state": (*self.state_names, LAPSED, PROSPECT) if self.states else (),
        }
        for name, (type_, since, reason) in DECIDED.items():
            if layer != "targets" and LAYERS.index(layer) >= LAYERS.index(since):
                names[name] = Name(name, type_, values.get(name, ()))
            else:
                elsewhere[name] = elsewhere_in_targets if layer == "targets" else f"{reason}, and is read from {since} on"
        names = {key: name for key, name in names.items() if key not in self.broken}
        return Scope(layer, names, frozenset(self.broken), elsewhere)

    @property
    def state_names(self) -> tuple[str, ...]:
        """The states that rules give, each once, in order."""
        given = (rule.gives[0] for rule in self.states if rule.gives)
        return tuple(dict.fromkeys(str(node.value) for node in given if isinstance(node, Const)))

    def expression(self, scalar: Scalar, layer: str | Scope, wanted: Type | None = None) -> Node | None:
        """Return the typed tree of an expression over the names of a layer, or of its own; None after keeping its fault."""
        if len(self.findings) >= MOST_FAULTS:
            return None
        try:
            node = read(scalar.text, layer if isinstance(layer, Scope) else self.scope(layer))
        except ExpressionFault as fault:
            shift = fault.offset + scalar.quoted
            where = Where(scalar.where.path, scalar.where.line, scalar.where.column + shift)
            self.fault(fault.code, fault.message, where, fault.fix)
            return None
        except BrokenName:
            return None
        found = type_of(node)
        if wanted is None or fits(node, wanted):
            return node
        if wanted is Type.FLAG:
            code, message, fix = no_condition(found)
            self.fault(code, message, scalar.where, fix)
        else:
            fix = f"write type: {found}, or change the calculation"
            if layer == "targets":
                bare = node.value if is_bare(node) and isinstance(node, Const) else None
                fix = percent_meant(bare) if isinstance(bare, Fraction) else "write a percent, or a calculation that gives one"
            self.fault("KR212", f"this is {phrase(found)}, not {phrase(wanted)}", scalar.where, fix)
        return None

    def percent(self, scalar: Scalar | None) -> Fraction:
        """Return a percent whose shape has been checked; 0 where it is absent."""
        return (parse_percent(scalar.text) if scalar else None) or Fraction(0)

    def number(self, scalar: Scalar | None) -> Fraction | None:
        """Return a number whose shape has been checked; None where it is absent."""
        return parse_number(scalar.text) if scalar else None

    def day(self, scalar: Scalar | None) -> dt.date | None:
        """Return a day, or None after keeping the fault of one that the calendar does not have."""
        return read_day(scalar, self.findings)

    def literal(self, scalar: Scalar, node: Node, layer: str) -> Const | None:
        """Return a value to compare `node` with, or None after keeping its fault."""
        type_ = type_of(node)
        value = self._value(scalar, type_)
        if value is None:
            wanted = {Type.FLAG: "true or false", Type.RATIO: "a percent"}.get(type_, phrase(type_))
            fix = {Type.FLAG: "write true or false", Type.RATIO: "write a percent such as 40%"}.get(type_, "write digits: 50000")
            self.fault("KR105", f"'{scalar.text}' is not {wanted}", scalar.where, fix)
            return None
        if isinstance(value.value, Fraction) and (decimals(value.value) > LITERAL_DECIMALS or abs(value.value) >= LARGEST):
            fix = "write at most 15 digits in front of the point and 6 behind it, 4 in a percent"
            self.fault("KR208", "this number has too many digits", scalar.where, fix)
            return None
        fault = comparable(node, value, "=", self.scope(layer))
        if fault is not None:
            code, message, fix = fault
            if code == "KR203":
                message = f"this is {phrase(value.type)}, and what is measured is {phrase(type_)}"
                fix = "write it in the unit of what is measured"
            self.fault(code, message, scalar.where, fix)
            return None
        return Const(value.value, type_ if type_.numeric else value.type)

    @staticmethod
    def _value(scalar: Scalar, type_: Type) -> Const | None:
        if type_.numeric:
            ratio, plain = parse_percent(scalar.text), parse_number(scalar.text)
            if ratio is not None:
                return Const(ratio, Type.RATIO)
            return None if plain is None else Const(plain, Type.NUMBER)
        if type_ is Type.FLAG:
            truth = {"true": True, "false": False}.get(scalar.text)
            return None if truth is None else Const(truth, Type.FLAG)
        return Const(tidy(scalar.text), Type.TEXT)

    def field(self, scalar: Scalar, *types: Type) -> Field | None:
        """Return the field of that name and type, or None after keeping the fault."""
        found = self.fields.get(scalar.text)
        if found is not None and found.type in types:
            return found
        if scalar.text in self.broken or EVERY in self.broken:
            return None
        wanted = " or ".join(types)
        known = [f.name for f in self.fields.values() if f.type in types]
        message = f"'{scalar.text}' is a {found.type} field, not a {wanted} field" if found else f"there is no field '{scalar.text}'"
        if scalar.text in self.metrics:
            message = f"'{scalar.text}' is a metric; here stands a field"
        fix = did_you_mean(scalar.text, known) if known else f"declare a {wanted} field under fields"
        self.fault("KR311", message, scalar.where, fix)
        return None
