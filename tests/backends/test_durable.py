"""The durable engine gives the reference's outcome by firing, and each trap of durable-rules 2.0.28 is fenced.

A fence is shown twice: what durable-rules does of itself, and that the engine is right in spite of it.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from random import Random

import durable_rules_engine as raw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kam_rules import engine
from kam_rules.backends import _durable_codes, _durable_conditions, durable
from kam_rules.backends._durable_codes import coding, together
from kam_rules.backends._durable_plan import Plan, plan
from kam_rules.backends._durable_session import FACT, SESSIONS, DurableError, Ruleset, written
from kam_rules.backends._table import dtype
from kam_rules.backends.durable import KEPT, Durable
from kam_rules.backends.reference import ENGINE as REFERENCE
from kam_rules.backends.reference import evaluate
from kam_rules.model.errors import UnsupportedError
from kam_rules.model.outcome import Layout, store
from kam_rules.model.program import Derive, Hit, Rule, RuleList, Stage
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
    number,
    rebuild,
    type_of,
)
from kam_rules.model.types import Field, Type
from tests.conftest import RESELLERS, SAAS
from tests.generators import Case, random_case

ROWS = 25


def silent(_: int) -> None:
    """Take no note of progress."""


@cache
def case(seed: int) -> tuple[Case, pl.DataFrame]:
    """Return a random case with what the reference decides."""
    found = random_case(seed, ROWS)
    return found, REFERENCE.decide(found.stage, found.table, silent)


# --- Agreement ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_the_outcome_is_the_reference_s(seed: int) -> None:
    found, expected = case(seed)
    assert_frame_equal(Durable().decide(found.stage, found.table, silent), expected)


def test_random_accounts_are_often_incomplete() -> None:
    tables = [case(seed)[0].table for seed in range(40)]
    incomplete = sum(table.filter(pl.any_horizontal(pl.all().is_null())).height for table in tables)
    assert incomplete >= 0.3 * sum(table.height for table in tables)


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize("paths", [pytest.param(SAAS, id="saas"), pytest.param(RESELLERS, id="resellers")])
def test_the_example_books_are_decided_alike(paths: tuple[str, str]) -> None:
    assert_frame_equal(engine.run(*paths, engine="durable").table.frame(), engine.run(*paths).table.frame())


def test_progress_counts_every_row() -> None:
    told: list[int] = []
    table = pl.DataFrame({"x": [1] * 600}, schema={"x": pl.Int64})
    Durable().decide(asking(x > 0), table, told.append)
    assert sum(told) == 600


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize("paths", [SAAS, RESELLERS])
def test_no_condition_of_a_policy_is_left_to_the_reference(paths: tuple[str, str]) -> None:
    """What durable-rules is handed are values and given flags; how they hang together it finds by firing."""
    for stage in engine.run(*paths).ready.program.stages:
        sheets = [sheet for each in plan(stage).rounds for sheet in each.sheets]
        assert all(isinstance(o.node, Read) or type_of(o.node) is not Type.FLAG for sheet in sheets for o in sheet.operands)


# --- Small stages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Name:
    """A field, comparable as a policy writes it."""

    node: Node

    def __lt__(self, other: Value | int | Name) -> Node:
        return Compare("<", self.node, literal(other))

    def __gt__(self, other: Value | int | Name) -> Node:
        return Compare(">", self.node, literal(other))

    def __ge__(self, other: Value | int | Name) -> Node:
        return Compare(">=", self.node, literal(other))


def literal(value: Value | int | Name) -> Node:
    if isinstance(value, Name):
        return value.node
    return number(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else Const(value, Type.TEXT)


x, y, z = (Name(Read(name, Type.NUMBER)) for name in "xyz")
NUMBERS = tuple(Field(name, Type.NUMBER, 6) for name in "xyz")


def asking(*conditions: Node, fields: Sequence[Field] = NUMBERS[:1]) -> Stage:
    rules = tuple(Rule(f"r{i}", condition) for i, condition in enumerate(conditions))
    return Stage("small", tuple(fields), (RuleList("list", Hit.COLLECT, rules),))


def truths(stage: Stage, *accounts: Mapping[str, Value | int]) -> list[bool | None]:
    """Return how true each rule of the first list is for the first account, having asked the reference too."""
    rows = [
        {f.name: store(Fraction(v) if isinstance(v := facts.get(f.name), int) else v, f.decimals) for f in stage.fields}
        for facts in accounts
    ]
    table = pl.DataFrame(rows, schema={f.name: dtype(f.type) for f in stage.fields}, orient="row")
    found = Durable().decide(stage, table, silent)
    assert_frame_equal(found, REFERENCE.decide(stage, table, silent))
    said = found.row(0, named=True)
    verdict = Layout(stage).verdict(said, "list")
    true, unknown = verdict.true, verdict.unknown
    return [True if true >> i & 1 else None if unknown >> i & 1 else False for i in range(len(stage.lists[0].rules))]


@pytest.mark.parametrize("hit", Hit)
@pytest.mark.parametrize("if_unknown", ["hold", "flag"])
@pytest.mark.parametrize("known", [(1, 1), (1, None), (None, 1), (0, 1), (1, 0), (None, 0), (0, None), (None, None), (0, 0)], ids=str)
def test_every_hit_policy(hit: Hit, if_unknown: str, known: tuple[int | None, int | None]) -> None:
    binds = () if hit is Hit.COLLECT else (("bound", Type.TEXT),)
    rules = tuple(Rule(name, Compare(">", Read(name, Type.NUMBER), number(0)), (literal(name),)) for name in "xy")
    kept = Derive("given", Type.TEXT, Read("bound", Type.TEXT), places=0)
    stage = Stage("hits", NUMBERS[:2], (RuleList("list", hit, rules, binds, if_unknown), kept))
    table = pl.DataFrame([known], schema={"x": pl.Int64, "y": pl.Int64}, orient="row")
    assert_frame_equal(Durable().decide(stage, table, silent), REFERENCE.decide(stage, table, silent))


# --- Breaking each node kind ----------------------------------------------------------------------------------------------

SWAPPED = dict(
    zip(("=", "!=", "<", "<=", ">", ">=", *"+-*/", "min", "max"), ("!=", "=", "<=", "<", ">=", ">", *"-+/*", "max", "min"), strict=True)
)
TWISTS: dict[type, Callable[..., Node]] = {
    And: lambda n: Or(n.items),
    Arith: lambda n: replace(n, op=SWAPPED[n.op]),
    Compare: lambda n: replace(n, op=SWAPPED[n.op]),
    Const: lambda n: replace(n, value=not n.value if isinstance(n.value, bool) else None),
    Days: lambda n: Days(n.end, n.start),
    Extreme: lambda n: replace(n, op=SWAPPED[n.op]),
    FirstKnown: lambda n: replace(n, items=n.items[::-1]),
    If: lambda n: replace(n, then=n.otherwise, otherwise=n.then),
    Known: lambda _: TRUE,
    Months: lambda n: Months(n.end, n.start),
    Not: lambda n: n.item,
    Or: lambda n: And(n.items),
    Read: lambda n: Const(None, n.type),
    Round: lambda n: replace(n, places=max(n.places - 1, 0)),
}
CONDITIONS = (And, Compare, Const, FirstKnown, If, Known, Not, Or, Read)


def disagrees() -> bool:
    """Tell whether the engine, as it is now, differs from the reference on some random account."""
    for seed in range(60):
        found, expected = case(seed)
        if not Durable().decide(found.stage, found.table, silent).equals(expected):
            return True
    return False


@pytest.mark.parametrize("kind", CONDITIONS, ids=lambda kind: kind.__name__)
def test_a_broken_condition_is_seen(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = dict(_durable_conditions.KINDS)

    def broken(c: _durable_conditions.Conditions, node: Node) -> object:
        twisted = TWISTS[kind](node)
        return compiled[type(twisted)](c, twisted)

    monkeypatch.setitem(_durable_conditions.KINDS, kind, broken)
    assert disagrees()


@pytest.mark.parametrize("kind", TWISTS, ids=lambda kind: kind.__name__)
def test_a_broken_value_is_seen(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(node: Node, facts: Mapping[str, Value]) -> Value:
        return evaluate(rebuild(node, lambda part: TWISTS[kind](part) if type(part) is kind else part), facts)

    monkeypatch.setattr(_durable_codes, "evaluate", broken)
    monkeypatch.setattr(durable, "evaluate", broken)
    assert disagrees()


def test_firings_are_what_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ruleset, "fire", lambda *_: {0})
    assert disagrees()


# --- Fences: what a fact carries --------------------------------------------------------------------------------------------


def fired(rules: Sequence[object], fact: Mapping[str, object] | str, *, post: bool = False) -> list[int] | str:
    """Return which rules durable-rules fires for a fact of its own session, in turn, or what it complains of."""
    try:
        handle = raw.create_ruleset("raw", json.dumps({str(i): {"all": [{"m": rule}]} for i, rule in enumerate(rules)}))
        text = fact if isinstance(fact, str) else json.dumps({"id": "a", **fact})
        code, state = (raw.assert_event if post else raw.assert_fact)(handle, text)
    except raw.error as error:
        return str(error)
    said = raw.start_action_for_state(handle, state) if code == 0 else None
    firing, found = said and said[1], []
    while firing:
        found.append(int(firing[2 : firing.index('"', 2)]))
        firing = raw.complete_and_start_action(handle, state)
    return found if code == 0 else f"code {code}"


def alone(script: str, *flags: str, timeout: float = 60) -> str:
    """Return what a script prints in a process of its own."""
    return subprocess.run([sys.executable, *flags, "-c", script], capture_output=True, text=True, timeout=timeout, check=True).stdout


@pytest.mark.parametrize("value", ["abc", "10", 1.5, True, None, 2**53])
def test_a_fact_carries_whole_numbers_alone(value: object) -> None:
    assert fired([{"$gt": {"x": 9}}], {"x": "abc"}) == [0], "text is greater than a number"
    assert fired([{"x": 1}], {"x": True}) == [0], "true is one"
    with pytest.raises(DurableError, match="no whole number"):
        written("1", {"x": value})  # type: ignore[dict-item]


@pytest.mark.parametrize("value", ["1e-07", "1e+16"])
def test_numbers_of_any_size_are_carried(value: str) -> None:
    assert "204" in fired([{"$gt": {"x": 0}}], f'{{"id":"a","x":{value}}}')
    huge = 10**18
    stage = asking(x > 0, x > Fraction(1, 10**6), x > huge, x >= huge, x < -huge, x < y, fields=NUMBERS)
    small: dict[str, Value | int] = {"x": Fraction(1, 10**6), "y": Fraction(2, 10**6)}
    assert truths(stage, small) == [True, False, False, False, False, True]
    assert truths(stage, {"x": 9 * 10**12, "y": 9 * 10**12}) == [True, True, False, False, False, False]


def test_codes_keep_order_and_equality() -> None:
    rng = Random(5)  # noqa: S311 - tests need repeatable chance
    for _ in range(300):
        literals, others = (
            [Fraction(rng.randint(-50, 50) * rng.choice((1, huge)), rng.choice((1, 7, 100, 10**6))) for _ in range(rng.randint(1, 6))]
            for huge in (10**15, 10**20)
        )
        values = [*literals, *others]
        code = coding(literals)
        for value in values:
            for other in literals:
                assert (code(value) > code(other), code(value) < code(other)) == (value > other, value < other)
            left, right = together(value, literals[0])
            assert (left > right, left < right) == (value > literals[0], value < literals[0])


def test_days_and_text_have_codes() -> None:
    day, text = Read("day", Type.DATE), Read("text", Type.TEXT)
    edge = Const(dt.date(2026, 1, 31), Type.DATE)
    stage = asking(
        *(Compare(op, day, edge) for op in ("<", "=", ">=")),
        *(Compare(op, text, Const(word, Type.TEXT)) for op in ("=", "!=") for word in ("Zürich", "")),
        fields=[Field("day", Type.DATE, 0), Field("text", Type.TEXT, 0)],
    )
    assert truths(stage, {"day": dt.date(2026, 1, 30), "text": "Zürich"}) == [True, False, False, True, False, False, True]
    assert truths(stage, {"day": dt.date(2026, 1, 31), "text": "東京"}) == [False, True, True, False, False, True, True]


def test_missing_is_a_flag_and_never_null() -> None:
    assert fired([{"$gt": {"x": 5}}, {"$lte": {"x": 5}}, {"y": 1}], {"x": None, "y": 1}) == [2], "null is neither, as false would be"
    assert truths(asking(x > 5, Not(x > 5), Known(x.node), Not(Known(x.node))), {}) == [None, None, False, True]


def test_two_fields_are_compared_only_where_both_exist() -> None:
    """Of itself durable-rules then compares with whatever its memory holds, so there is no raw outcome to show."""
    stage = asking(x > y, Not(x > y), Compare("=", x.node, y.node), fields=NUMBERS)
    assert truths(stage, {"x": 1}) == truths(stage, {"y": 1}) == [None, None, None]
    assert truths(stage, {"x": 1, "y": 1}) == [False, True, True]
    for tests_ in definitions(stage):
        found = json.dumps(tests_)
        assert "$m" not in found or found.index('{"$ex": {"y0": 1}}') < found.index("$m")


# --- Fences: hashes, sessions, threads ----------------------------------------------------------------------------------------


def fnv(text: str) -> int:
    """Return the hash by which durable-rules tells names apart."""
    found = 0x811C9DC5
    for byte in text.encode():
        found = (found ^ byte) * 16777619 & 0xFFFFFFFF
    return found


def test_no_two_names_share_a_hash() -> None:
    assert fnv("costarring") == fnv("liquid")
    assert fired([{"liquid": 1}], {"costarring": 1}) == [0], "a field is read under another's name"
    numbered = [f"{kind}{i}{end}" for i in range(5000) for kind, end in (("x", ""), ("x", "_no"), ("y", ""))]
    names = ["id", "sid", "$s", "kind", "forward", *(f"b{i}" for i in range(50)), *numbered]
    assert len({fnv(name) for name in names}) == len(names)
    liquid, costarring = (Field(name, Type.NUMBER, 0) for name in ("liquid", "costarring"))
    stage = asking(*(Compare("=", Read(f.name, f.type), number(1)) for f in (liquid, costarring)), fields=[liquid, costarring])
    assert truths(stage, {"liquid": 0, "costarring": 1}) == [False, True]


def test_no_fact_is_taken_for_another() -> None:
    handle = raw.create_ruleset("raw", json.dumps({"0": {"all": [{"m": {"$ex": {"x": 1}}}]}}))
    assert raw.assert_fact(handle, '{"id":"costarring","x":1}')[0] == 0
    assert raw.assert_fact(handle, '{"id":"liquid","x":2}')[0] == 2, "another fact, dropped as already observed"
    assert fnv(FACT) not in {fnv(f"sid-{i}") for i in range(SESSIONS)}, "a session holds its fact and its own state"


def test_sessions_are_closed() -> None:
    script = 'import durable_rules_engine as e\nh = e.create_ruleset(\'r\', \'{"0":{"all":[{"m":{"x":1}}]}}\')\nn = 0\n'
    script += 'try:\n  while n < 5000: e.assert_fact(h, f\'{{"sid":"{n}","id":"a","x":1}}\'); n += 1\nexcept MemoryError: print(n)'
    assert alone(script).strip() == "1024"
    stage = asking(x > 1499)
    table = pl.DataFrame({"x": [i * 10**6 for i in range(3000)]}, schema={"x": pl.Int64})
    assert Durable().decide(stage, table, silent)[f"{stage.name}.0"].sum() == 1500
    handle = Ruleset(1, [])
    assert handle.fire("7", {}) == {0}
    with pytest.raises(raw.error, match="309"):
        raw.get_state(handle._handle, "7")


def test_one_thread_at_a_time() -> None:
    lang = "import threading, durable.lang as l\nl.get_host()\nprint(threading.active_count())"
    ours = "import sys, threading, kam_rules.backends.durable\nprint(threading.active_count(), 'durable' in sys.modules)"
    assert alone(lang).strip() == "3", "the wrapper runs actions in two threads of its own"
    assert alone(ours).strip() == "1 False"
    (found, expected), shared = case(3), Durable()
    with ThreadPoolExecutor(4) as pool:
        for got in pool.map(lambda _: shared.decide(found.stage, found.table, silent), range(12)):
            assert_frame_equal(got, expected)


def test_warnings_stay_errors() -> None:
    assert alone("from kam_rules.backends.durable import ENGINE; print('ok')", "-W", "error").strip() == "ok"


# --- Fences: firing --------------------------------------------------------------------------------------------------------------


def test_every_fact_matches_and_is_seen_to_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fired([{"x": 1}], {"x": 2}) == "code 1", "the wrapper raises MessageNotHandledException"
    assert truths(asking(x > 1), {"x": 0}) == [False]
    for code, why in ((1, "no rule matches"), (2, "already observed"), (3, "put off")):
        monkeypatch.setattr(raw, "assert_fact", lambda *_, code=code: (code, 0))
        with pytest.raises(DurableError, match=why):
            truths(asking(x > 1), {"x": 0})
    monkeypatch.undo()
    monkeypatch.setattr(raw, "start_action_for_state", lambda *_: None)
    with pytest.raises(DurableError, match="fired no rule"):
        truths(asking(x > 1), {"x": 0})


def test_facts_are_asserted_not_posted() -> None:
    assert fired([{"x": 1}, {"$ex": {"x": 1}}], {"x": 1}, post=True) == [0], "the first rule consumes an event"
    assert truths(asking(x > 0, Known(x.node)), {"x": 1}) == [True, True]


def test_two_true_arms_count_once() -> None:
    assert fired([{"$or": [{"x": 1}, {"y": 1}]}], {"x": 1, "y": 1}) == [0, 0]
    ruleset = Ruleset(1, [[{"$or": [{"x": 1}, {"y": 1}]}]])
    assert ruleset.fire("1", {"x": 1, "y": 1}) == {0, 1}
    assert truths(asking(Or((x > 0, y > 0)), fields=NUMBERS), {"x": 1, "y": 1}) == [True]


def test_an_exception_is_raised_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    script = "from durable.lang import *\nwith ruleset('r'):\n  @when_all(m.x == 1)\n  def act(c): raise ValueError('lost')\n"
    assert "'exception': 'exception caught lost" in alone(script + "print(assert_fact('r', {'x': 1}))")
    stage, shared = asking(x > 1), Durable()
    table = pl.DataFrame({"x": [0]}, schema={"x": pl.Int64})
    with monkeypatch.context() as patch:
        patch.setattr(raw, "start_action_for_state", lambda *_: ('{"$s":1, "exception":"lost"}', "{}"))
        with pytest.raises(DurableError, match="lost"):
            shared.decide(stage, table, silent)
    assert shared._plans == {}, "a session may be left open, so its rulesets are not used again"
    assert shared.decide(stage, table, silent)[f"{stage.name}.0"].to_list() == [0]


def definitions(stage: Stage) -> list[list[object]]:
    """Return the tests of every rule that is made for a stage, without the rules that see facts arrive."""
    made: list[list[object]] = []
    patch = pytest.MonkeyPatch()

    def create(_: str, text: str) -> int:
        rules = json.loads(text)
        made.extend(rule["all"][0]["m"]["$and"] for name, rule in rules.items() if name != "0")
        assert len(rules) < 400
        return 0

    with patch.context() as patched:
        patched.setattr(raw, "create_ruleset", create)
        plan(stage)
    return made


def test_no_rule_stands_on_an_absence_alone() -> None:
    script = "import os\nfrom durable.lang import *\nn = []\nwith ruleset('r'):\n  @when_all(-m.x)\n  def act(c):\n    n.append(1)\n"
    script += "    if len(n) > 500: print('for ever', flush=True); os._exit(0)\nassert_fact('r', {'y': 1})"
    assert alone(script).strip() == "for ever"
    for seed in range(20):
        for tests_ in definitions(case(seed)[0].stage):
            assert list(tests_[0]) == ["kind"], "every rule asks for the kind first"  # type: ignore[call-overload]
            assert not any(word in json.dumps(tests_) for word in ("$nex", "$not", "null", "true", "false", "."))


# --- Fences: size ------------------------------------------------------------------------------------------------------------------


def test_rulesets_stay_small() -> None:
    script = "import json, durable_rules_engine as e\n"
    script += "e.create_ruleset('r', json.dumps({str(i): {'all': [{'m': {'x': i}}]} for i in range(%d)}))"
    alone(script % 511)
    with pytest.raises(subprocess.TimeoutExpired):
        alone(script % 513, timeout=3)
    stage = asking(*(Compare("=", x.node, number(i)) for i in range(1100)))
    assert len(definitions(stage)) == 1101, "each rule, and one twin for all"
    assert truths(stage, {"x": 1050}) == [i == 1050 for i in range(1100)]


MANY = tuple(Field(f"f{i}", Type.NUMBER, 0) for i in range(260))
ANY = tuple(Compare("=", Read(f.name, f.type), number(1)) for f in MANY)
ALL = {f.name: 1 for f in MANY}
EITHER = [{"$or": [{"x": 1}, {"y": i}]} for i in range(129)]


@pytest.mark.parametrize(
    ("rules", "code", "conditions"),
    [
        pytest.param([{"$gte": {"x": i}} for i in range(65)], 303, [x >= i for i in range(200)], id="tests that wait at once"),
        pytest.param([{"$and": EITHER[:15]}], 113, [And(tuple(Or(ANY[i : i + 3]) for i in range(40)))], id="groups of one rule"),
        pytest.param([{"f1": 1}], 302, ANY, id="fields of one fact"),
        pytest.param([{"x": 1}] * 257, 108, [x > 0] * 300, id="rules with one condition"),
        pytest.param(EITHER, 107, [Or((x > 0, Compare("=", y.node, number(i)))) for i in range(150)], id="rules with one arm"),
        pytest.param([{"$and": EITHER[:15]}], 113, [Or(ANY[:99]), And(ANY[:99]), Not(Or(ANY[9:99]))], id="many parts"),
        pytest.param([{"$and": EITHER[:15]}], 113, [And(tuple(Or((x > i, y > i, z > i)) for i in range(12)))], id="many ways"),
    ],
)
def test_conditions_of_any_size_are_carried(rules: list[object], code: int, conditions: list[Node]) -> None:
    assert str(code) in fired(rules, {"x": 100, **(ALL if code == 302 else {})})
    stage = asking(*conditions, fields=[*NUMBERS, *MANY])
    full: dict[str, Value | int] = {"x": 100, "y": 100, "z": 100, **ALL}
    truths(stage, full, {**full, "f7": None}, {**full, "f7": 0}, {**full, "x": None, "y": 1}, {"f7": 0}, {"f7": 1}, {})


# --- What it keeps, and what it cannot carry -----------------------------------------------------------------------------------------


def test_a_stage_is_compiled_once_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    shared, closed, made = Durable(), list[Plan](), list[Stage]()
    close = Plan.close

    def counted(stage: Stage) -> Plan:
        made.append(stage)
        return plan(stage)

    def counted_close(self: Plan) -> None:
        closed.append(self)
        close(self)

    monkeypatch.setattr(Plan, "close", counted_close)
    monkeypatch.setattr(durable, "plan", counted)
    table = pl.DataFrame({"x": [1]}, schema={"x": pl.Int64})
    stages = [asking(x > i) for i in range(KEPT + 3)]
    for stage in (*stages, stages[-1], *stages[-KEPT:]):
        shared.decide(stage, table, silent)
    assert (len(made), len(closed), len(shared._plans)) == (KEPT + 3, 3, KEPT)


@pytest.mark.parametrize(
    ("stage", "named"),
    [
        pytest.param(asking(Compare("=", x.node, literal("a")), x > 0), "compared with both", id="a value of two kinds"),
        pytest.param(asking(x.node), "Read of type number as a condition", id="a number as a condition"),
        pytest.param(asking(Arith("+", x.node, x.node, Type.FLAG)), "Arith of type flag as a condition", id="a sum as a condition"),
        pytest.param(Stage("s", NUMBERS, (Derive("x", Type.NUMBER, y.node),)), "'x' made twice", id="a name made twice"),
    ],
)
def test_what_it_cannot_carry_is_named(stage: Stage, named: str) -> None:
    table = pl.DataFrame({f.name: [1] for f in stage.fields}, schema={f.name: pl.Int64 for f in stage.fields})
    with pytest.raises(UnsupportedError, match=named) as caught:
        Durable().decide(stage, table, silent)
    assert caught.value.findings[0].fix == "decide with --engine reference"


def test_a_name_that_is_made_later_is_missing_until_then() -> None:
    later = (RuleList("list", Hit.COLLECT, (Rule("r", Compare(">", Read("d", Type.NUMBER), number(0))),)), Derive("d", Type.NUMBER, x.node))
    assert truths(Stage("s", NUMBERS, later), {"x": 1}) == [None]
