"""The shape of an account's trail, `kam-rules.trail/1`."""

from __future__ import annotations

from kam_rules.model.schema import Schema
from kam_rules.pipeline.shapes import all_of, files_of, list_of, of_kind, or_null, text_of, texts_of, words_of

RULE_OUTCOMES = ("true", "false", "unknown", "not reached")
SEATS = ("seated", "open", "capacity", "share_limit", "not_qualified", "undecided", "kept", "immediate", "held_waiting", "held_count",
         "held_undecided", "held_gate", "inherited")  # fmt: skip


def trail_schema() -> Schema:
    """Return the schema of `kam-rules.trail/1`."""
    parts = {
        "format": {"const": "kam-rules.trail/1", "description": "The format of this document"},
        "account": words_of("The built-in columns of the account"),
        "policy": _policy(),
        "decision": _decision(),
        "score": _score(),
        "seat": _seat(),
        "lists": list_of("Every rule list that was asked, in order", _rules()),
        "overrides": list_of("What people put in the place of what was computed, with the account before and after", OVERRIDE),
        "values": list_of("Every field that was read, with the cell it came from", _value()),
        "figures": list_of("Every metric that was worked out", _figure()),
        "assumptions": list_of("Every assumption, with its source", _assumption()),
        "work": list_of("What a person could still do", _work()),
        "watched": list_of("What triggers watch, with every row that was looked at", _watched()),
    }
    return all_of("Why one account was decided so; every figure is text, written exactly", parts, "watched")


def _watched() -> Schema:
    row = {
        "date": text_of("Its day"),
        "values": {"type": "object", "description": "The columns that were read; null: missing"},
        "truth": or_null("Whether it meets the condition; null: unknown", "boolean"),
        "row": of_kind("integer", "The row"),
        "file": text_of("The file it stands in"),
    }
    return all_of(
        "One watch",
        {
            "trigger": text_of("The trigger"),
            "table": text_of("The table"),
            "when": text_of("What is asked of each row"),
            "window": text_of("Which rows, and how many"),
            "least": of_kind("integer", "How many rows must meet it"),
            "quarters": {"type": ["array", "null"], "description": "The quarters looked at; null: events"},
            "truth": or_null("Whether enough rows meet it; null: unknown", "boolean"),
            "rows": list_of("The rows looked at", all_of("One row", row)),
            "where": text_of("The place of the watch"),
        },
    )


OVERRIDE: Schema = {
    "type": "object",
    "description": "One line in force: its words, its hash, who approved it, and the account's figures before and after",
}


def _policy() -> Schema:
    return all_of(
        "By which policy, data and days",
        {
            "id": text_of("Name of the policy"),
            "fiscal_year": text_of("Its year"),
            "owner": text_of("Who answers for it"),
            "currency": text_of("Currency of every amount"),
            "files": files_of("The policy's files"),
            "data": files_of("The data's files"),
            "as_of": text_of("The day of the data"),
            "effective_on": text_of("The day decided for"),
            "known_at": or_null("The day of the extract"),
            "signed": text_of("Draft or active, and who signed it"),
            "ledger": or_null("How many entries the ledger had before the run, and the hash of the last"),
            "engine": text_of("The engine that decided"),
            "confirmed_by": texts_of("Engines that decided the account again when it was explained, with the same answers"),
        },
    )


def _decision() -> Schema:
    amounts = {
        f"{name}_{kind}": or_null(f"The {name} {kind}") for name in ("target", "floor", "aspirational") for kind in ("nrr", "amount")
    }
    return all_of(
        "What was decided",
        {
            "tier": or_null("The tier; null: undecided"),
            "state": or_null("The state; null: undecided"),
            "action": or_null("What the first trigger that fired proposes"),
            "qualified": of_kind("boolean", "All gates passed"),
            "base": text_of("Base revenue"),
            **amounts,
            "prospect_amount": or_null("The absolute target of a prospect"),
            "baselines": words_of("Targets for comparison"),
        },
    )


def _score() -> Schema:
    rule = words_of("The band or line it fell into") | {"required": ["id", "text", "where"]}
    criterion = {
        "id": text_of("The criterion"),
        "weight": text_of("Its weight"),
        "measure": text_of("What is measured"),
        "value": or_null("The measured value; null: missing"),
        "score": or_null("Its score, 0 to 100"),
        "points": or_null("Weight times the score that counts"),
        "carries": text_of("The weight it carries in the composite"),
        "where": text_of("Its place"),
        "tags": words_of("Purpose, kind, about, horizon and reasons"),
        "if_missing": text_of("What counts instead of a missing measure"),
        "missing": texts_of("The fields for want of which it is missing"),
        "rule": {"anyOf": [rule, {"type": "null"}], "description": "The band or line it fell into; null where the measure is missing"},
    }
    flip = {
        "field": text_of("A missing field"),
        "tier": or_null("The tier that it alone would make the account eligible for"),
        "from": or_null("From this value on, inclusive"),
        "to": or_null("Up to this value, inclusive"),
        "values": texts_of("Or with one of these values"),
    }
    return all_of(
        "The composite and its criteria",
        {
            "score": or_null("The composite; null: no score"),
            "score_low": or_null("With every missing criterion at its lowest"),
            "score_high": or_null("With every missing criterion at its highest"),
            "points": text_of("Sum of the points"),
            "carried": text_of("Sum of the weights carried"),
            "coverage": text_of("Weight of criteria with data"),
            "min_coverage": text_of("The coverage below which there is no score"),
            "needs_data": of_kind("boolean", "A tier's edge lies inside the interval"),
            "criteria": list_of("Every criterion", all_of("One criterion", criterion, "if_missing", "missing", "rule")),
            "flips": list_of("What a missing answer could still change", all_of("One stretch of values", flip)),
        },
    )


