"""What was decided, as a table for people and spreadsheets: amounts and ratios as exact decimals."""

from __future__ import annotations

import polars as pl

from kam_rules.model.outcome import Layout
from kam_rules.model.program import RuleList
from kam_rules.model.run import Run
from kam_rules.model.standing import STATUS
from kam_rules.pipeline import codes
from kam_rules.pipeline.assemble import GATES, STATES, TARGETS, TRIGGERS
from kam_rules.pipeline.final import put

COMMITTED = "target_amount"
RENAMED = {
    "target_amount": "committed_target",
    "floor_amount": "floor_target",
    "aspirational_amount": "aspirational_target",
    "prospect_amount": "prospect_target",
}


def decimal(name: str, places: int) -> pl.Expr:
    """Return a column of whole smallest units as exact decimals."""
    whole = pl.col(name).cast(pl.Decimal(38, places))
    return (
        whole if places == 0 else (whole * pl.lit(f"0.{'1'.rjust(places, '0')}").cast(pl.Decimal(38, places))).cast(pl.Decimal(38, places))
    )


def marked(run: Run, table: pl.DataFrame) -> pl.DataFrame:
    """Return a table of a run with the status of its policy, draft or active, in every row."""
    return table.with_columns(pl.lit(run.standing.status).alias(STATUS))


def rule_name(layout: Layout, rules: RuleList) -> pl.Expr:
    """Return the id of the rule that decided."""
    ids = pl.Series([None, *(rule.id for rule in rules.rules)], dtype=pl.String)
    return pl.lit(ids).gather(codes.number(layout, rules.id).cast(pl.UInt32))


def fired(layout: Layout, rules: RuleList, kind: str) -> pl.Expr:
    """Return the ids of the rules of a list that were true, or unknown, with a space between."""
    bits = [pl.when(codes.bit(layout, rules.id, kind, i)).then(pl.lit(rule.id)).otherwise(None) for i, rule in enumerate(rules.rules)]
    return pl.concat_str(bits, separator=" ", ignore_nulls=True)


def decisions(run: Run, part: pl.DataFrame) -> pl.DataFrame:
    """Return one row an account of a part of the run's table, in the order of the source."""
    program, minor = run.ready.program, run.ready.program.minor
    lists, layout = {rules.id: rules for rules in program.lists}, Layout(*program.stages)
    amounts = ["target_amount", "floor_amount", "aspirational_amount", "prospect_amount", *(f"{b}_amount" for b in program.baselines)]
    names = {**RENAMED, **{f"{b}_amount": f"{b}_target" for b in program.baselines}}
    score = [decimal(name, program.round).alias(name) for name in ("score", "score_low", "score_high")]
    ratios = [decimal(name, 6).alias(name) for name in ("target_nrr", "floor_nrr", "aspirational_nrr")]
    passed = (
        [fired(layout, lists[GATES], "true").alias("gates_passed"), fired(layout, lists[GATES], "unknown").alias("gates_unanswered")]
        if GATES in lists
        else []
    )
    triggers = [fired(layout, lists[TRIGGERS], "true").alias("triggers")] if TRIGGERS in lists else []
    table = part.select(
        "account_id",
        "account_name",
        "owner",
        "tier",
        "state",
        decimal("base", minor).alias("base_revenue"),
        *ratios[:1],
        *(_beside(name, minor, run).alias(names[name]) for name in amounts),
        *ratios[1:],
        "qualified",
        *passed,
        *score[:1],
        decimal("coverage", 6).alias("coverage"),
        *score[1:],
        "needs_data",
        "seat",
        "seat_rank",
        "lost_tier",
        *(("head",) if program.seating.inherit else ()),
        *(("since", "below_for") if program.seating.changes else ()),
        rule_name(layout, lists[STATES]).alias("state_rule"),
        rule_name(layout, lists[TARGETS]).alias("target_rule"),
        "action",
        *triggers,
        "row",
    )
    final = table if run.overridden is None else table.join(_final(run, part), on="account_id", how="left", maintain_order="left")
    return marked(run, final)


def _final(run: Run, part: pl.DataFrame) -> pl.DataFrame:
    """Return what each account has after overrides, beside what was computed, and which of it people set."""
    assert run.overridden is not None, "asked for where there are overrides"
    fields: dict[str, list[str]] = {}
    for item, _ in run.overridden.held:
        fields.setdefault(item.account, []).append(item.field or item.verdict)
    told = {account: " ".join(names) for account, names in fields.items()}
    words = (pl.col(name).cast(pl.String) for name in ("tier", "state"))
    final = put(part.select("account_id", *words, "target_nrr", COMMITTED), run.overridden)
    return final.select(
        "account_id",
        pl.col("tier").alias("final_tier"),
        pl.col("state").alias("final_state"),
        decimal("target_nrr", 6).alias("final_target_nrr"),
        decimal(COMMITTED, run.ready.program.minor).alias("final_committed_target"),
        pl.col("account_id").replace_strict(told, default=None, return_dtype=pl.String).alias("overridden"),
    )


def _beside(name: str, minor: int, run: Run) -> pl.Expr:
    """Return an amount; a baseline stands only beside a target, so that the columns sum over the same accounts."""
    amount = decimal(name, minor)
    baseline = name.removesuffix("_amount") in run.ready.program.baselines
    return pl.when(pl.col(COMMITTED).is_not_null()).then(amount) if baseline else amount
