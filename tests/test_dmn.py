"""Decision tables as DMN describes them, re-stated as policies, decide as the standard's hit policies say.

DMN 1.5, chapter 8.2.8: under Unique only one rule may hold, and it decides; under First the first in order that holds
decides; under Collect all that hold are the result. The tables are decided a second time by a few lines of Python that share
nothing with the engines. What a policy adds, a missing value, stands apart below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_rules.backends import backends
from kam_rules.model.errors import Where
from kam_rules.model.policy import Policy, Source
from kam_rules.model.tree import Value
from kam_rules.model.trial import Attempt, Trial
from kam_rules.pipeline.check import check_text
from kam_rules.pipeline.trials.attempt import confirm, decide, laid, values
from tests.generators import SMALL, policy_text

Inputs = Mapping[str, object]
Entry = str
"""An input entry as DMN writes it: - for any, <25, >=60, [25..60], or words with commas between."""


@dataclass(frozen=True)
class Table:
    """A decision table: its inputs, each with what is tried; a rule has an entry for each input, and its output."""

    hit: str
    inputs: Mapping[str, tuple[object, ...]]
    rules: tuple[tuple[tuple[Entry, ...], str], ...]

    def holding(self, given: Inputs) -> list[str]:
        """Return the outputs of all rules that hold, in order: the standard's own reading."""
        return [
            output for entries, output in self.rules if all(matches(e, given[name]) for e, name in zip(entries, self.inputs, strict=True))
        ]


def matches(entry: Entry, value: object) -> bool:
    """Tell whether a value fits an input entry."""
    if entry == "-":
        return True
    if isinstance(value, str):
        return value in entry.split(",")
    assert isinstance(value, int)
    if entry[0] in "[(":
        low, high = entry[1:-1].split("..")
        above = value >= int(low) if entry[0] == "[" else value > int(low)
        return above and (value <= int(high) if entry[-1] == "]" else value < int(high))
    signs: dict[str, Callable[[int, int], bool]] = {">=": int.__ge__, "<=": int.__le__, "<": int.__lt__, ">": int.__gt__}
    sign = next(sign for sign in signs if entry.startswith(sign))
    return signs[sign](value, int(entry.removeprefix(sign)))


# --- The same table as a policy -----------------------------------------------------------------------------------------


def condition(table: Table, entries: tuple[Entry, ...]) -> str:
    """Return a rule's entries as a condition."""
    parts = []
    for entry, (name, tried) in zip(entries, table.inputs.items(), strict=True):
        if entry != "-" and isinstance(tried[0], str):
            words = ", ".join(f'"{word}"' for word in entry.split(","))
            parts.append(f"{name} in ({words})")
        elif entry != "-":
            parts.append(f"{name} in {entry}" if entry[0] in "[(" else f"{name} {entry}")
    return " and ".join(parts) or "base_revenue >= 0"


def policy(table: Table) -> Policy:
    """Return the table as a policy: a unique or first one as its states, one that collects as its triggers."""
    fields = [
        f"{name}: {{type: category, values: [{', '.join(map(str, tried))}]}}" if isinstance(tried[0], str) else f"{name}: {{type: number}}"
        for name, tried in table.inputs.items()
    ]
    rules = [(f"r{i}", condition(table, entries), output) for i, (entries, output) in enumerate(table.rules)]
    sections = {"fields": "\n".join([dedent(SMALL["fields"]).strip(), *fields])}
    if table.hit == "collect":
        lines = [f"- {{id: {id_}, when: '{when}', then: review, because: {output}}}" for id_, when, output in rules]
        sections["triggers"] = "\n".join(lines)
    else:
        lines = [f"  - {{id: {id_}, state: {output}, when: '{when}', because: b}}" for id_, when, output in rules]
        head = f"hit: {table.hit}\ninputs: {{maturity: health, penetration: headroom, potential: headroom}}\nif_unknown: hold\nrules:\n"
        sections["states"] = head + "\n".join(lines)
        states = ", ".join(f"{output}: {{target: 100%}}" for output in dict.fromkeys(output for _, _, output in rules))
        sections["targets"] = SMALL["targets"].replace("{at_risk: {target: 80%}, mature: {target: 110%}}", f"{{{states}}}")
    return check_text(policy_text(**sections), Source("table.yaml", ""))


