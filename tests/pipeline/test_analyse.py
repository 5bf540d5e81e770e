"""The analysis of a policy: each finding on a policy that has it and on its nearest neighbour that does not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings

from kam_rules.backends.reference import evaluate, take
from kam_rules.findings import page
from kam_rules.model.errors import Finding
from kam_rules.model.policy import Policy, Source
from kam_rules.model.program import Hit, Program, RuleList
from kam_rules.model.tree import Value
from kam_rules.pipeline.analyse import analyse
from kam_rules.pipeline.analyse.account import later
from kam_rules.pipeline.analyse.solve import _Search
from kam_rules.pipeline.check import check, check_text
from kam_rules.pipeline.compile import compile_policy
from tests.conftest import ROOT
from tests.generators import policy_text, randoms

SHIPPED = [*(ROOT / "policies").rglob("fy????.yaml"), ROOT / "kam_rules" / "starter" / "policy.yaml"]


def policy(**sections: str) -> Policy:
    return check_text(policy_text(**sections), Source("p.yaml", ""))


def found(**sections: str) -> list[Finding]:
    return [told.finding for told in analyse(policy(**sections))]


def tiers(*whens: str, hit: str = "first", if_unknown: str = "hold") -> str:
    rules = [f"{{id: t{i}, {'otherwise: true' if when == 'otherwise' else f'when: {when}'}}}" for i, when in enumerate(whens, start=1)]
    return f"hit: {hit}\nif_unknown: {if_unknown}\nrules:\n" + "".join(f"  - {rule}\n" for rule in rules)


def states(*whens: str, hit: str = "first", if_unknown: str = "hold", more: str = "") -> str:
    """Rules that give at_risk and mature in turn."""
    lines = []
    for i, when in enumerate(whens):
        condition = "otherwise: true" if when == "otherwise" else f"when: '{when}'"
        lines.append(f"  - {{id: r{i}, state: {('at_risk', 'mature')[i % 2]}, {condition}, because: reason {i}{more}}}")
    inputs = "inputs: {maturity: health, penetration: headroom, potential: headroom}"
    return f"hit: {hit}\n{inputs}\nif_unknown: {if_unknown}\nrules:\n" + "\n".join(lines) + "\n"


def fields(more: str) -> str:
    return f"""
        base_revenue: {{type: money, required: true, min: 0, max: 1000000}}
        points: {{type: number}}
        health: {{type: number, min: 0, max: 100}}
        willing: {{type: flag}}
        headroom: {{type: money}}
        since: {{type: date}}
        {more}
        """


def trigger(when: str) -> str:
    return f"- {{id: alarm, when: '{when}', then: review, because: Look}}"


BANDS = """
    - {{id: points, weight: 100%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
       measure: health, if_missing: reject, bands: [{bands}]}}
    """
TWO = """
    - {{id: points, weight: {a}%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
       measure: points, if_missing: zero, bands: [{{from: lowest, score: 0}}, {{from: 5, score: 100}}]}}
    - {{id: health, weight: {b}%, purpose: long_term_growth, kind: quantitative, about: customer, horizon: future,
       measure: health, if_missing: zero, bands: [{{from: lowest, score: 0}}, {{from: 50, score: 100}}]}}
    """
WALLET = fields("wallet: {type: money, min: 0}")
SHARE = "share: {type: ratio, is: base_revenue / wallet}\nroom: {type: money, is: wallet - base_revenue}"

CASES = [
    pytest.param(
        "KR701", "tiers.t2", {"tiers": tiers("score >= 40", "score >= 80", "otherwise")},
        {"tiers": tiers("score >= 80", "score >= 40", "otherwise")}, id="a lower edge in front of a higher one",
    ),
    pytest.param(
        "KR701", "states.r2", {"states": states("health < 50", "health >= 30 and health < 70", "health between 40 and 60", "otherwise")},
        {"states": states("health < 50", "health >= 30 and health < 70", "health between 40 and 70", "otherwise")},
        id="masked by two rules together, and not by either",
    ),
    pytest.param(
        "KR701", "states.r1", {"fields": WALLET, "metrics": SHARE, "states": states("share < 40%", "room > 0.6 * wallet", "otherwise")},
        {"fields": WALLET, "metrics": SHARE, "states": states("share < 40%", "room > 0.5 * wallet", "otherwise")},
        id="two measures of one wallet",
    ),
    pytest.param(
        "KR701", "states.r1", {"states": states("health < 100", "health < 90", "otherwise", if_unknown="flag")},
        {"states": states("health < 90", "health < 100", "otherwise", if_unknown="flag")}, id="with flag",
    ),
    pytest.param(
        "KR702", "states.r1", {"states": states("health <= 50", "health >= 50", hit="unique")},
        {"states": states("health < 50", "health >= 50", hit="unique")}, id="both on the edge",
    ),
    pytest.param(
        "KR702", "states.r1",
        {"fields": WALLET, "metrics": SHARE, "states": states("share < 50%", "room < 0.6 * wallet", "otherwise", hit="unique")},
        {"fields": WALLET, "metrics": SHARE, "states": states("share < 40%", "room < 0.6 * wallet", "otherwise", hit="unique")},
        id="two measures of one wallet overlap",
    ),
    pytest.param(
        "KR703", "tiers", {"tiers": tiers("score >= 80", "score between 40 and 79", "score < 40")},
        {"tiers": tiers("score >= 80", "score between 40 and 79.99", "score < 40")}, id="a score that no row covers",
    ),
    pytest.param(
        "KR703", "states", {"states": states("health < 50", "health > 50")}, {"states": states("health < 50", "health >= 50")},
        id="a hole of one value",
    ),
    pytest.param(
        "KR703", "states", {"states": states("health < 50", "health > 50", hit="unique")},
        {"states": states("health < 50", "health >= 50", hit="unique")}, id="a hole in a unique list",
    ),
    pytest.param(
        "KR704", "triggers.alarm", {"fields": fields(""), "triggers": trigger("health > 100")},
        {"fields": fields(""), "triggers": trigger("health > 99.999999")}, id="beyond the contract",
    ),
    pytest.param(
        "KR704", "triggers.alarm", {"triggers": trigger("health < 40 and health > 40")},
        {"triggers": trigger("health <= 40 and health >= 40")}, id="parts that contradict one another",
    ),
    pytest.param(
        "KR704", "triggers.alarm", {"triggers": trigger('tier = "t1" and tier = "t2"')},
        {"triggers": trigger('tier = "t1" or tier = "t2"')}, id="two words at once",
    ),
    pytest.param(
        "KR704", "triggers.alarm", {"triggers": trigger("known(health) and not(known(health))")},
        {"triggers": trigger("known(health) and not(known(points))")}, id="known and missing",
    ),
    pytest.param(
        "KR705", "gates.asked", {"fields": fields(""), "gates": "- {id: asked, ask: Q, when: health >= 0, because: B}"},
        {"fields": fields(""), "gates": "- {id: asked, ask: Q, when: health >= 0.000001, because: B}"}, id="everyone passes",
    ),
    pytest.param(
        "KR706", "triggers.alarm: health <= 100", {"fields": fields(""), "triggers": trigger("points > 5 and health <= 100")},
        {"fields": fields(""), "triggers": trigger("points > 5 and health <= 99")}, id="a part that is always true",
    ),
    pytest.param(
        "KR706", "triggers.alarm: health > 100", {"fields": fields(""), "triggers": trigger("points > 5 or health > 100")},
        {"fields": fields(""), "triggers": trigger("points > 5 or health > 99")}, id="a part that is never true",
    ),
    pytest.param(
        "KR707", "tiers.t1",
        {"criteria": BANDS.format(bands="{from: lowest, score: 0}, {from: 50, score: 70}"), "tiers": tiers("score >= 75", "otherwise")},
        {"criteria": BANDS.format(bands="{from: lowest, score: 0}, {from: 50, score: 75}"), "tiers": tiers("score >= 75", "otherwise")},
        id="a score that the criteria cannot add up to",
    ),
    pytest.param(
        "KR708", "criteria.points.0",
        {"fields": fields(""), "criteria": BANDS.format(bands="{from: lowest, score: 0}, {from: 0, score: 100}")},
        {"fields": fields(""), "criteria": BANDS.format(bands="{from: lowest, score: 0}, {from: 0.000001, score: 100}")},
        id="below the contract",
    ),
    pytest.param(
        "KR709", "criteria.points.1",
        {"criteria": BANDS.format(bands="{from: lowest, score: 0}, {from: 50, score: 0}, {from: 80, score: 100}")},
        {"criteria": BANDS.format(bands="{from: lowest, score: 0}, {from: 50, score: 1}, {from: 80, score: 100}")},
        id="two bands with one score",
    ),
    pytest.param(
        "KR709", "targets.mature.t2",
        {"targets": """
            base: {field: base_revenue, basis: opening_arr}
            plausible: [0%, 300%]
            by_state: {at_risk: {target: 80%}, mature: {by_tier: {t1: {target: 110%}, t2: {target: 110%}, otherwise: {target: 105%}}}}
            zero_base: {lapsed_when: known(since), prospect: none, lapsed: none}
            """},
        {"targets": """
            base: {field: base_revenue, basis: opening_arr}
            plausible: [0%, 300%]
            by_state: {at_risk: {target: 80%}, mature: {by_tier: {t1: {target: 110%}, t2: {target: 109%}, otherwise: {target: 105%}}}}
            zero_base: {lapsed_when: known(since), prospect: none, lapsed: none}
            """},
        id="two tiers with one target",
    ),
    pytest.param(
        "KR710", "criteria.health", {"criteria": TWO.format(a=95, b=5), "tiers": tiers("score >= 50", "otherwise")},
        {"criteria": TWO.format(a=95, b=5), "tiers": tiers("score >= 95.01", "otherwise")}, id="no edge between its scores",
    ),
    pytest.param(
        "KR711", "fields.unread", {"fields": fields("unread: {type: number}")},
        {"fields": fields("unread: {type: number}"), "triggers": trigger("unread > 5")}, id="a field",
    ),
    pytest.param(
        "KR711", "metrics.double", {"metrics": "double: {type: number, is: points * 2}"},
        {"metrics": "double: {type: number, is: points * 2}", "triggers": trigger("double > 5")}, id="a metric",
    ),
    pytest.param(
        "KR713", "states", {"states": states("health < 50", "otherwise", hit="unique", if_unknown="flag")},
        {"states": states("health < 50", "otherwise", hit="unique", if_unknown="hold")}, id="a flag that a unique list cannot follow",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("code", "subject", "bad", "good"), CASES)
def test_a_finding_is_told_of_the_policy_that_has_it_and_not_of_its_neighbour(
    code: str, subject: str, bad: dict[str, str], good: dict[str, str]
):
    told = [f for f in found(**bad) if f.code == code and not f.subject.endswith(".willing")]
    assert [f.subject for f in told] == [subject]
    assert told[0].level == page(code).LEVEL
    assert told[0].where is not None
    assert told[0].fix
    assert told[0].example or code == "KR711"
    assert (code, subject) not in [(f.code, f.subject) for f in found(**good)]


def test_every_finding_of_the_analysis_has_its_case():
    cased = {case.values[0] for case in CASES}
    assert {"KR701", "KR702", "KR703", "KR704", "KR705", "KR706", "KR707", "KR708", "KR709", "KR710", "KR711", "KR713"} == cased


def test_the_silent_failures_of_ordered_lists_are_told_with_an_account():
    """Well-known engines accept >= 40 in front of >= 80, and answer nothing for a score that no row covers."""
    masked = next(f for f in found(tiers=tiers("score >= 40", "score >= 80", "otherwise")) if f.code == "KR701")
    assert masked.message == "'t2' can never fire: every account that meets it falls to 't1' above"
    assert masked.related[0][1] == "'t1' takes its accounts"
    assert Fraction(dict(masked.example)["score"]) >= 80
    hole = next(f for f in found(tiers=tiers("score >= 80", "score between 40 and 79", "score < 40")) if f.code == "KR703")
    assert 79 < Fraction(dict(hole.example)["score"]) < 80


@pytest.mark.parametrize(
    ("when", "said"),
    [
        pytest.param("points * health > 6 and health * points < 3", True, id="products of two fields, which contradict one another"),
        pytest.param("points * health > 6 and points < 3", False, id="a product that some account shows"),
        pytest.param("owner = account_name", True, id="two texts"),
        pytest.param("points > 6 and health < 3", False, id="sums"),
    ],
)
def test_what_is_neither_proved_nor_shown_is_said(when: str, *, said: bool):
    told = found(states=states(when, "otherwise"))
    assert (("KR712", "states.r0") in [(f.code, f.subject) for f in told]) is said
    assert not [f for f in told if f.code in {"KR701", "KR704"}]


def test_a_list_that_could_meet_a_missing_value_says_what_happens():
    """Without if_unknown the policy is refused, so no list can meet one unprepared."""
    from kam_rules.model.errors import PolicyError

    text = policy_text(tiers="rules: [{id: t1, when: score >= 65}, {id: t2, otherwise: true}]")
    with pytest.raises(PolicyError) as error:
        check_text(text, Source("p.yaml", ""))
    assert [(f.code, "if_unknown" in f.message) for f in error.value.findings] == [("KR102", True)]


def test_what_reconciliation_alone_reads_is_read(tmp_path: Path):
    """The flagship's top-down figure, where no baseline names it."""
    path = tmp_path / "p.yaml"
    path.write_text((ROOT / "policies" / "key-accounts" / "fy2027.yaml").read_text().replace("uniform: top_down_nrr", "uniform: 112%"))
    assert [told.finding.subject for told in analyse(check(path)) if told.finding.code == "KR711"] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_shipped_policies_have_no_finding_of_the_analysis(path: Path):
    assert [f.finding.message for f in analyse(check(path))] == []