def _seat() -> Schema:
    return all_of(
        "How the account came to sit",
        {
            "outcome": {"enum": list(SEATS), "description": "Seated, or why not"},
            "rank": or_null("Place among those who asked for the tier it sits in", "integer"),
            "seated_in": or_null("The tier it sits in"),
            "lost_tier": or_null("The highest tier that it was eligible for and has no seat in"),
            "tier": or_null("The tier that the figures below speak of"),
            "capacity": or_null("Capacity of that tier", "integer"),
            "seated": of_kind("integer", "Accounts seated there"),
            "lowest_seated_score": or_null("Lowest score seated there"),
            "tie_break": texts_of("What ranks equal scores"),
            "at_most": or_null("Largest share of accounts that may be key"),
            "incumbents": text_of("Which accounts held the tier before"),
            "head": text_of("The head of its group, whose tier it inherits"),
            "change": all_of("What it held before, and what the policy asks of whoever holds a tier", _change()),
        },
        "change",
        "head",
    )


def _change() -> dict[str, Schema]:
    texts = {"tier": "The tier held after it", "since": "Since when", "state": "The state", "score": "The score", "needs": "What it needs"}
    review = {
        "review": text_of("The day"),
        **{name: or_null(about) for name, about in texts.items()},
        "below": or_null("It found the account below its tier", "boolean"),
        "resources_in_place": or_null("What was promised was there", "boolean"),
        "outcome": or_null("What it made of the proposal"),
        "file": text_of("The file it stands in"),
        "row": of_kind("integer", "The row"),
    }
    return {
        "tier_before": or_null("The tier held; null: none"),
        "since_before": or_null("Since when"),
        "days": or_null("Days since then", "integer"),
        "reviews_below_before": or_null("Reviews in a row that found it below, this one not counted", "integer"),
        "reviews_below": or_null("The same, this one counted", "integer"),
        "since": or_null("Since when it holds the tier that it has now"),
        "keep_within": text_of("Points by which the score is raised"),
        "demote_after": of_kind("integer", "Reviews in a row that must leave it without a seat of its own"),
        "wait_at_least": of_kind("integer", "Days that it stays in a tier"),
        "incumbents_first": of_kind("boolean", "Whether incumbents are seated before newcomers"),
        "where": text_of("The place of tier_changes"),
        "reviews": list_of("Its reviews, the earliest first", all_of("One review", review)),
    }


def _rules() -> Schema:
    value = {
        "name": text_of("A name"),
        "value": or_null("Its value; null: missing"),
        "missing": texts_of("The fields for want of which it is missing"),
    }
    part = {
        "text": text_of("A comparison or flag"),
        "truth": {"type": ["boolean", "null"], "description": "null: unknown"},
        "left": text_of("The left side's value"),
        "right": or_null("The right side's value"),
        "margin": or_null("Left less right"),
        "values": list_of("The names it reads", all_of("One name", value)),
    }
    rule = {
        "id": text_of("The rule"),
        "text": text_of("Its condition as written"),
        "because": text_of("Why it stands"),
        "where": text_of("Its place, or: built in"),
        "outcome": {"enum": list(RULE_OUTCOMES), "description": "Truth of the condition, or not reached: a rule above decided"},
        "decides": of_kind("boolean", "It decided the list"),
        "gives": texts_of("What it gives"),
        "parts": list_of("The parts that carry its truth", all_of("One part", part, "right", "margin")),
        "note": words_of("What else it says"),
    }
    return all_of(
        "One rule list",
        {
            "id": text_of("The list"),
            "hit": {"enum": ["first", "unique", "collect"], "description": "Its hit policy"},
            "if_unknown": or_null("hold or flag"),
            "decided_by": or_null("The deciding rule; null: undecided, or collect"),
            "fired": texts_of("The true rules of a collect list"),
            "unknown": texts_of("Rules that could still hold"),
            "undetermined": of_kind("boolean", "It stands though a rule above is unknown"),
            "rules": list_of("Every rule, in order", all_of("One rule", rule)),
        },
    )


def _value() -> Schema:
    return all_of(
        "One field",
        {
            "name": text_of("The field"),
            "type": text_of("Its type"),
            "meaning": text_of("What it means"),
            "value": or_null("Its value; null: missing"),
            "file": text_of("The file it was read from"),
            "row": of_kind("integer", "Row, as a spreadsheet counts"),
            "column": or_null("Column; null: no column feeds it"),
            "raw": or_null("The text in the cell"),
            "unit": or_null("How bare numbers are meant, which plan rate converted an amount, how the column is written"),
            "fault": or_null("Code of the fault for which it was read as missing"),
            "contract": text_of("Place of its contract"),
        },
    )


def _figure() -> Schema:
    texts = {"name": text_of("The metric"), "is": text_of("Its formula"), "value": or_null("Its value"), "where": text_of("Its place")}
    return all_of("One metric", {**texts, "missing": texts_of("The fields for want of which it is missing")})


def _assumption() -> Schema:
    return all_of("One assumption", {"name": text_of("Its name"), "value": text_of("Its value"), "source": text_of("Where it comes from")})


def _work() -> Schema:
    return all_of(
        "One thing to do", {"field": or_null("A field to find"), "for": texts_of("What needs it"), "text": text_of("In one line")}
    )
