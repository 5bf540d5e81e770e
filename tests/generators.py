"""What tests decide: small policies written to files, and random programs with random accounts.

Everything random is drawn from one `random.Random`, so that a seed tells the whole case: `random_case(7, rows=100)`.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from random import Random
from textwrap import dedent, indent
from typing import Any

import polars as pl
from hypothesis import strategies as st

from kam_rules import engine
from kam_rules.backends._table import dtype
from kam_rules.backends.reference import evaluate
from kam_rules.feel.scope import Name, Scope
from kam_rules.model.outcome import Layout, restore, store
from kam_rules.model.program import Derive, Hit, Rule, RuleList, Stage, Step
from kam_rules.model.run import Run
from kam_rules.model.tree import (
    TRUE,
    And,
    Arith,
    Compare,
    Const,
    Days,
    Extreme,
    FirstKnown,
    If,
    Known,
    Months,
    Node,
    Not,
    Or,
    Read,
    Round,
    Value,
    reads,
    rebuild,
    walk,
)
from kam_rules.model.types import Field, Type

# --- A small policy, its data, and its outcome ------------------------------------------------------------------------

SMALL = {
    "policy": "small",
    "fiscal_year": "FY2027",
    "effective": "{from: 2026-02-01, to: 2027-01-31}",
    "owner": "revenue-operations",
    "currency": "USD",
    "definition": "{is: A customer who plans with us, they_bring: Growth, we_bring: A team}",
    "assumptions": "",
    "fields": """
        base_revenue: {type: money, required: true, min: 0}
        points: {type: number}
        health: {type: number}
        willing: {type: flag}
        headroom: {type: money}
        since: {type: date}
        """,
    "metrics": "",
    "gates": "",
    "criteria": """
        - {id: points, weight: 100%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
           measure: points, if_missing: reject, line: {worst: 0, best: 100}}
        """,
    "scoring": "{min_coverage: 0%, round: 2}",
    "tiers": """
        if_unknown: hold
        rules:
          - {id: t1, when: score >= 65}
          - {id: t2, otherwise: true}
        """,
    "limits": "",
    "states": """
        inputs: {maturity: health, penetration: headroom, potential: headroom}
        if_unknown: hold
        rules:
          - {id: at_risk, when: health < 50, because: Serious work to retain}
          - {id: mature, otherwise: true, because: Solid}
        """,
    "targets": """
        base: {field: base_revenue, basis: opening_arr}
        plausible: [0%, 300%]
        by_state: {at_risk: {target: 80%}, mature: {target: 110%}}
        zero_base: {lapsed_when: known(since), prospect: none, lapsed: none}
        """,
    "triggers": "",
}


def policy_text(**sections: str) -> str:
    """Return the small policy with some of its sections written otherwise; an empty section is left out."""
    parts = []
    for key, body in (SMALL | sections).items():
        text = dedent(body).strip("\n").rstrip()
        below = "\n" in text or text.startswith("- ") or (": " in text and not text.startswith("{"))
        parts += [f"{key}:\n{indent(text, '  ')}" if below else f"{key}: {text}"] if text else []
    return "\n".join(parts) + "\n"


def data_text(columns: Sequence[str], policy: str, *, file: str = "accounts.csv", as_of: str = "2026-01-31", unit: str = "percent") -> str:
    """Return a data file that feeds each field of a policy from the column of its name; bare ratios are percents."""
    ratios = re.findall(r"(\w+):\s+\{type: ratio", policy) if unit else []
    lines = "".join(f"    {name}: {{column: {name}, unit: {unit}}}\n" if name in ratios else f"    {name}: {name}\n" for name in columns)
    return f"accounts:\n  file: {file}\n  as_of: {as_of}\n  columns:\n{lines}"


def write_case(folder: Path, rows: Sequence[Mapping[str, object]], as_of: str = "2026-01-31", **sections: str) -> tuple[Path, Path]:
    """Write a policy, its accounts and their data file; a value of None is a blank cell."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with (folder / "accounts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    policy, data = folder / "policy.yaml", folder / "data.yaml"
    text = policy_text(**sections)
    policy.write_text(text, encoding="utf-8")
    data.write_text(data_text(columns, text, as_of=as_of), encoding="utf-8")
    return policy, data