def test_an_assumption_that_changes_within_the_year_is_asked_on_each_of_its_days():
    """The rule can fire until January, and not from then on."""
    told = found(
        assumptions="""
            edge:
              2026-02-01: {value: 50, source: S, approved_by: A}
              2027-01-01: {value: 120, source: S, approved_by: A}
            """,
        fields=fields(""),
        triggers=trigger("health > edge"),
    )
    assert [f.message for f in told if f.code == "KR704"] == [
        "'alarm' is never true: no account can meet health > edge (with the assumptions of 2027-01-01)"
    ]


@pytest.mark.parametrize(
    ("day", "by", "wanted"),
    [("2026-03-31", -1, "2026-02-28"), ("2026-01-15", 12, "2027-01-15"), ("2026-12-31", 2, "2027-02-28")],
)
def test_a_day_some_months_later_is_the_last_of_a_shorter_month(day: str, by: int, wanted: str):
    import datetime as dt

    assert later(dt.date.fromisoformat(day), by) == dt.date.fromisoformat(wanted)


# --- Random policies --------------------------------------------------------------------------------------------------

EDGES = ("0", "10", "25", "50", "50.5", "75", "99", "100")


def atom(rng: Random) -> str:
    op = rng.choice(("<", "<=", ">", ">=", "=", "!="))
    return rng.choice(
        (
            lambda: f"health {op} {rng.choice(EDGES)}",
            lambda: f"health between {rng.choice(EDGES)} and {rng.choice(EDGES)}",
            lambda: f"points {op} {rng.choice(('-5', '0', '5'))}",
            lambda: f"share {rng.choice(('<', '<=', '>', '>='))} {rng.choice((0, 20, 40, 100, 150))}%",
            lambda: f"room {rng.choice(('<', '>='))} {rng.choice((0, 1000, 250000))}",
            lambda: f"room {rng.choice(('<', '>='))} {rng.choice(('0.4', '0.6'))} * wallet",
            lambda: f"months(since, as_of) {rng.choice(('<', '>='))} {rng.choice((0, 6, 12))}",
            lambda: rng.choice(("willing", "not(willing)", "known(wallet)", "not(known(health))")),
            lambda: f'kind {rng.choice(("=", "!="))} "{rng.choice("abc")}"',
            lambda: f'kind in ("a", "{rng.choice("bc")}")',
        )
    )()


