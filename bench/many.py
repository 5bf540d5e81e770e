"""Write a policy of 500 rules: 250 bands, 60 states over three fields each, 150 triggers, and what else a policy has.

Call: python many.py OUT
"""

import sys
from pathlib import Path

from kam_rules.pipeline.check import check

FIELDS, BANDS, STATES, TRIGGERS, TIERS = 10, 25, 60, 150, 5
RULES = 500

HEAD = """\
policy: many
fiscal_year: FY2027
effective: {from: 2026-07-01, to: 2027-06-30}
owner: bench
currency: USD
definition: {is: Measured, they_bring: Rules, we_bring: Time}
fields:
  base_revenue: {type: money, required: true, min: 0, max: 1000000000}
  customer_since: {type: date}
"""


def text() -> str:
    """Return the policy."""
    names = [f"f{i}" for i in range(FIELDS)]
    lines = [HEAD.rstrip()]
    lines += [f"  {name}: {{type: money, min: -1000000, max: 100000000}}" for name in names]
    lines += ["gates:"]
    lines += [f"  - {{id: gate_{i}, ask: Question {i}, when: {names[i]} >= {i * 1000}, because: It is asked}}" for i in range(3)]
    lines += ["criteria:"]
    for name in names:
        lines += [f"  - id: {name}_criterion", "    weight: 10%", "    purpose: long_term_growth", "    kind: quantitative"]
        lines += ["    about: customer", "    horizon: future", f"    measure: {name}", "    if_missing: zero", "    bands:"]
        lines += ["      - {from: lowest, score: 0}"]
        lines += [f"      - {{from: {i * 10000}, score: {i * 4}}}" for i in range(1, BANDS)]
    lines += ["scoring: {min_coverage: 50%, round: 2}", "tiers:", "  if_unknown: hold", "  rules:"]
    lines += [f"    - {{id: tier_{i}, when: score >= {80 - 20 * i}, because: An edge}}" for i in range(TIERS - 1)]
    lines += ["    - {id: tier_last, otherwise: true}"]
    lines += ["states:", f"  inputs: {{maturity: {names[0]}, penetration: {names[1]}, potential: {names[2]}}}", "  if_unknown: hold"]
    lines += ["  rules:", *(f"    - {_state(i, names)}" for i in range(STATES - 1))]
    lines += ["    - {id: mature, otherwise: true, because: All others}"]
    lines += ["targets:", "  base: {field: base_revenue, basis: trailing_12m}", "  plausible: [0%, 300%]", "  by_state:"]
    lines += [f"    s{i}: {{target: {100 + i % 30}%}}" for i in range(KINDS)]
    lines += ["    mature: {target: 110%}", "  zero_base: {lapsed_when: known(customer_since), prospect: none, lapsed: none}", "triggers:"]
    lines += [f"  - {{id: t{i}, {_trigger(i, names)}, then: review, because: Look again}}" for i in range(TRIGGERS)]
    return "\n".join(lines) + "\n"


KINDS = 31


def _state(i: int, names: list[str]) -> str:
    a, b, c = (names[(i + step) % FIELDS] for step in (0, 3, 7))
    when = f"{a} < {20000 + 1000 * i} and {b} >= {30000 + 2000 * i} and {a} + {c} < {500000 + 5000 * i}"
    return f"{{id: rule_{i}, state: s{i % KINDS}, when: {when}, because: A part of the book}}"


def _trigger(i: int, names: list[str]) -> str:
    a, b = (names[(i + step) % FIELDS] for step in (0, 1))
    return f"when: {a} >= {2000 * i} and {b} < {1000 * (i + 1)}"


def main(out: Path) -> None:
    """Write it, and see that it has as many rules as it says."""
    out.write_text(text(), encoding="utf-8")
    found = sum(not rule.built_in for rules in check(out).program.lists for rule in rules.rules if rules.id != "met")
    assert found == RULES, found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
