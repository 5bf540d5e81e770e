"""Give each person of a run its incentive plan, by rules over the facts of its book, and tell which plan misfits its book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import polars as pl

from kam_rules.backends.reference import evaluate, take
from kam_rules.model.amounts import percent
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.outcome import Verdict
from kam_rules.model.pay import Assigned, Fit, Incentives
from kam_rules.model.program import Hit, Rule, RuleList
from kam_rules.model.quota import TOTAL, Kind, Quota, Reconciled
from kam_rules.model.run import Run
from kam_rules.model.tree import Value, reads
from kam_rules.pipeline.holders import VACANT, People, people
from kam_rules.pipeline.quotas import MANAGER, REP
from kam_rules.plans import kind


def incentives_of(run: Run) -> Incentives:
    """Return what the run's policy says of pay.

    Raises:
        UsageError: KR550 it says nothing, or the run does not know who holds what.
    """
    if run.policy.incentives is None:
        fix = "write an incentives section: kam-rules schema incentives"
        raise UsageError(Finding("KR550", f"{run.name} does not say how people are paid", run.policy.document.where, fix))
    if run.reconciled is None:
        fix = "add reps: to the data file, and a reconciliation to the policy, and run again"
        raise UsageError(Finding("KR550", "this run does not know who holds which quota", None, fix))
    return run.policy.incentives


def assigned(run: Run) -> tuple[Assigned, ...]:
    """Return everybody with a book of their own or people who have one, in order of id, each with its plan.

    Raises:
        UsageError: KR550 the policy says nothing of pay, or the run does not know who holds what.
    """
    found = incentives_of(run)
    reconciled = run.reconciled
    assert reconciled is not None, "asked above"
    everybody = people(run.book)
    lines = persons(reconciled)
    shares = _Shares(reconciled, everybody)
    sizes = _sizes(reconciled)
    names = tuple(field.name for field in found.assign.fields)
    told = []
    for line in lines.values():
        facts = _facts(line, sizes, 10**run.ready.program.minor)
        facts |= shares.of(line.holder.id, names, manager=line.role == MANAGER)
        told.append(_plan(line, {name: facts.get(name) for name in names}, found))
    return tuple(told)


def persons(found: Reconciled) -> dict[str, Quota]:
    """Return the line of each person, a manager's being that of all who stand below; a vacant seat is nobody."""
    lines = sorted(found.quotas, key=lambda line: (line.holder.id, line.role != REP))
    return {line.holder.id: line for line in lines if line.holder.id and line.holder.status != VACANT and line.accounts}


def _sizes(found: Reconciled) -> dict[str, int]:
    """Return how many people have a book in each team, and in all."""
    reps = [line for line in found.quotas if line.role == REP and line.holder.status != VACANT and line.accounts]
    sizes = {TOTAL: len({line.holder.id for line in reps})}
    for line in reps:
        if line.team != TOTAL:
            sizes[line.team] = sizes.get(line.team, 0) + 1
    return sizes


def _facts(line: Quota, sizes: Mapping[str, int], minor: int) -> dict[str, Value]:
    team = line.team or TOTAL
    return {
        "role": line.role,
        "team": team,
        "team_size": Fraction(sizes.get(team, 0)),
        "accounts": Fraction(line.accounts),
        "base": Fraction(line.base, minor),
        "committed": Fraction(line.committed, minor),
        "par": Fraction(line.committed, line.base) if line.base else None,
    }


class _Shares:
    """What share of a person's base stands in each state and tier."""

    def __init__(self, found: Reconciled, everybody: People) -> None:
        self.everybody = everybody
        rows = found.credits.filter((pl.col("kind") == Kind.DECIDED.value) & ~pl.col("overlay"))
        self.sums: dict[str, dict[str, int]] = {}
        for by in ("tier", "state"):
            sums = rows.group_by("holder", by).agg(pl.col("base").cast(pl.Int128).sum())
            for holder, word, base in sums.iter_rows():
                self.sums.setdefault(holder, {})[f"{by}:{word}"] = int(base)

    def of(self, id_: str, names: Iterable[str], *, manager: bool) -> dict[str, Value]:
        """Return a share for each name that ends so; missing where the book has no base."""
        holders = [one for one in self.everybody.holders if id_ in self.everybody.chain(one)] if manager else [id_]
        added: dict[str, int] = {}
        for holder in holders:
            for word, base in self.sums.get(holder, {}).items():
                added[word] = added.get(word, 0) + base
        whole = sum(base for word, base in added.items() if word.startswith("state:"))
        found: dict[str, Value] = {}
        for name in names:
            word = name.removesuffix("_share")
            if word != name:
                part = added.get(f"state:{word}", added.get(f"tier:{word}", 0))
                found[name] = Fraction(part, whole) if whole else None
        return found


def _plan(line: Quota, facts: dict[str, Value], found: Incentives) -> Assigned:
    rules = found.assign.lists[0]
    verdict = take(found.assign, dict(facts)).verdicts[rules.id]
    person = Assigned(line.holder.id, line.holder.name, line.role, str(facts["team"]), facts)
    if verdict.rule is None:
        return Assigned(person.person, person.name, person.role, person.team, facts, why=_why(rules, verdict, facts))
    rule = rules.rules[verdict.rule]
    plan = str(evaluate(rule.gives[0], {}))
    return Assigned(person.person, person.name, person.role, person.team, facts, rule, plan, unfit=tuple(_unfit(plan, facts, found)))


def _why(rules: RuleList, verdict: Verdict, facts: Mapping[str, Value]) -> str:
    """Say why no rule decides."""
    unknown = [rule for i, rule in enumerate(rules.rules) if verdict.unknown >> i & 1]
    if unknown:
        missing = dict.fromkeys(name for rule in unknown for name in reads(rule.when) if facts[name] is None)
        return f"{_ids(unknown)} cannot be answered without {', '.join(missing)}"
    if rules.hit is Hit.UNIQUE:
        true = [rule for rule in rules.rules if evaluate(rule.when, facts) is True]
        if true:
            return f"{_ids(true)} give it a plan each"
    return "no rule of assign takes it"


def _ids(rules: Iterable[Rule]) -> str:
    return " and ".join(f"'{rule.id}'" for rule in rules)


def _unfit(plan: str, facts: Mapping[str, Value], found: Incentives) -> Iterable[str]:
    """Say which plan, or which plan of a blend, does not fit the book."""
    if found.fit is None:
        return
    parts = [name for name, _ in found.plans[plan].blend] or [plan]
    for name in parts:
        of = kind(found.plans[name].kind)
        share = _share(of.MISFIT, facts, found.fit)
        if share is not None and share >= found.fit.share:
            told = {"growth": "can grow", "risk": "is at risk"}[of.MISFIT]
            yield f"the {of.TITLE} plan '{name}' on a book of which {percent(share, 1)} {told}"


def _share(of: str, facts: Mapping[str, Value], fit: Fit) -> Fraction | None:
    shares = [facts[f"{state}_share"] for state in {"growth": fit.growth, "risk": fit.risk}.get(of, ())]
    known = [share for share in shares if isinstance(share, Fraction)]
    return sum(known, Fraction(0)) if known else None


def misfits(found: Iterable[Assigned]) -> tuple[Finding, ...]:
    """Return a warning for each person whose plan does not fit its book."""
    return tuple(
        Finding("KR553", f"{one.person} has {said}", one.rule.where if one.rule else None, "mend the rule that assigns it", "warning")
        for one in found
        for said in one.unfit
    )