def condition(rng: Random) -> str:
    parts = [atom(rng) for _ in range(rng.choice((1, 1, 2, 2, 3)))]
    return f" {rng.choice(('and', 'and', 'or'))} ".join(f"({part})" for part in parts)


def random_policy(rng: Random) -> Policy:
    conditions = [condition(rng) for _ in range(rng.randrange(2, 7))]
    edges = sorted(rng.sample(range(101), 3), reverse=rng.random() < 0.7)
    scores = [f"score {rng.choice(('>=', '>'))} {edge}{rng.choice(('', '', ' and willing'))}" for edge in edges[: rng.randrange(1, 4)]]
    last = ["otherwise"] if rng.random() < 0.7 else []
    hit, if_unknown = rng.choice(("first", "first", "unique")), rng.choice(("hold", "flag"))
    edges_ = ("lowest", rng.choice((-1, 0, 20, 90, 101)))
    bands = ", ".join(f"{{from: {edge}, score: {rng.choice((0, 20, 50, 100))}}}" for edge in edges_)
    return policy(
        fields=fields("wallet: {type: money, min: 0}\nkind: {type: category, values: [a, b, c]}").replace("\nkind", "\n        kind"),
        metrics=SHARE,
        criteria=BANDS.format(bands=bands),
        tiers=tiers(*scores, *(last or ["score < 30"]), if_unknown=if_unknown),
        states=states(*conditions, *(["otherwise"] if rng.random() < 0.5 else []), hit=hit, if_unknown=if_unknown),
        gates=f"- {{id: asked, ask: Q, when: '{condition(rng)}', because: B}}" if rng.random() < 0.5 else "",
        triggers=trigger(rng.choice((condition(rng), f'{atom(rng)} and state = "at_risk"', f'tier != "t1" and {atom(rng)}'))),
    )


