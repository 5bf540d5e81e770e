"""The shapes of what a run leaves behind: the trail of an account and the manifest of a run."""

from __future__ import annotations

from kam_rules.model.schema import Schema

RULE_OUTCOMES = ("true", "false", "unknown", "not reached")
SEATS = ("seated", "open", "capacity", "share_limit", "not_qualified", "undecided")


def _of(kind: str, description: str) -> Schema:
    return {"type": kind, "description": description}


def _or_null(description: str, kind: str = "string") -> Schema:
    return {"type": [kind, "null"], "description": description}


def _text(description: str) -> Schema:
    return _of("string", description)


def _texts(description: str) -> Schema:
    return {"type": "array", "items": _text("One of them"), "description": description}


def _list(description: str, of: Schema) -> Schema:
    return {"type": "array", "items": of, "description": description}


def _words(description: str) -> Schema:
    return {"type": "object", "additionalProperties": {"type": ["string", "null"]}, "description": description}


def _all(description: str, properties: dict[str, Schema], *optional: str) -> Schema:
    """Return a mapping with exactly these keys, all there but the optional ones."""
    required = [key for key in properties if key not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, "description": description}


def _file() -> Schema:
    return _all("A file", {"path": _text("The path as its user wrote it"), "sha256": _text("SHA-256 of its bytes")})


def trail_schema() -> Schema:
    """Return the schema of `kam-rules.trail/1`."""
    parts = {
        "format": {"const": "kam-rules.trail/1", "description": "The format of this document"},
        "account": _words("The built-in columns of the account"),
        "policy": _policy(),
        "decision": _decision(),
        "score": _score(),
        "seat": _seat(),
        "lists": _list("Every rule list that was asked, in order", _rules()),
        "values": _list("Every field that was read, with the cell it came from", _value()),
        "figures": _list("Every metric that was worked out", _figure()),
        "assumptions": _list("Every assumption, with its source", _assumption()),
        "work": _list("What a person could still do", _work()),
    }
    return _all("Why one account was decided so; every figure is text, written exactly", parts)


def _policy() -> Schema:
    return _all(
        "By which policy, data and days",
        {
            "id": _text("Name of the policy"),
            "fiscal_year": _text("Its year"),
            "owner": _text("Who answers for it"),
            "currency": _text("Currency of every amount"),
            "files": _list("The policy's files", _file()),
            "data": _list("The data's files", _file()),
            "as_of": _text("The day of the data"),
            "effective_on": _text("The day decided for"),
            "known_at": _or_null("The day of the extract"),
            "engine": _text("The engine that decided"),
            "confirmed_by": _texts("Engines that decided the account again when it was explained, with the same answers"),
        },
    )


def _decision() -> Schema:
    amounts = {
        f"{name}_{kind}": _or_null(f"The {name} {kind}") for name in ("target", "floor", "aspirational") for kind in ("nrr", "amount")
    }
    return _all(
        "What was decided",
        {
            "tier": _or_null("The tier; null: undecided"),
            "state": _or_null("The state; null: undecided"),
            "action": _or_null("What the first trigger that fired proposes"),
            "qualified": _of("boolean", "All gates passed"),
            "base": _text("Base revenue"),
            **amounts,
            "prospect_amount": _or_null("The absolute target of a prospect"),
            "baselines": _words("Targets for comparison"),
        },
    )


def _score() -> Schema:
    rule = _words("The band or line it fell into") | {"required": ["id", "text", "where"]}
    criterion = {
        "id": _text("The criterion"),
        "weight": _text("Its weight"),
        "measure": _text("What is measured"),
        "value": _or_null("The measured value; null: missing"),
        "score": _or_null("Its score, 0 to 100"),
        "points": _or_null("Weight times the score that counts"),
        "carries": _text("The weight it carries in the composite"),
        "where": _text("Its place"),
        "tags": _words("Purpose, kind, about, horizon and reasons"),
        "if_missing": _text("What counts instead of a missing measure"),
        "missing": _texts("The fields for want of which it is missing"),
        "rule": {"anyOf": [rule, {"type": "null"}], "description": "The band or line it fell into; null where the measure is missing"},
    }
    flip = {
        "field": _text("A missing field"),
        "tier": _or_null("The tier that it alone would make the account eligible for"),
        "from": _or_null("From this value on, inclusive"),
        "to": _or_null("Up to this value, inclusive"),
        "values": _texts("Or with one of these values"),
    }
    return _all(
        "The composite and its criteria",
        {
            "score": _or_null("The composite; null: no score"),
            "score_low": _or_null("With every missing criterion at its lowest"),
            "score_high": _or_null("With every missing criterion at its highest"),
            "points": _text("Sum of the points"),
            "carried": _text("Sum of the weights carried"),
            "coverage": _text("Weight of criteria with data"),
            "min_coverage": _text("The coverage below which there is no score"),
            "needs_data": _of("boolean", "A tier's edge lies inside the interval"),
            "criteria": _list("Every criterion", _all("One criterion", criterion, "if_missing", "missing", "rule")),
            "flips": _list("What a missing answer could still change", _all("One stretch of values", flip)),
        },
    )