def decided(found: Policy, given: Inputs) -> Attempt:
    """Decide by the reference engine."""
    exact: dict[str, Value] = {name: Fraction(v) if isinstance(v, int) else str(v) for name, v in given.items() if v is not None}
    return decide(laid(found, found.start), {"base_revenue": Fraction(100), **exact})


def outputs(table: Table, attempt: Attempt) -> list[str]:
    """Return the outputs of a policy in the words of its table."""
    if table.hit == "collect":
        fired = attempt.found["triggers"]
        assert isinstance(fired, tuple)
        return [table.rules[int(id_.removeprefix("r"))][1] for id_ in fired]
    return [] if attempt.found["state"] is None else [str(attempt.found["state"])]


def by_the_standard(table: Table, given: Inputs) -> list[str]:
    """Return what the table's hit policy makes of the rules that hold; a broken Unique has no result."""
    holding = table.holding(given)
    if table.hit == "unique":
        return holding if len(holding) == 1 else []
    return holding[:1] if table.hit == "first" else holding


def all_inputs(table: Table) -> Iterator[Inputs]:
    for combined in product(*table.inputs.values()):
        yield dict(zip(table.inputs, combined, strict=True))


AGES = (0, 24, 25, 26, 59, 60, 61, 99)
RISK = Table(
    "unique",
    {"age": AGES, "history": ("good", "bad")},
    (
        ((">60", "good"), "medium"),
        ((">60", "bad"), "high"),
        (("[25..60]", "-"), "medium"),
        (("<25", "good"), "low"),
        (("<25", "bad"), "medium"),
    ),
)
OVERLAPPING = Table(
    "unique", {"age": AGES, "history": ("good", "bad")}, (((">=60", "-"), "senior"), (("<=60", "good"), "safe"), (("<25", "-"), "young"))
)
DISCOUNT = Table(
    "first",
    {"order": ("web", "phone"), "place": ("home", "abroad"), "customer": ("wholesaler", "retailer")},
    (
        (("web", "home", "wholesaler"), "ten_percent"),
        (("phone", "-", "-"), "none_at_all"),
        (("-", "abroad", "-"), "none_at_all"),
        (("-", "-", "retailer"), "five_percent"),
    ),
)
BANDS = Table("first", {"score": (0, 39, 40, 41, 79, 80, 81, 100)}, (((">=80",), "gold"), ((">=40",), "silver"), (("-",), "bronze")))
REASONS = Table(
    "collect",
    {"age": AGES, "country": ("home", "abroad"), "history": ("good", "bad")},
    (
        (("<25", "-", "-"), "a_guarantor"),
        (("-", "abroad", "-"), "a_visa"),
        (("-", "-", "bad"), "a_second_look"),
        ((">60", "home,abroad", "bad"), "a_doctor"),
        (("(24..60)", "home", "good"), "nothing"),
    ),
)
TABLES = {"risk": RISK, "overlapping": OVERLAPPING, "discount": DISCOUNT, "bands": BANDS, "reasons": REASONS}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_decides_every_input_as_its_hit_policy_says(name: str):
    table = TABLES[name]
    if "score" in table.inputs:  # which is a word of the language
        table = Table(table.hit, {"mark": table.inputs["score"]}, table.rules)
    found = policy(table)
    tried = list(all_inputs(table))
    assert [outputs(table, decided(found, given)) for given in tried] == [by_the_standard(table, given) for given in tried]
    assert {len(by_the_standard(table, given)) for given in tried} != {0}


@pytest.mark.parametrize("name", [name for name in TABLES if name != "bands"])
def test_all_engines_decide_a_table_alike(name: str):
    table = TABLES[name]
    found = policy(table)
    trials = [
        Trial(str(given), Where("t"), found.start, {"base_revenue": "100", **{k: str(v) for k, v in given.items()}}, {}, {})
        for given in all_inputs(table)
    ]
    rows, faults = values(laid(found, found.start), trials)
    assert not any(faults)
    engines, left_out = confirm(laid(found, found.start), [row for row in rows if row is not None], trials)
    assert (set(engines), left_out) == (set(backends()), {})