def random_account(rng: Random) -> dict[str, Value]:
    """Draw an account that sits on edges more often than not."""
    import datetime as dt

    money = rng.choice((0, 100, 100000, 250000, 400000, 1000000))
    near = Fraction(rng.choice((0, 0, 0, 1, -1)), 100)
    base = max(Fraction(0), min(Fraction(1000000), money + near))
    wallet = base * Fraction(rng.choice((1, 2, 5, 10, 25)), rng.choice((1, 2, 4, 10))) + near
    facts: dict[str, Value] = {
        "base_revenue": base,
        "points": Fraction(rng.choice((-6, -5, 0, 5, 6))),
        "health": max(Fraction(0), min(Fraction(100), Fraction(rng.choice(EDGES)) + near)),
        "willing": rng.random() < 0.5,
        "headroom": Fraction(5),
        "since": dt.date(2026, 2, 1) - dt.timedelta(days=rng.choice((0, 100, 181, 184, 365, 366))),
        "wallet": max(Fraction(0), round(wallet * 100) / Fraction(100)),
        "kind": rng.choice("abc"),
    }
    missing = rng.sample([name for name in facts if name != "base_revenue"], rng.choice((0, 0, 0, 1, 2)))
    return facts | dict.fromkeys(missing) | {"account_id": "a"}


