"""The tests of a policy, in a file beside it: values of one account, and what must be decided of it.

`policy.tests.yaml` holds the tests of `policy.yaml`; so does `policy.NAME.tests.yaml`. Only values that matter are given:
all others are missing. `tier`, `state` and `target` are always expected: `undecided` where nothing is decided, `none`
where there is no target. Triggers are exact both ways: one that is not listed must not fire. `rules`, where written, are
all rules that decide: gates.ID.pass, criteria.ID.0, tiers.ID, states.ID, targets.ID.

A test has no other accounts: the tier is the one that the account is eligible for, before seats are given. Only where it
expects a `quota` or a `rung` do others stand `beside` it: all are one team, everyone who owns one is a rep (`rep`, where
nobody is named), and `manager` leads them. `top_down` is the figure from above, if not the policy's own. The lines are
exact both ways, too: one that is not listed must not be there.

Example:
    as_of: 2026-06-30
    tests:
      - name: A large share still to win makes an account strategic
        given: {base_revenue: 420000, wallet: 1600000, gross_margin: 180000, health_score: 82, alignment: 5,
          values_strengths: true, willing: true}
        expect: {tier: strategic, state: high_potential, target: 125%, amount: 525000, score: 90.46}

      - name: Half a percent short is on plan, and nobody's quota changes
        given: {owner: ana, base_revenue: 1000000, health_score: 40}
        beside:
          - {owner: ben, base_revenue: 500000, health_score: 40}
        top_down: 1206000
        expect: {tier: not_qualified, state: at_risk, target: 80%, rung: on_plan, quota: {ana: {total: 800000},
          ben: {total: 400000}, manager: {total: 1200000}}}

Prefer tests named for the rule of the business that they hold.
Avoid values that decide nothing: whoever reads the test will look for their reason.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from kam_rules.feel.units import percent_meant
from kam_rules.model.amounts import decimals, parse_number, parse_percent
from kam_rules.model.day import read_day
from kam_rules.model.document import Entry, Listing, Mapping, Scalar
from kam_rules.model.errors import Finding, PolicyError, UsageError, Where
from kam_rules.model.names import did_you_mean
from kam_rules.model.policy import Policy
from kam_rules.model.program import TIERS
from kam_rules.model.trial import Answer, Trial
from kam_rules.model.types import BUILT_IN, Type
from kam_rules.pipeline.assemble import GATES, INNER, STATES, TRIGGERS
from kam_rules.pipeline.load import excerpts, parse, read_file
from kam_rules.pipeline.shape import check_shape
from kam_rules.pipeline.trials.quota import MANAGER, accounts, key
from kam_rules.pipeline.trials.shapes import tests_schema

SUFFIX = ".tests.yaml"
UNDECIDED, NONE = "undecided", "none"


def beside(policy: Path) -> tuple[Path, ...]:
    """Return the files of tests that stand beside a policy, in order.

    Raises:
        UsageError: KR851 there is none.
    """
    own = policy.with_name(f"{policy.stem}{SUFFIX}")
    others = sorted(policy.parent.glob(f"{policy.stem}.*{SUFFIX}"))
    found = tuple(path for path in (own, *others) if path.is_file())
    if not found:
        fix = f"kam-rules test generate {policy} writes some; your own stand in {own.name}"
        raise UsageError(Finding("KR851", "there is no test for this policy", Where(str(policy)), fix))
    return found


def load(path: Path, policy: Policy) -> tuple[Trial, ...]:
    """Return the tests of a file.

    Raises:
        PolicyError: every fault of the file, in the order of its lines.
    """
    text_, source = read_file(path)
    document = parse(text_, source.path)
    findings = check_shape(document, tests_schema())
    if not findings:
        reader = _Reader(policy, findings)
        trials = reader.trials(document)
        if not findings:
            return trials
    raise PolicyError(excerpts(findings, {source.path: text_}))


def names(policy: Policy) -> dict[str, tuple[str, ...]]:
    """Return what can stand under each key of `expect` that holds words."""
    lists = {rules.id: rules for rules in policy.program.lists}
    words = {
        key: (*dict.fromkeys(str(rule.gives[0].value) for rule in lists[list_].rules), UNDECIDED)  # type: ignore[union-attr]
        for key, list_ in (("tier", TIERS), ("state", STATES))
    }
    asked = (found for found in lists.values() if found.id not in {*INNER, TRIGGERS})
    rules = (name for found in asked for rule in found.rules for name in ids(found.id, rule.id))
    triggers = tuple(rule.id for rule in lists[TRIGGERS].rules) if TRIGGERS in lists else ()
    ladder = policy.program.reconciliation.ladder if policy.program.reconciliation else ()
    return {**words, "triggers": triggers, "rules": tuple(rules), "rung": tuple(rung.id for rung in ladder)}


def ids(list_: str, rule: str) -> tuple[str, ...]:
    """Return the names under which a test can expect a rule: of a gate one for each answer."""
    if list_ == GATES:
        return tuple(f"{GATES}.{rule}.{answer}" for answer in ("pass", "fail", "unknown"))
    return (f"criteria.{rule}",) if list_.startswith("criteria.") else (f"{list_}.{rule}",)


class _Reader:
    """Turns a document into tests, and keeps every fault."""

    def __init__(self, policy: Policy, findings: list[Finding]) -> None:
        self.policy, self.findings = policy, findings
        self.fields = (*(field.name for field in policy.program.fields), *BUILT_IN)
        self.ratios = {field.name for field in policy.program.fields if field.type is Type.RATIO}
        self.names = names(policy)

    def fault(self, code: str, message: str, where: Where, fix: str) -> None:
        self.findings.append(Finding(code, message, where, fix))

    def trials(self, document: Mapping) -> tuple[Trial, ...]:
        day = read_day(document.scalar("as_of"), self.findings) or self.policy.start
        items = document.maps("tests")
        seen: dict[str, Where] = {}
        for item in items:
            name = item.text("name")
            if name in seen:
                self.fault("KR307", f"the test '{name}' stands twice", item.key_where("name"), "name it for what is different")
            seen[name] = item.where
        return tuple(self.trial(item, day) for item in items)

    def trial(self, item: Mapping, day: dt.date) -> Trial:
        beside = tuple(self.values(other) for other in item.maps("beside"))
        expect: dict[str, Answer] = {"triggers": ()}
        places = {"triggers": item.key_where("expect")}
        for entry in item.map("expect").entries:
            if isinstance(entry.value, Mapping):
                self.lines(entry.value, expect, places)
            else:
                expect[entry.key], places[entry.key] = self.answer(entry), entry.value.where
        found = Trial(
            item.text("name"),
            item.key_where("name"),
            read_day(item.scalar("as_of"), self.findings) or day,
            self.values(item.map("given")),
            expect,
            places,
            beside,
            self.top_down(item.scalar("top_down")),
        )
        self.team(item, found)
        return found

    def values(self, doc: Mapping) -> dict[str, str]:
        for entry in doc.entries:
            self.given(entry)
        return {e.key: e.value.text for e in doc.entries if isinstance(e.value, Scalar)}

    def top_down(self, scalar: Scalar | None) -> Fraction | None:
        found = None if scalar is None else parse_number(scalar.text)
        if scalar is not None and (found is None or found <= 0 or decimals(found) > self.policy.program.minor):
            what = f"an amount above zero in {self.policy.program.currency}"
            self.fault("KR105", f"'top_down' needs {what}, not '{scalar.text}'", scalar.where, f"write {what}")
            return None
        return found

    def lines(self, doc: Mapping, expect: dict[str, Answer], places: dict[str, Where]) -> None:
        """Take the expected lines of quota: the holders, and each figure under a key of its own."""
        expect["quota"], places["quota"] = tuple(entry.key for entry in doc.entries), doc.where
        for holder in doc.entries:
            for entry in holder.value.entries if isinstance(holder.value, Mapping) else ():
                name = key(holder.key, entry.key)
                expect[name], places[name] = self.answer(replace(entry, key=name)), entry.value.where

    def team(self, item: Mapping, trial: Trial) -> None:
        """Hold what a test says of a ladder against the policy and against itself."""
        where = item.key_where("expect")
        if not trial.climbs:
            for name in ("beside", "top_down"):
                if name in item:
                    message = f"'{name}' decides nothing: the test expects neither a quota nor a rung"
                    self.fault("KR870", message, item.key_where(name), "expect a quota or a rung, or take it out")
        elif self.policy.program.reconciliation is None:
            fix = "take it out, or write a reconciliation: kam-rules schema reconciliation"
            self.fault("KR870", "a quota is expected, and the policy has no ladder that writes one", where, fix)
        else:
            given = accounts(trial)
            ids = [one["account_id"] for one in given]
            twice = next((id_ for id_ in ids if ids.count(id_) > 1), None)
            if twice:
                self.fault("KR870", f"two accounts of the test are called '{twice}'", item.key_where("beside"), "name them apart")
            if any(one["owner"] == MANAGER for one in given):
                self.fault("KR870", f"'{MANAGER}' leads the team of a test, and owns no account", item.where, "name the owner otherwise")

    def given(self, entry: Entry) -> None:
        """Hold a value against its field: a ratio is written as a percent, as everywhere in a policy."""
        if entry.key not in self.fields:
            self.fault("KR311", f"there is no field '{entry.key}'", entry.where, did_you_mean(entry.key, self.fields))
        bare = parse_number(entry.value.text) if entry.key in self.ratios and isinstance(entry.value, Scalar) else None
        if bare:
            self.fault("KR105", f"'{entry.key}' is a ratio, not a bare number", entry.value.where, percent_meant(bare))

    def answer(self, entry: Entry) -> Answer:
        if isinstance(entry.value, Listing):
            words = entry.value.scalars()
            for word in words:
                self.known(entry.key, word)
            return tuple(word.text for word in words)
        scalar = entry.value
        assert isinstance(scalar, Scalar)
        if entry.key in self.names:
            self.known(entry.key, scalar)
            return None if scalar.text == UNDECIDED else scalar.text
        return None if scalar.text == NONE else self.figure(entry.key, scalar)

    def known(self, key: str, word: Scalar) -> None:
        if word.text not in self.names[key]:
            kind = {"rules": "rule", "triggers": "trigger"}.get(key, key)
            self.fault("KR311", f"there is no {kind} '{word.text}'", word.where, did_you_mean(word.text, self.names[key]))

    def figure(self, key: str, scalar: Scalar) -> Fraction | None:
        found = parse_percent(scalar.text) if key == "target" else parse_number(scalar.text)
        if found is None:
            what = "a percent such as 110%, or none" if key == "target" else "a number such as 74.5, or none"
            self.fault("KR105", f"'{key}' needs {what}, not '{scalar.text}'", scalar.where, f"write {what}")
        return found