def test_a_unique_table_whose_rules_overlap_has_no_result_there():
    """DMN calls it an error of the table; a policy leaves the account undecided, and `check` says so beforehand."""
    found = policy(OVERLAPPING)
    assert decided(found, {"age": 60, "history": "good"}).found["state"] is None
    assert decided(found, {"age": 60, "history": "bad"}).found["state"] == "senior"
    assert decided(found, {"age": 24, "history": "good"}).found["state"] is None


def test_a_table_that_no_rule_covers_has_no_result():
    """DMN returns null; a policy leaves the account undecided, and never takes the nearest rule."""
    gap = Table("first", {"age": AGES}, ((("<25",), "young"), ((">60",), "old")))
    assert [decided(policy(gap), {"age": age}).found["state"] for age in (24, 25, 60, 61)] == ["young", None, None, "old"]


def test_the_order_of_rules_decides_under_first_alone():
    turned = {hit: Table(hit, RISK.inputs, tuple(reversed(RISK.rules))) for hit in ("unique", "first")}
    for table in turned.values():
        assert [outputs(table, decided(policy(table), given)) for given in all_inputs(table)] == [
            by_the_standard(RISK, given) for given in all_inputs(RISK)
        ], "no two rules of this table hold at once"
    discount = Table("first", DISCOUNT.inputs, tuple(reversed(DISCOUNT.rules)))
    given: Inputs = {"order": "web", "place": "home", "customer": "wholesaler"}
    assert outputs(discount, decided(policy(discount), given)) == ["ten_percent"]
    given = {"order": "phone", "place": "home", "customer": "retailer"}
    assert (outputs(DISCOUNT, decided(policy(DISCOUNT), given)), outputs(discount, decided(policy(discount), given))) == (
        ["none_at_all"],
        ["five_percent"],
    )


@pytest.mark.parametrize(
    ("table", "given", "result"),
    [
        pytest.param(DISCOUNT, {"order": "phone"}, ["none_at_all"], id="first: a rule that holds whatever is missing"),
        pytest.param(DISCOUNT, {"order": "web", "place": "home"}, [], id="first: a rule above could still hold"),
        pytest.param(RISK, {"age": 30}, ["medium"], id="unique: what is missing is not asked"),
        pytest.param(RISK, {"age": 61}, [], id="unique: one of two, and nobody knows which"),
        pytest.param(REASONS, {"country": "abroad"}, ["a_visa"], id="collect: what holds is there, the rest is open"),
    ],
)
def test_a_missing_value_is_never_a_no(table: Table, given: Inputs, result: list[str]):
    """Beyond the standard's tables: what is unknown is held, not passed over."""
    assert outputs(table, decided(policy(table), given)) == result


# --- Tables at random ---------------------------------------------------------------------------------------------------

EDGES = (0, 10, 20, 30)


def random_table(random: Random) -> Table:
    """Return a table of two numbers and a word, its entries all at a few edges."""

    def number() -> Entry:
        low, high = sorted(random.sample(EDGES, 2))
        ways = (
            "-",
            f">={low}",
            f"<{high}",
            f">{low}",
            f"<={high}",
            f"[{low}..{high}]",
            f"[{low}..{high})",
            f"({low}..{high}]",
            f"({low}..{high})",
        )
        return random.choice(ways)

    def word() -> Entry:
        return random.choice(("-", "red", "blue", "red,blue"))

    rules = tuple(((number(), number(), word()), f"out{random.randrange(4)}") for _ in range(random.randint(1, 7)))
    tried = tuple(sorted({edge + step for edge in EDGES for step in (-1, 0, 1)}))
    return Table(random.choice(("unique", "first", "collect")), {"x": tried, "y": tried, "colour": ("red", "blue", "green")}, rules)


def sampled(random: Random, table: Table, count: int) -> Iterable[Inputs]:
    return ({name: random.choice(tried) for name, tried in table.inputs.items()} for _ in range(count))


@settings(max_examples=60)
@given(st.integers(min_value=0, max_value=10**9))
def test_any_table_decides_as_its_hit_policy_says(seed: int):
    random = Random(seed)  # noqa: S311 - no secret
    table = random_table(random)
    found = policy(table)
    for given_ in sampled(random, table, 40):
        assert outputs(table, decided(found, given_)) == by_the_standard(table, given_), (table, given_)