def decided(program: Program, account: dict[str, Value]) -> tuple[dict[str, int | None], dict[str, list[Value]], dict[str, Value]]:
    """Return the deciding rule of each list and the truth of every rule, by the reference engine."""
    facts = dict(account)
    verdicts: dict[str, int | None] = {}
    truths: dict[str, list[Value]] = {}
    for stage in program.stages:
        before = dict(facts)
        outcome = take(stage, facts)
        verdicts |= {id_: verdict.rule for id_, verdict in outcome.verdicts.items()}
        for found_ in stage.lists:
            truths[found_.id] = [evaluate(rule.when, facts | {k: v for k, v in before.items() if k in account}) for rule in found_.rules]
    return verdicts, truths, facts


Said = set[tuple[str, str]]


def refuted(said: Said, rules: RuleList, rule: int | None, truths: list[Value]) -> list[str]:
    """Return what an account refutes of what was said of a list."""
    names = [f"{rules.id}.{item.id}" for item in rules.rules]
    wrong = [name for i, name in enumerate(names) if ("KR701", name) in said and rule == i]
    wrong += [name for i, name in enumerate(names) if said & {("KR704", name), ("KR707", name)} and truths[i] is True]
    wrong += [name for i, name in enumerate(names) if ("KR705", name) in said and truths[i] is False]
    about = {code for code, subject in said if subject.partition(".")[0] == rules.id}
    if rules.hit is not Hit.COLLECT and not about & {"KR703", "KR712"} and all(truth is False for truth in truths):
        wrong.append(f"{rules.id} leaves an account out")
    if rules.hit is Hit.UNIQUE and not about & {"KR702", "KR712"} and truths.count(True) > 1:
        wrong.append(f"{rules.id} has two rules at once")
    return wrong


