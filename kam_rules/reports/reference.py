"""The reference: every word of a policy and of a data file, from the words themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping

from kam_rules.curves import form, forms
from kam_rules.feel.functions import FUNCTIONS
from kam_rules.feel.syntax import grammar
from kam_rules.findings import codes, page
from kam_rules.model.errors import Finding, UsageError
from kam_rules.model.names import did_you_mean
from kam_rules.model.report import Block, Column, Facts, Lines, Report, Table
from kam_rules.model.schema import Schema
from kam_rules.model.types import BUILT_IN
from kam_rules.pipeline import datafile, overrides, roster, waivers
from kam_rules.pipeline.trials import read as trials
from kam_rules.pipeline.trials.shapes import tests_schema
from kam_rules.plans import kind, kinds
from kam_rules.scales import scale, scales
from kam_rules.sections import ORDER, policy_schema, section
from kam_rules.sections._names import DECIDED, LAYERS
from kam_rules.spreads import spread, spreads
from kam_rules.tables import table, tables
from kam_rules.windows import Way, keys, way, ways
from kam_rules.yearly import word as year_word
from kam_rules.yearly import words, year_schema

EXPRESSIONS = "expressions"
DATA, TESTS, WAIVERS, ROSTER, OVERRIDES = "data", "tests", "waivers", "roster", "overrides"
BESIDE = {
    DATA: (datafile, datafile.data_schema),
    TESTS: (trials, tests_schema),
    WAIVERS: (waivers, waivers.waivers_schema),
    ROSTER: (roster, roster.roster_schema),
    OVERRIDES: (overrides, overrides.overrides_schema),
}
"""The files beside a policy: where each is told, and its shape."""
SPREAD, KIND = "spread", "kind"
ADVICE = re.compile(r"(?=\b(?:Avoid|Prefer) )")
LAYER_NAMES = {
    "targets": "targets, baselines",
    "metrics": "metrics, lapsed_when",
    "gates": "gates",
    "criteria": "criteria: measure",
    "tiers": "tiers: when, tie_break",
    "states": "states",
    "triggers": "triggers",
}


def reference(word: str | None) -> Report:
    """Return the reference page of a word such as ``criteria.bands``, or the list of all sections.

    Raises:
        UsageError: KR510 there is no such word.
    """
    if word is None:
        return _overview()
    if word == EXPRESSIONS:
        return _expressions()
    if word.upper() in codes():
        return finding(word)
    top, *path = word.split(".")
    _, other = BESIDE.get(top, (None, None))
    schema = other() if other else year_schema() if top in words() else policy_schema()
    steps = path if other else [top, *path]
    trodden = [top] if other else []
    for step in steps:
        if trodden[-1:] == [SPREAD] and step in spreads():
            return _page(f"{'.'.join(trodden)}.{step}", spread(step).SCHEMA or {}, inspect.getdoc(spread(step)) or "")
        if trodden[-1:] == [KIND] and step in kinds():
            return _page(f"{'.'.join(trodden)}.{step}", {}, inspect.getdoc(kind(step)) or "")
        below = _keys(schema)
        if step in schema.get("x-elsewhere", {}):
            where = schema["x-elsewhere"][step]
            raise UsageError(Finding("KR510", f"'{step}' stands elsewhere: {where}", None, "it is refused here, never ignored"))
        if step not in below and "NAME" in below:
            below = {step: below["NAME"]}
        if step not in below:
            where = f"'{'.'.join(trodden)}' has no" if trodden else "there is no"
            known = [*below, *([*BESIDE, *words(), EXPRESSIONS] if not trodden else [])]
            elsewhere = [f"{DATA}.{step}"] if step in tables() and not trodden else []
            elsewhere += [path_ for path_ in _paths(policy_schema()) if path_.rsplit(".", 1)[-1] == step]
            fix = f"did you mean {' or '.join(elsewhere[:4])}?" if elsewhere else did_you_mean(step, known)
            raise UsageError(Finding("KR510", f"{where} key '{step}'", None, fix))
        schema, trodden = below[step], [*trodden, step]
    return _page(".".join(trodden) or DATA, schema, _doc(word))


def finding(code: str) -> Report:
    """Return the page of a finding: what it means, the example, and what to write instead.

    Raises:
        UsageError: KR510 there is no such code.
    """
    code = code.upper()
    if code not in codes():
        fix = "a code is KR with three digits, as it stands in front of the finding"
        raise UsageError(Finding("KR510", f"there is no finding '{code}'", None, fix))
    found = page(code)
    text, _, rest = (inspect.getdoc(found) or "").partition("Example:\n")
    example, _, instead = rest.partition("Instead:\n")
    prose = tuple(" ".join(part.split()) for part in text.strip().split("\n\n") if part.strip())
    blocks: list[Block] = [Lines("meaning", "", prose)]
    for key, body in (("example", example), ("instead", instead)):
        if body.strip():
            blocks.append(Lines(key, key.capitalize(), tuple(inspect.cleandoc(body).splitlines())))
    return Report("reference", f"{code}: {found.TITLE}", tuple(blocks))


def _overview() -> Report:
    columns = (Column("key", "Section"), Column("required", "Required"), Column("about", "What it says"))
    rows = tuple((name, "yes" if section(name).REQUIRED else "", _first(inspect.getdoc(section(name)) or "")) for name in ORDER)
    more = ("kam-rules schema SECTION tells one of them; kam-rules schema SECTION.KEY a key below it",
            "kam-rules schema data tells the data file, schema tests the tests beside a policy, schema waivers its waivers",
            "kam-rules schema roster tells whose signatures count, schema overrides what people put in the place of what is computed",
            f"tables that come later in the year: {', '.join(words())}",
            "kam-rules schema expressions tells how conditions are written",
            "kam-rules explain-code KR301 tells what a finding means, with an example")  # fmt: skip
    return Report("reference", "A policy: one file per fiscal year", (Table("sections", "", columns, rows), Lines("more", "More", more)))


def _windows(found: list[Way]) -> str:
    """Return the page of a key under which windows are written: what each means, and how each is written."""
    docs = [inspect.getdoc(one) or "" for one in found]
    if len(docs) == 1:
        return docs[0]
    prose = "\n\n".join(f"`{one.SAMPLE}`: {doc.partition('Example:')[0].strip()}" for one, doc in zip(found, docs, strict=True))
    return f"{prose}\n\nExample:\n" + "\n".join(f"    {one.SAMPLE}" for one in found)


def _doc(word: str) -> str:
    """Return the docstring of the word that the last step names, where it is a word with a file of its own."""
    last = word.rsplit(".", 1)[-1]
    if word in ORDER:
        return inspect.getdoc(section(word)) or ""
    if word in words():
        return inspect.getdoc(year_word(word)) or ""
    if last in forms() and word.startswith("incentives."):
        return inspect.getdoc(form(last)) or ""
    if word.startswith("triggers.") and last in keys():
        return _windows([way(name) for name in ways() if last == way(name).KEY])
    if last in scales() and word.startswith("criteria."):
        return inspect.getdoc(scale(last)) or ""
    if word.startswith(f"{DATA}.") and last in tables():
        return inspect.getdoc(table(last)) or ""
    return (inspect.getdoc(BESIDE[word][0]) or "") if word in BESIDE else ""


def _page(name: str, schema: Schema, doc: str) -> Report:
    text, _, example = doc.partition("Example:")
    blocks: list[Block] = []
    prose = [" ".join(part.split()) for part in text.strip().split("\n\n") if part.strip()]
    if len(prose) > 1:
        blocks.append(Lines("meaning", "Meaning", tuple(prose[1:])))
    below = _keys(schema)
    if below:
        blocks.append(_table(schema, below))
    if not below or "oneOf" in schema:
        blocks.append(Facts("kind", "", (("is", _kind(schema)),)))
    if name.endswith(f".{SPREAD}"):
        rows = tuple((word, _first(inspect.getdoc(spread(word)) or "")) for word in spreads())
        blocks.append(Table("words", "Words", (Column("word", "Word"), Column("about", "What it says")), rows, f"{name}.WORD tells one."))
    body, notes = _split(example)
    if body:
        blocks.append(Lines("example", "Example", tuple(body)))
    if notes:
        blocks.append(Lines("advice", "Advice", tuple(notes)))
    title = f"{name}: {prose[0] if prose else schema.get('description', '')}"
    return Report("reference", title, tuple(blocks))


def _split(example: str) -> tuple[list[str], list[str]]:
    lines = inspect.cleandoc(example).splitlines() if example.strip() else []
    raw = example.strip("\n").splitlines()
    body = [line for line in raw if line.startswith("    ")]
    notes = [line.strip() for line in raw if line.strip() and not line.startswith("    ")]
    return ([line[4:] for line in body] if lines else []), [part.strip() for part in ADVICE.split(" ".join(notes)) if part.strip()]


def _keys(schema: Schema) -> dict[str, Schema]:
    """Return what may stand below a shape: keys, the keys of its items, or NAME for a key that its writer chooses."""
    if "items" in schema:
        return _keys(schema["items"])
    found: dict[str, Schema] = dict(schema.get("properties", {}))
    for option in schema.get("oneOf", ()):
        found |= _keys(option)
    other = schema.get("additionalProperties")
    if isinstance(other, dict):
        found |= {"NAME": other} | ({} if schema.get("properties") else _keys(other))
    return found


def _paths(schema: Schema, above: str = "", depth: int = 4) -> Iterable[str]:
    """Walk the words of a shape, each with its path from the top; names that a writer chooses are passed over."""
    for key, below in _keys(schema).items():
        path = f"{above}{key}"
        if key != "NAME":
            yield path
            if depth:
                yield from _paths(below, f"{path}.", depth - 1)


def _required(schema: Schema) -> tuple[str, ...]:
    if "items" in schema:
        return _required(schema["items"])
    other = schema.get("additionalProperties")
    here = tuple(schema.get("required", ()))
    return (*here, *(_required(other) if isinstance(other, dict) and not here else ()))


def _table(schema: Schema, below: Mapping[str, Schema]) -> Table:
    required = _required(schema)
    columns = (Column("key", "Key"), Column("kind", "Is"), Column("required", "Required"), Column("about", "Meaning"))
    rows = tuple((key, _kind(part), "yes" if key in required else "", part.get("description", "")) for key, part in below.items())
    return Table("keys", "Keys", columns, rows)


def _kind(schema: Schema) -> str:
    if "enum" in schema:
        return " | ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in schema["enum"])
    if "oneOf" in schema:
        return " or ".join(_kind(option) for option in schema["oneOf"])
    kinds = {"array": "list", "object": "keys", "integer": "whole number", "number": "number", "boolean": "true | false"}
    return str(schema.get("x-kind") or kinds.get(str(schema.get("type")), "text"))


def _first(doc: str) -> str:
    return " ".join(doc.split("\n\n", maxsplit=1)[0].split())


def _expressions() -> Report:
    columns = (Column("place", "In"), Column("names", "may be read"))
    rows = tuple((LAYER_NAMES[layer], ", ".join(_readable(layer))) for layer in LAYERS)
    types = (
        "money + money, money - money is money; money / money is a ratio; a ratio or a bare number times money is money",
        "money times money, and money plus a ratio, are errors; 5% is 0.05",
        "a bare number compares with money, number, integer, rating and score; with a ratio only if it is 0: write 5%",
        "any comparison with a missing value is unknown; known(x) is the one test for it; division by zero is missing",
        "and, or, not() follow Kleene: false and unknown is false, true or unknown is true, all else stays unknown",
        "text stands in double quotes and compares after trimming; case counts",
        "a literal has at most 6 decimals, a percent at most 4; nothing is rounded on its way to a comparison",
    )
    blocks = (
        Table("names", "Names", columns, rows),
        Lines("types", "Units and missing values", types),
        Facts("functions", "Functions", tuple(FUNCTIONS.items())),
        Lines("grammar", "Grammar", tuple(line for line in grammar().splitlines() if line.strip())),
    )
    return Report("reference", "Expressions: a subset of FEEL (OMG DMN) plus percent literals", blocks)


def _readable(layer: str) -> Iterable[str]:
    yield "assumptions"
    if layer == "targets":
        return
    yield from ("fields", "metrics", "as_of", *BUILT_IN)
    yield from (name for name, (_, since, _) in DECIDED.items() if LAYERS.index(layer) >= LAYERS.index(since))