def _seat() -> Schema:
    return _all(
        "How the account came to sit",
        {
            "outcome": {"enum": list(SEATS), "description": "Seated, or why not"},
            "rank": _or_null("Place among those who asked for the tier it sits in", "integer"),
            "seated_in": _or_null("The tier it sits in"),
            "lost_tier": _or_null("The highest tier that it was eligible for and has no seat in"),
            "tier": _or_null("The tier that the figures below speak of"),
            "capacity": _or_null("Capacity of that tier", "integer"),
            "seated": _of("integer", "Accounts seated there"),
            "lowest_seated_score": _or_null("Lowest score seated there"),
            "tie_break": _texts("What ranks equal scores"),
            "at_most": _or_null("Largest share of accounts that may be key"),
            "incumbents": _text("Which accounts held the tier before"),
        },
    )


def _rules() -> Schema:
    value = {
        "name": _text("A name"),
        "value": _or_null("Its value; null: missing"),
        "missing": _texts("The fields for want of which it is missing"),
    }
    part = {
        "text": _text("A comparison or flag"),
        "truth": {"type": ["boolean", "null"], "description": "null: unknown"},
        "left": _text("The left side's value"),
        "right": _or_null("The right side's value"),
        "margin": _or_null("Left less right"),
        "values": _list("The names it reads", _all("One name", value)),
    }
    rule = {
        "id": _text("The rule"),
        "text": _text("Its condition as written"),
        "because": _text("Why it stands"),
        "where": _text("Its place, or: built in"),
        "outcome": {"enum": list(RULE_OUTCOMES), "description": "Truth of the condition, or not reached: a rule above decided"},
        "decides": _of("boolean", "It decided the list"),
        "gives": _texts("What it gives"),
        "parts": _list("The parts that carry its truth", _all("One part", part, "right", "margin")),
        "note": _words("What else it says"),
    }
    return _all(
        "One rule list",
        {
            "id": _text("The list"),
            "hit": {"enum": ["first", "unique", "collect"], "description": "Its hit policy"},
            "if_unknown": _or_null("hold or flag"),
            "decided_by": _or_null("The deciding rule; null: undecided, or collect"),
            "fired": _texts("The true rules of a collect list"),
            "unknown": _texts("Rules that could still hold"),
            "undetermined": _of("boolean", "It stands though a rule above is unknown"),
            "rules": _list("Every rule, in order", _all("One rule", rule)),
        },
    )


def _value() -> Schema:
    return _all(
        "One field",
        {
            "name": _text("The field"),
            "type": _text("Its type"),
            "meaning": _text("What it means"),
            "value": _or_null("Its value; null: missing"),
            "file": _text("The file it was read from"),
            "row": _of("integer", "Row, as a spreadsheet counts"),
            "column": _or_null("Column; null: no column feeds it"),
            "raw": _or_null("The text in the cell"),
            "unit": _or_null("How bare numbers of the column are meant, or at which plan rate an amount was converted"),
            "fault": _or_null("Code of the fault for which it was read as missing"),
            "contract": _text("Place of its contract"),
        },
    )


def _figure() -> Schema:
    texts = {"name": _text("The metric"), "is": _text("Its formula"), "value": _or_null("Its value"), "where": _text("Its place")}
    return _all("One metric", {**texts, "missing": _texts("The fields for want of which it is missing")})


def _assumption() -> Schema:
    return _all("One assumption", {"name": _text("Its name"), "value": _text("Its value"), "source": _text("Where it comes from")})


def _work() -> Schema:
    return _all("One thing to do", {"field": _or_null("A field to find"), "for": _texts("What needs it"), "text": _text("In one line")})


def manifest_schema() -> Schema:
    """Return the schema of a run's `manifest.json`."""
    counts = ("rows", "merged", "blank", "refused", "decided", "undecided")
    output = _all("A file of the run", {"path": _text("Path inside the run"), "bytes": _of("integer", "Size"), "sha256": _text("SHA-256")})
    columns = {"type": "object", "additionalProperties": _texts("Column and unit"), "description": "Which column feeds which field"}
    run = {
        "policy": _all(
            "The policy",
            {"id": _text("Name"), "fiscal_year": _text("Year"), "status": _text("Draft or signed"), "files": _list("Files", _file())},
        ),
        "data": _all(
            "The data",
            {"files": _list("Files", _file()), "accounts": _all("The accounts", {"file": _text("File"), "columns": columns})},
        ),
        "as_of": _text("The day of the data"),
        "effective_on": _text("The day decided for"),
        "known_at": _or_null("The day of the extract"),
        "sets": _words("Assumptions replaced for this run"),
        "engine": _text("The engine that decided"),
        "witness": {"type": ["object", "null"], "description": "What an independent engine confirmed: how many accounts, how chosen"},
        "incumbents": _text("Which accounts held a tier before"),
        "versions": _words("Versions of what decided"),
        "counts": _all("What became of each row", {name: _of("integer", name) for name in counts}),
        "rounded": {
            "type": "object",
            "additionalProperties": _of("integer", "How many values"),
            "description": "Values that had more decimals than their field keeps, by field",
        },
        "unfed": _texts("Optional fields that no column feeds"),
        "unread": _texts("Columns mapped that the policy does not read"),
        "outputs": _list("Every other file of the run", output),
    }
    parts = {
        "format": {"const": "kam-rules.run/1", "description": "The format of this document"},
        "run": _all("What was run; the hash covers this", run),
        "run_sha256": _text("SHA-256 of `run` as JSON with sorted keys and no spaces"),
        "written": _words("When; stands outside the hash"),
    }
    return _all("The manifest of a run", parts)