def run_case(
    folder: Path,
    rows: Sequence[Mapping[str, object]],
    *,
    as_of: str = "2026-01-31",
    effective_on: dt.date | None = None,
    sets: Mapping[str, str] | None = None,
    by: str = "reference",
    **sections: str,
) -> Run:
    """Decide the accounts by the small policy with some of its sections written otherwise; the reference engine is the meaning."""
    policy, data = write_case(folder, rows, as_of, **sections)
    return engine.run(policy, data, effective_on=effective_on, sets=sets, engine=by, witness=by != "reference")


def outcomes(run: Run) -> dict[str, dict[str, Any]]:
    """Return each account's outcome by its id, every figure exact and in its own unit, every list's verdict under its id."""
    program, layout = run.ready.program, Layout(*run.ready.program.stages)
    kept = {f.name: (f.type, f.places or 0) for stage in program.stages for f in stage.kept}
    kept["base"] = (Type.MONEY, program.minor)
    found = {}
    for row in run.table.frame().iter_rows(named=True):
        exact = {name: restore(value, *kept[name]) if name in kept else value for name, value in row.items()}
        found[str(row["account_id"])] = exact | {rules.id: layout.verdict(row, rules.id) for rules in program.lists}
    return found


def rules_of(run: Run, account_id: str, list_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of the rules of a list that decided (or were true), and of those that were unknown."""
    found = next(rules for rules in run.ready.program.lists if rules.id == list_id)
    record = run.table.frame().filter(pl.col("account_id") == account_id).row(0, named=True)
    said = Layout(*run.ready.program.stages).verdict(record, list_id)
    true = said.true if found.hit is Hit.COLLECT else 0 if said.rule is None else 1 << said.rule
    ids = [rule.id for rule in found.rules]
    return tuple(id_ for i, id_ in enumerate(ids) if true >> i & 1), tuple(id_ for i, id_ in enumerate(ids) if said.unknown >> i & 1)


# --- Random trees -----------------------------------------------------------------------------------------------------

NUMERIC = (Type.MONEY, Type.RATIO, Type.NUMBER, Type.INTEGER, Type.RATING)
COUNTS = (Type.NUMBER, Type.INTEGER, Type.RATING)
ORDERS = ("=", "!=", "<", "<=", ">", ">=")
PLACES = {Type.MONEY: 2, Type.RATIO: 6, Type.NUMBER: 6}
TEXTS = tuple(
    unicodedata.normalize("NFC", text)
    for text in (
        *("a", "A", "b", "Zürich", "e\u0301clair", "ß", "SS", "株式会社", "Ελλάδα", "مرحبا", "हिन्दी", "שלום", "🙂", "İ", "\u0131"),
        *('said "no"', "back\\slash", "it's", "$or", "a b", "1", "10", "true", "null", "otherwise", "N-A", "0x1F", "=1+1", "%", "#"),
    )
)
WORDS = ("retail", "Retail", "銀行", "Financial Services", "énergie", "other")
LITERALS = tuple(Fraction(text) for text in ("0", "1", "-1", "0.5", "3", "100", "250000", "0.01", "0.000001", "12.345678", "-7.5", "65"))
PERCENTS = tuple(Fraction(text) / 100 for text in ("0", "5", "40", "90", "-10", "0.0001", "112.5", "1112", "33.3333", "100"))
DAYS = tuple(dt.date.fromisoformat(text) for text in ("2024-02-29", "2026-01-31", "2026-02-28", "1999-12-31", "2026-06-30"))
FACTORS = {
    Type.MONEY: ["* money factor", "* factor money", "* bare money", "/ money factor", "/ money bare"],
    Type.RATIO: ["/ money money", "/ count count", "* ratio ratio", "* bare ratio", "/ ratio bare", "/ ratio factor"],
    Type.NUMBER: ["* number count", "* bare number", "* bare rating", "* ratio count", "/ count bare", "/ count ratio", "/ bare ratio"],
    Type.INTEGER: ["* integer integer", "* whole integer"],
}
"""What may be multiplied or divided to give a type; `bare` is a literal without a unit."""


@dataclass(frozen=True, slots=True)
class Look:
    """How trees may look.

    `written` trees are those that the reader of expressions makes: a literal has no unit but the percent, none is
    missing. Without `nested`, the factors of a product and both sides of a division are plain names and literals, so
    that figures stay within bounds an engine can prove.
    """

    depth: int = 3
    written: bool = False
    nested: bool = True


@dataclass
class Trees:
    """Draws typed trees over names; every node kind comes up, and types follow the rules of the language."""

    rng: Random
    names: dict[Type, list[str]]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    look: Look = field(default_factory=Look)
    in_product: bool = False

    def tree(self, type_: Type, depth: int | None = None) -> Node:
        """Return a tree of that type."""
        depth = self.rng.randrange(1, self.look.depth + 1) if depth is None else depth
        if depth <= 0 or self.rng.random() < 0.1:
            return self.leaf(type_)
        if type_ is Type.FLAG:
            return self.flag(depth - 1)
        if type_ in NUMERIC:
            return self.numeric(type_, depth - 1)
        return self.word(type_, depth - 1)

    def pick(self, *options: Callable[[], Node]) -> Node:
        return self.rng.choice(options)()

    def leaf(self, type_: Type) -> Node:
        names = self.names.get(type_, [])
        only_read = self.look.written and type_ in {Type.MONEY, Type.INTEGER, Type.RATING, Type.CATEGORY}
        if names and (only_read or self.rng.random() < 0.75):
            return Read(self.rng.choice(names), type_)
        if not self.look.written and self.rng.random() < 0.05:
            return Const(None, type_)
        return Const(self.literal(type_), type_)

    def literal(self, type_: Type) -> Value:
        if type_ is Type.FLAG:
            return self.rng.random() < 0.5
        if type_ is Type.DATE:
            return self.rng.choice(DAYS)
        if type_ in {Type.TEXT, Type.CATEGORY}:
            return self.rng.choice(TEXTS if type_ is Type.TEXT else WORDS)
        if type_ is Type.RATIO:
            return self.rng.choice(PERCENTS)
        whole = tuple(value for value in LITERALS if value.denominator == 1)
        return self.rng.choice(whole if type_ in {Type.INTEGER, Type.RATING} else LITERALS)

    def bare(self, type_: Type) -> Const:
        """Return a literal without a unit that may stand beside that type."""
        zero = type_ is Type.RATIO
        return Const(Fraction(0) if zero else self.literal(Type.INTEGER if type_ is Type.INTEGER else Type.NUMBER), Type.NUMBER)

    def solid(self, type_: Type, depth: int) -> Node:
        """Return a tree that is no literal."""
        found = self.tree(type_, depth)
        return Read(self.rng.choice(self.names[type_]), type_) if isinstance(found, Const) else found

    def beside(self, type_: Type, depth: int, least: int) -> tuple[Node, ...]:
        """Return trees of one type, now and then with a bare literal among them, in any order."""
        items = [self.solid(type_, depth), *(self.tree(type_, depth) for _ in range(self.rng.randrange(least - 1, 3)))]
        if type_ in NUMERIC and type_ is not Type.RATING and self.rng.random() < 0.3:
            items.append(self.bare(type_))
        self.rng.shuffle(items)
        return tuple(items)

    def numeric(self, type_: Type, depth: int) -> Node:
        options: list[Callable[[], Node]] = [
            lambda: If(self.tree(Type.FLAG, depth), *self.two(type_, depth), type_),
            lambda: FirstKnown(self.beside(type_, depth, 1), type_),
            lambda: Extreme(self.rng.choice(("min", "max")), self.beside(type_, depth, 1), type_),
        ]
        if type_ is Type.RATING:
            return self.pick(*options, lambda: self.leaf(type_))
        options.append(lambda: Arith("-", Const(Fraction(0), type_), self.solid(type_, depth), type_))
        if type_ is Type.INTEGER:
            options += [lambda: Days(self.tree(Type.DATE, depth), self.tree(Type.DATE, depth))]
            options += [lambda: Months(self.tree(Type.DATE, depth), self.tree(Type.DATE, depth))]
        else:
            of = self.rng.choice(COUNTS) if type_ is Type.NUMBER else type_
            options.append(lambda: Round(self.tree(of, depth), self.rng.randrange(7), type_))
        if not self.in_product or self.look.nested:
            options += [lambda: self.sum(type_, depth), lambda: self.product(type_, depth)] * 2
        return self.pick(*options)

    def two(self, type_: Type, depth: int) -> tuple[Node, Node]:
        first, second, *_ = (*self.beside(type_, depth, 2), self.solid(type_, depth))
        both_bare = all(isinstance(node, Const) and node.type is Type.NUMBER for node in (first, second))
        return (self.solid(type_, depth), second) if both_bare else (first, second)

    def sum(self, type_: Type, depth: int) -> Node:
        mixed = [(Type.NUMBER, Type.INTEGER), (Type.RATING, Type.RATING), (Type.INTEGER, Type.RATING), (Type.NUMBER, Type.NUMBER)]
        left, right = self.rng.choice(mixed) if type_ is Type.NUMBER else (type_, type_)
        return Arith(self.rng.choice("+-"), self.solid(left, depth), self.solid(right, depth), type_)

    def product(self, type_: Type, depth: int) -> Node:
        inside, self.in_product = self.in_product, True
        depth = depth if self.look.nested else 0
        op, left, right = self.factors(type_, depth)
        self.in_product = inside
        return Arith(op, left, right, type_)

    def factors(self, type_: Type, depth: int) -> tuple[str, Node, Node]:
        op, *sides = self.rng.choice(FACTORS[type_]).split()
        left, right = (self.bare(side) if bare else self.solid(side, depth) for side, bare in map(self.side, sides))
        return op, left, right

    def side(self, word: str) -> tuple[Type, bool]:
        """Return the type of a factor, and whether it is a literal without a unit."""
        choices = {"count": COUNTS, "factor": (Type.RATIO, *COUNTS), "bare": (Type.NUMBER,), "whole": (Type.INTEGER,)}
        return self.rng.choice(choices[word]) if word in choices else Type(word), word in {"bare", "whole"}

    def flag(self, depth: int) -> Node:
        def flags(least: int) -> tuple[Node, ...]:
            return tuple(self.tree(Type.FLAG, depth) for _ in range(self.rng.randrange(least, 4)))

        return self.pick(
            *[lambda: self.compare(depth)] * 5,
            lambda: And(flags(2)),
            lambda: Or(flags(2)),
            lambda: Not(self.tree(Type.FLAG, depth)),
            lambda: Known(self.tree(self.rng.choice(list(Type)), depth)),
            lambda: If(self.tree(Type.FLAG, depth), self.tree(Type.FLAG, depth), self.tree(Type.FLAG, depth), Type.FLAG),
            lambda: FirstKnown(flags(1), Type.FLAG),
        )

    def compare(self, depth: int) -> Node:
        type_ = self.rng.choice((*NUMERIC, *NUMERIC, Type.DATE, Type.TEXT, Type.CATEGORY, Type.FLAG))
        if type_ in {Type.TEXT, Type.CATEGORY}:
            return Compare(self.rng.choice(ORDERS[:2]), *self.words(type_, depth))
        ordered = type_ is not Type.FLAG
        left, right = self.solid(type_, depth), self.tree(type_, depth)
        if type_ in NUMERIC and self.rng.random() < 0.5:
            right = self.bare(type_) if self.look.written or type_ is Type.RATIO else Const(self.literal(type_), type_)
        sides = (left, right) if self.rng.random() < 0.7 else (right, left)
        return Compare(self.rng.choice(ORDERS if ordered else ORDERS[:2]), *sides)

    def words(self, type_: Type, depth: int) -> tuple[Node, Node]:
        left = self.solid(type_, depth)
        if self.rng.random() < 0.7 and isinstance(left, Read):
            known = self.values.get(left.name) or (TEXTS if type_ is Type.TEXT else WORDS)
            return left, Const(self.rng.choice(known), Type.TEXT if self.look.written else type_)
        return left, self.solid(self.rng.choice((Type.TEXT, Type.CATEGORY)), depth)

    def word(self, type_: Type, depth: int) -> Node:
        options: list[Callable[[], Node]] = [
            lambda: If(self.tree(Type.FLAG, depth), self.tree(type_, depth), self.tree(type_, depth), type_),
            lambda: FirstKnown(self.beside(type_, depth, 1), type_),
        ]
        if type_ is Type.DATE:
            options.append(lambda: Extreme(self.rng.choice(("min", "max")), self.beside(type_, depth, 1), type_))
        return self.pick(*options)


def small_scope() -> Scope:
    """Return a scope with two names of each type."""
    names = {f"{type_}_{i}": Name(f"{type_}_{i}", type_, WORDS if type_ is Type.CATEGORY else ()) for type_ in Type for i in (1, 2)}
    return Scope("here", names)


def written_tree(rng: Random, type_: Type, depth: int = 3) -> Node:
    """Return a tree over `small_scope` as reading some text gives it."""
    names = {type_: [f"{type_}_1", f"{type_}_2"] for type_ in Type}
    return Trees(rng, names, dict.fromkeys(names[Type.CATEGORY], WORDS), Look(depth, written=True)).tree(type_)


def facts_for(rng: Random, scope: Scope) -> dict[str, Value]:
    """Return a value or nothing for each name of a scope."""
    trees = Trees(rng, {})
    return {name.name: None if rng.random() < 0.3 else trees.literal(name.type) for name in scope.names.values()}


# --- Random programs --------------------------------------------------------------------------------------------------

NAMES = ("revenue", "größe", "売上", "x", "\u03a7", "e_1", "id", "type", "state", "kind", "_a")
LISTS = ((Hit.FIRST, "hold"), (Hit.FIRST, "flag"), (Hit.UNIQUE, "hold"), (Hit.UNIQUE, "flag"), (Hit.COLLECT, "hold"))
KEPT_LIMIT = Fraction(10**9)
HUGE = 10**17


def random_fields(rng: Random) -> tuple[Field, ...]:
    """Return fields of every type, most with limits, some required; at least one may be missing."""
    found: list[Field] = []
    for type_ in Type:
        for i in range(1, rng.randrange(2, 4)):
            name = f"{rng.choice(NAMES)}_{type_}{i}"
            places = rng.randrange(7) if type_ in {Type.NUMBER, Type.RATIO} else PLACES.get(type_, 0)
            least, most = _limits(rng, type_, places)
            values = tuple(rng.sample(WORDS, rng.randrange(1, 5))) if type_ is Type.CATEGORY else ()
            found.append(Field(name, type_, places, rng.random() < 0.15, least, most, values))
    rng.shuffle(found)
    return (replace(found[0], required=False), *found[1:])


def _limits(rng: Random, type_: Type, places: int) -> tuple[Fraction | None, Fraction | None]:
    if type_ is Type.RATING:
        return Fraction(1), Fraction(5)
    if not type_.numeric or rng.random() < 0.2:
        return None, None
    size = Fraction(rng.choice((10, 1000, 10**6, 10**9, 10**11)))
    low = rng.choice((Fraction(0), -size, -size, Fraction(-1, 10**places)))
    return low, size


def random_stage(rng: Random, look: Look | None = None) -> Stage:
    """Return a stage with rule lists of every hit and if_unknown, with figures kept and figures passed on between them."""
    fields_ = random_fields(rng)
    names: dict[Type, list[str]] = {type_: [f.name for f in fields_ if f.type is type_] for type_ in Type}
    trees = Trees(rng, names, {f.name: f.values for f in fields_}, look or Look())
    steps: list[Step] = []
    kinds = [*LISTS, rng.choice(LISTS)]
    rng.shuffle(kinds)
    for number, (hit, if_unknown) in enumerate(kinds):
        for i in range(rng.randrange(3)):
            steps.append(_derive(trees, f"figure{number}.{i}"))
            names[steps[-1].type].append(steps[-1].name)  # type: ignore[union-attr]
        rules = _list(trees, f"list{number}", hit, if_unknown)
        for name, type_ in rules.binds:
            names[type_].append(name)
        steps.append(rules)
    steps += [_kept(trees, f"kept.{type_}", type_) for type_ in Type]
    return Stage("random", fields_, tuple(steps))


def _derive(trees: Trees, name: str) -> Derive:
    type_ = trees.rng.choice(list(Type))
    if trees.rng.random() < 0.3:
        return _kept(trees, name, type_)
    return Derive(name, type_, trees.tree(type_))


def _kept(trees: Trees, name: str, type_: Type) -> Derive:
    """Return a figure that is part of the outcome; a number is cut to a size and to decimals that can be stored."""
    node = trees.tree(type_)
    if not type_.numeric:
        return Derive(name, type_, node, places=0)
    places = PLACES.get(type_, 0)
    high = Extreme("min", (Const(KEPT_LIMIT, type_), node), type_)
    low = Extreme("max", (Const(-KEPT_LIMIT, type_), high), type_)
    return Derive(name, type_, Round(low, places, type_), places=places)


def _list(trees: Trees, id_: str, hit: Hit, if_unknown: str) -> RuleList:
    rng = trees.rng
    many = rng.random() < 0.08
    count = rng.randrange(63, 131) if many else rng.randrange(1, 7)
    types = () if hit is Hit.COLLECT else tuple(rng.choice(list(Type)) for _ in range(rng.randrange(3)))
    rules = []
    for i in range(count):
        when = TRUE if i == count - 1 and rng.random() < 0.4 else trees.tree(Type.FLAG, 1 if many else None)
        gives = tuple(trees.tree(type_, 1) if rng.random() < 0.3 else trees.leaf(type_) for type_ in types)
        rules.append(Rule(f"{id_}.{i}", when, gives))
    binds = tuple((f"{id_}.bind{i}", type_) for i, type_ in enumerate(types))
    return RuleList(id_, hit, tuple(rules), binds, if_unknown)


# --- Random accounts --------------------------------------------------------------------------------------------------


def stage_nodes(stage: Stage) -> Iterator[Node]:
    """Walk every node of every tree of a stage."""
    for step in stage.steps:
        trees = (step.node,) if isinstance(step, Derive) else (n for rule in step.rules for n in (rule.when, *rule.gives))
        for tree in trees:
            yield from walk(tree)


def random_rows(rng: Random, stage: Stage, n: int, *, missing: float = 0.4, on_edge: float = 0.45) -> pl.DataFrame:
    """Return n accounts as an engine takes them: values in contract, none missing in a required field.

    A share `missing` of them has at least one value missing, a share `on_edge` sits where two sides of a comparison
    are equal (less where a program can hardly be brought there); negatives, limits and huge amounts come up.
    """
    literals = [node for node in stage_nodes(stage) if isinstance(node, Const)]
    edges, pools = _edges(stage), {f.name: _pool(f, literals) for f in stage.fields}
    optional = [f.name for f in stage.fields if not f.required]
    rows = []
    for _ in range(n):
        facts = {f.name: _value(rng, f, pools[f.name]) for f in stage.fields}
        if rng.random() < missing:
            facts |= dict.fromkeys(rng.sample(optional, rng.randrange(1, min(4, len(optional)) + 1)))
        if rng.random() < on_edge:
            _put_on_edge(rng, facts, edges, stage)
        rows.append({f.name: store(facts[f.name], f.decimals) for f in stage.fields})
    return pl.DataFrame(rows, schema={f.name: dtype(f.type) for f in stage.fields}, orient="row")


def _pool(found: Field, literals: Sequence[Const]) -> list[Value]:
    """Return the values that matter for a field: the literals of the program, their neighbours, limits and zero."""
    values = {node.value for node in literals}
    if not found.type.numeric:
        return sorted((value for value in values if fits(value, found)), key=str)
    step = Fraction(1, 10**found.decimals)
    numbers = {value for value in values if isinstance(value, Fraction)} | {Fraction(0), found.least, found.most}
    around = {near for value in numbers if value is not None for near in (value, value - step, value + step)}
    return [value for value in sorted(around) if fits(value, found)]


def fits(value: Value, found: Field) -> bool:
    """Tell whether a value is in the contract of a field and can be stored."""
    if isinstance(value, Fraction) and found.type.numeric:
        whole = (value * 10**found.decimals).denominator == 1 and abs(value * 10**found.decimals) <= HUGE
        return whole and (found.least is None or value >= found.least) and (found.most is None or value <= found.most)
    if isinstance(value, bool):
        return found.type is Type.FLAG
    if isinstance(value, dt.date):
        return found.type is Type.DATE
    return isinstance(value, str) and (found.type is Type.TEXT or (found.type is Type.CATEGORY and value in found.values))


def _value(rng: Random, found: Field, pool: list[Value]) -> Value:
    if pool and rng.random() < 0.4:
        return rng.choice(pool)
    if found.type is Type.FLAG:
        return rng.random() < 0.5
    if found.type is Type.CATEGORY:
        return rng.choice(found.values)
    if found.type is Type.TEXT:
        return rng.choice(TEXTS)
    if found.type is Type.DATE:
        wide = rng.random() < 0.05
        return dt.date.fromordinal(rng.randrange(1, 3652060) if wide else rng.randrange(738000, 741000))
    unit = 10**found.decimals
    low = -HUGE if found.least is None else int(found.least * unit)
    high = HUGE if found.most is None else int(found.most * unit)
    size = rng.choice((10 * unit, 10**4 * unit, 10**7 * unit, HUGE))
    return Fraction(rng.randint(max(low, min(-size, high)), min(high, max(size, low))), unit)


def _edges(stage: Stage) -> list[Compare]:
    """Return the comparisons of a stage over its fields alone, with passed-on figures written out."""
    fields_ = {f.name for f in stage.fields}
    made: dict[str, Node] = {}

    def inline(node: Node) -> Node:
        return made.get(node.name, node) if isinstance(node, Read) else node

    found = []
    for step in stage.steps:
        trees = (step.node,) if isinstance(step, Derive) else tuple(rule.when for rule in step.rules)
        whole = [rebuild(tree, inline) for tree in trees]
        found += [n for tree in whole for n in walk(tree) if isinstance(n, Compare) and fields_.issuperset(reads(n)) and reads(n)]
        if isinstance(step, Derive) and sum(1 for _ in walk(whole[0])) < 12:
            made[step.name] = whole[0]
    return found


def _put_on_edge(rng: Random, facts: dict[str, Value], edges: Sequence[Compare], stage: Stage) -> None:
    by_name = {f.name: f for f in stage.fields}
    for edge in rng.sample(edges, min(5, len(edges))):
        for side, other in ((edge.left, edge.right), (edge.right, edge.left)):
            wanted = evaluate(other, facts)
            solved = None if wanted is None else _solve(side, wanted, facts)
            if solved is None or facts[solved[0]] is None or not fits(solved[1], by_name[solved[0]]):
                continue
            before, facts[solved[0]] = facts[solved[0]], solved[1]
            if is_edge(edge, facts):
                return
            facts[solved[0]] = before


def is_edge(compare: Compare, facts: Mapping[str, Value]) -> bool:
    """Tell whether both sides of a comparison are known and equal."""
    left = evaluate(compare.left, facts)
    return left is not None and left == evaluate(compare.right, facts)


def _solve(node: Node, wanted: Value, facts: Mapping[str, Value]) -> tuple[str, Value] | None:
    """Return a name and the value that it must have for the node to be `wanted`; None where that is not plain."""
    if isinstance(node, Read):
        return node.name, wanted
    if not isinstance(node, Arith) or not isinstance(wanted, Fraction):
        return None
    left, right = evaluate(node.left, facts), evaluate(node.right, facts)
    if isinstance(right, Fraction):
        by = {"+": wanted - right, "-": wanted + right, "*": wanted / right if right else None, "/": wanted * right}[node.op]
        solved = _solve(node.left, by, facts)
        if solved is not None:
            return solved
    if isinstance(left, Fraction):
        by = {"+": wanted - left, "-": left - wanted, "*": wanted / left if left else None, "/": left / wanted if wanted else None}[node.op]
        return _solve(node.right, by, facts)
    return None


# --- One case a seed --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A random stage with random accounts; its repr is the call that makes it again."""

    seed: int
    rows: int
    stage: Stage = field(repr=False)
    table: pl.DataFrame = field(repr=False)


def random_case(seed: int, rows: int, look: Look | None = None) -> Case:
    """Return the case of a seed."""
    rng = Random(seed)  # noqa: S311 - tests need repeatable chance
    stage = random_stage(rng, look)
    return Case(seed, rows, stage, random_rows(rng, stage, rows))


seeds = st.integers(0, 2**32 - 1)


def cases(rows: int = 20, look: Look | None = None) -> st.SearchStrategy[Case]:
    """Draw cases for hypothesis; the seed is what it remembers."""
    return seeds.map(lambda seed: random_case(seed, rows, look))


def randoms() -> st.SearchStrategy[Random]:
    """Draw sources of chance for hypothesis."""
    return seeds.map(Random)