@settings(max_examples=20)
@given(randoms())
def test_no_account_refutes_what_the_analysis_says_of_a_random_policy(rng: Random):
    """Each "unreachable" holds for every account; each list without a finding leaves no account out and no two rules at once."""
    drawn = random_policy(rng)
    said = {(told.finding.code, told.finding.subject) for told in analyse(drawn)}
    program = compile_policy(drawn, drawn.start).program
    lists = [rules for rules in program.lists if rules.id in {"tiers", "states", "triggers"}]
    held: set[int | None] = set()
    for _ in range(1000):
        verdicts, truths, facts = decided(program, random_account(rng))
        held |= {verdicts["tiers"]} if facts["score"] is not None and facts["qualified"] and facts["willing"] else set()
        for rules in lists:
            assert refuted(said, rules, verdicts[rules.id], truths[rules.id]) == [], facts
        for i in range(2):
            assert ("KR708", f"criteria.points.{i}") not in said or verdicts["criteria.points"] != i, facts
    assert ("KR710", "criteria.points") not in said or len(held) <= 1, held


# --- What it costs --------------------------------------------------------------------------------------------------------


def _asked(count: int, monkeypatch: pytest.MonkeyPatch, hit: str) -> int:
    """Return how many questions a list of so many rules over three fields each asks."""
    names = [f"m{i}" for i in range(6)]
    more = "".join(f"\n        {name}: {{type: number, min: 0, max: 100}}" for name in names)
    whens = [
        f"{names[i % 6]} >= {i % 50} and {names[(i + 1) % 6]} < {40 + i % 60} and {names[(i + 3) % 6]} + health < {90 + i}"
        for i in range(count - 1)
    ]
    asked, run = [0], _Search.run

    def counted(self: _Search, formulas: object) -> object:
        asked[0] += 1
        return run(self, formulas)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(_Search, "run", counted)
        analyse(policy(fields=fields(more), states=states(*whens, "otherwise", hit=hit)))
    return asked[0]


@pytest.mark.parametrize("hit", ["first", "unique"])
def test_the_questions_of_60_rules_over_several_fields_stay_within_the_bound_that_is_stated(monkeypatch: pytest.MonkeyPatch, hit: str):
    """Counted, not timed: a list of n rules asks at most 16 n² + 31 n questions, and each costs at most 400 choices."""
    asked = _asked(60, monkeypatch, hit)
    assert 60 < asked <= 16 * 60**2 + 31 * 60
