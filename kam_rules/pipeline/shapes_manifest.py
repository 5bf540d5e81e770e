"""The shape of a run's manifest."""

from __future__ import annotations

from kam_rules.evidence.pack import FORMAT
from kam_rules.model.book import Why
from kam_rules.model.schema import Schema
from kam_rules.pipeline.shapes import all_of, file_of, files_of, list_of, of_kind, or_null, text_of, texts_of, words_of
from kam_rules.pipeline.tally import FATES


def manifest_schema() -> Schema:
    """Return the schema of a run's `manifest.json`."""
    parts = {
        "format": {"const": FORMAT, "description": "The format of this document"},
        "run": all_of("What was run; the hash covers this", _run()),
        "run_sha256": text_of("SHA-256 of `run` as JSON with sorted keys and no spaces"),
        "written": words_of("When; stands outside the hash"),
    }
    return all_of("The manifest of a run", parts)


def _run() -> dict[str, Schema]:
    return {
        "policy": _policy(),
        "data": _data(),
        "withheld": words_of("The SHA-256 of each table of data, as lines of JSON, where the policy lets no run copy them"),
        "values": text_of("SHA-256 of the values that rederive.py reads, unpacked; empty of a run above 100,000 accounts"),
        "as_of": text_of("The day of the data"),
        "effective_on": text_of("The day decided for"),
        "standing": _standing(),
        "overrides": {"anyOf": [file_of(), {"type": "null"}], "description": "The file of overrides; null where none was named"},
        "known_at": or_null("The day of the extract"),
        "sets": words_of("Assumptions replaced for this run"),
        "ladder": _ladder(),
        "engine": text_of("The engine that decided"),
        "seats": _seats(),
        "witness": {"type": ["object", "null"], "description": "What an independent engine confirmed: how many accounts, how chosen"},
        "incumbents": text_of("Which accounts held a tier before"),
        "versions": words_of("Versions of what decided"),
        **_counts(),
        "unfed": texts_of("Optional fields that no column feeds"),
        "unread": texts_of("Columns mapped that the policy does not read"),
        "outputs": list_of("Every other file of the run", _output()),
    }


def _policy() -> Schema:
    return all_of(
        "The policy",
        {"id": text_of("Name"), "fiscal_year": text_of("Year"), "status": text_of("Draft or signed"), "files": files_of("Files")},
    )


def _data() -> Schema:
    how = texts_of("Column and unit; where it is not plain also how it is written, and its texts for nought and for missing")
    columns = {"type": "object", "additionalProperties": how, "description": "Which column feeds which field"}
    mapped = {"file": text_of("File"), "columns": columns}
    meant = {
        "ratings": {"type": ["object", "null"], "description": "How several raters' answers combine; null where nobody rates"},
        "extract": text_of("The query or report that made the file"),
        "roll_up": texts_of("How accounts below a parent count: the method, then the fields that are added up"),
        "control_totals": {
            "type": ["object", "null"],
            "description": "What the ledger of record says, with its tolerance, and beside it what came in",
        },
    }
    tables = {
        "type": "object",
        "additionalProperties": all_of("A table", mapped),
        "description": "The tables beside the accounts, by their word in the data file",
    }
    return all_of("The data", {"files": files_of("Files"), "accounts": all_of("The accounts", mapped | meant), "tables": tables})


def _standing() -> Schema:
    signature = {"function": text_of("Function"), "by": text_of("Who signed"), "on": text_of("Day"), "late": of_kind("boolean", "Too late")}
    hashes = {"ledger": text_of("Hash of its first entry"), "sha256": text_of("Hash of its last entry")}
    head = hashes | {"entries": of_kind("integer", "How many entries")}
    standing = {
        "status": {"enum": ["draft", "active"], "description": "Whether every function has signed the policy"},
        "why": text_of("What is missing of that"),
        "signed": list_of("Signatures that count", all_of("A signature", signature)),
        "head": {"anyOf": [all_of("The ledger before this run", head), {"type": "null"}], "description": "Null where none was named"},
        "roster": text_of("SHA-256 of the roster; empty where none was read"),
        "authors": words_of("Who replaced each assumption, or the figure from above, by hand"),
    }
    return all_of("Where the run stands", standing)


def _ladder() -> Schema:
    decision = words_of("Who decided to go on after an escalation, how, and why")
    look = {
        "top_down": or_null("The figure from above instead, in smallest units", "integer"),
        "sets": words_of("Assumptions replaced for the ladder alone"),
        "decision": {"anyOf": [decision, {"type": "null"}], "description": "A decision to go on after an escalation"},
        "of": text_of("Hash of the run whose ladder was climbed again; empty where none was"),
    }
    return all_of("What differs where the ladder alone was climbed again", look)


def _seats() -> Schema:
    taken = {"seats": of_kind("integer", "Seats taken"), "lowest": or_null("In the smallest unit of a score", "integer")}
    return {
        "type": "object",
        "description": "For each tier with bounded seats, how many are taken, and the lowest score that got one",
        "additionalProperties": all_of("A tier", taken),
    }


def _counts() -> dict[str, Schema]:
    rows = {str(name): of_kind("integer", str(name)) for name in ("rows", *FATES, *Why)}
    sums = {name: of_kind("integer", name) for fate in ("in", *FATES) for name in (fate, f"{fate}_without")}
    return {
        "counts": all_of("What became of each row", rows),
        "base": all_of("The base that the rows bring, in smallest units, and how many rows name none", sums),
        "rounded": {
            "type": "object",
            "additionalProperties": of_kind("integer", "How many values"),
            "description": "Values that had more decimals than their field keeps, by field",
        },
    }


def _output() -> Schema:
    size = of_kind("integer", "Size")
    return all_of("A file of the run", {"path": text_of("Path inside the run"), "bytes": size, "sha256": text_of("SHA-256")})
