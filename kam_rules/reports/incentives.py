"""Which plan each person of a run has and why, whether it fits the book, and what each kind of plan is for."""

from __future__ import annotations

from fractions import Fraction

from kam_rules.feel.printer import value
from kam_rules.model.amounts import percent
from kam_rules.model.pay import Assigned, Incentives, Plan
from kam_rules.model.report import Block, Cell, Column, Facts, Lines, Report, Table, Unit
from kam_rules.model.run import Run
from kam_rules.model.tree import reads
from kam_rules.model.types import Type
from kam_rules.pipeline.assign import assigned, incentives_of, misfits
from kam_rules.plans import OURS, kind
from kam_rules.reports._place import short

PEOPLE = (
    Column("person", "Person"),
    Column("name", "Name"),
    Column("role", "As"),
    Column("team", "Team"),
    Column("accounts", "Accounts", Unit.COUNT),
    Column("base", "Base", Unit.MONEY),
    Column("plan", "Plan"),
    Column("rule", "Rule"),
    Column("seen", "What it saw"),
    Column("where", "Where"),
)


def incentives(run: Run) -> Report:
    """Return the plan of each person.

    Raises:
        UsageError: KR550 the policy says nothing of pay, or the run does not know who holds what.
    """
    found, people = incentives_of(run), assigned(run)
    unfit = misfits(people)
    had = {one.plan for one in people}
    nobody = tuple(
        name for name in found.plans if name not in had | {part for plan in had if plan for part in dict(found.plans[plan].blend)}
    )
    blocks: tuple[Block, ...] = (
        Table("people", "Who has which plan", PEOPLE, tuple(_person(one, run.ready.program.minor) for one in people)),
        Lines("fit", "Plans that do not fit their book", tuple(f"{f.message}: {f.fix}" for f in unfit) or (_no_fit(found),)),
        Lines("nobody", "Plans that nobody has", nobody or ("none",)),
        *(plan_block(plan) for plan in found.plans.values()),
        Lines("ours", "Whose words", (OURS,)),
    )
    title = f"{run.name}: {len(people)} people have {len(had - {''})} plans; {len(unfit)} do not fit"
    return Report("incentives", title, blocks, minor=run.ready.program.minor, findings=unfit, status=run.standing.status)


def _no_fit(found: Incentives) -> str:
    return "none" if found.fit is not None else "not asked: write fit: under incentives, with the states of growth and of risk"


def _person(one: Assigned, minor: int) -> tuple[Cell, ...]:
    rule = one.rule
    return (
        one.person,
        one.name,
        one.role,
        one.team,
        int(_fraction(one.facts["accounts"])),
        _fraction(one.facts["base"]),
        one.plan or "none",
        rule.id if rule else one.why,
        seen(one, minor),
        short(rule.where) if rule else "",
    )


def _fraction(found: object) -> Fraction:
    assert isinstance(found, Fraction), "every book has a number of accounts and a base"
    return found


def seen(one: Assigned, minor: int) -> str:
    """Return the condition that decided with the facts that it read."""
    if one.rule is None:
        return ""
    facts = []
    for name in reads(one.rule.when):
        found = one.facts[name]
        told = Type.RATIO if name == "par" or name.endswith("_share") else Type.MONEY if name in {"base", "committed"} else Type.NUMBER
        facts.append(f"{name} = {value(found, told, minor=minor) if found is not None else 'missing'}")
    return f"{one.rule.text}{': ' if facts else ''}{', '.join(facts)}"


def plan_block(plan: Plan) -> Facts:
    """Return what a plan is made of, and what its kind is for and against."""
    of = kind(plan.kind)
    made = [
        f"{percent(part.share)} {part.of}: {', '.join(f'{m.id} {percent(m.weight)} ({m.form}, {m.curve.id})' for m in part.measures)}"
        for part in plan.parts
    ] or [f"{percent(share)} {name}" for name, share in plan.blend]
    told = {
        "kind": of.TITLE,
        "made of": "; ".join(made),
        "because": plan.because,
        "use when": of.USE_WHEN,
        "for it": "; ".join(of.PROS),
        "against it": "; ".join(of.CONS),
        "goals of its kind": "; ".join(of.GOALS),
    }
    return Facts(f"plan_{plan.id}", f"The plan {plan.id}", tuple((key, text) for key, text in told.items() if text))
