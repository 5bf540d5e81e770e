"""Everything that can be known of a policy before a run: its shape, its names and units, its figures on every date."""

from __future__ import annotations

from collections.abc import Mapping as Pairs
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

from kam_rules.backends.reference import evaluate
from kam_rules.feel.scope import EVERY
from kam_rules.model.amounts import percent
from kam_rules.model.document import Doc, Mapping, Scalar
from kam_rules.model.errors import Finding, PolicyError
from kam_rules.model.names import nearest
from kam_rules.model.policy import Policy, Source
from kam_rules.model.tree import Const, Value
from kam_rules.pipeline.assemble import assemble
from kam_rules.pipeline.extend import Given, Whole, told, whole
from kam_rules.pipeline.figures import figure_faults
from kam_rules.pipeline.load import excerpts, read_file
from kam_rules.pipeline.shape import FEW, check_shape
from kam_rules.pipeline.waivers import load as load_waivers
from kam_rules.sections import ORDER, policy_schema, section
from kam_rules.sections._draft import MOST_FAULTS, Draft
from kam_rules.sections.assumptions import constant_dates
from kam_rules.sections.targets import hint


def check(path: Path, shown: str | None = None, given: Given | None = None) -> Policy:
    """Return the policy that a file holds, with all that it extends.

    Args:
        path: the YAML file.
        shown: the path as messages and trails write it; the path itself where not given.
        given: the files that it extends, where they are not to be looked for; see `kam_rules.pipeline.extend.whole`.

    Raises:
        PolicyError: every fault of the file, in the order of its lines; else every fault of the waivers beside it.
    """
    text, source = read_file(path, shown)
    policy = check_text(text, source, path, given)
    waivers, beside = load_waivers(path, source.path)
    return policy if beside is None else replace(policy, sources=(*policy.sources, beside), waivers=waivers)


def check_text(text: str, source: Source, path: Path | None = None, given: Given | None = None) -> Policy:
    """Return the policy of a YAML text; see `check`. What it extends is looked for from `path`, else from the source's."""
    found = whole(text, source, path or Path(source.path), given)
    document = found.document
    findings = check_shape(document, policy_schema())
    draft = Draft()
    faulty = {_top(found, finding) for finding in findings}
    _lower(document, draft, faulty)
    findings += draft.findings
    if draft.provable and not faulty & {"assumptions", "targets"}:
        findings += _figures(draft, document)
    if findings:
        texts = {source.path: text, **{s.path: s.text for s in found.sources[1:]}}
        raise PolicyError(excerpts(told(list(dict.fromkeys(findings)), found), texts)[:MOST_FAULTS])
    return _policy(draft, document, found.sources)


def _top(found: Whole, finding: Finding) -> str:
    """Return the top-level key that a fault of the shape stands under, in the file that it stands in."""
    where = finding.where or found.document.where
    document = found.own[where.path]
    above = [e.key for e in document.entries if (e.where.line, e.where.column) <= (where.line, where.column)]
    return above[-1] if above else ""


def _lower(document: Mapping, draft: Draft, faulty: set[str]) -> None:
    """Lower every section whose shape is right; the names that a wrong or misspelled one would define count as broken."""
    strangers = islice((entry.key for entry in document.entries if entry.key not in ORDER), FEW)
    misspelled = {nearest(key, ORDER) for key in strangers}
    for name in ORDER:
        doc = document.get(name)
        if doc is not None and name not in faulty:
            section(name).lower(doc, draft)
        elif name not in {"fields", "metrics", "assumptions"}:
            continue
        elif isinstance(doc, Mapping) and doc.entries:
            draft.broken.update(e.key for e in doc.entries)
        elif doc is not None or name in misspelled or name == "fields":
            draft.broken.add(EVERY)


def _policy(draft: Draft, document: Mapping, sources: tuple[Source, ...]) -> Policy:
    return Policy(
        draft.id,
        draft.fiscal_year,
        draft.start,
        draft.end,
        draft.owner,
        draft.definition,
        tuple(draft.assumptions.values()),
        assemble(draft),
        document,
        sources,
        year=draft.year,
        incentives=draft.incentives,
        copies=draft.copies,
        extended=len(sources) - 1,
    )


def _figures(draft: Draft, document: Mapping) -> list[Finding]:
    """Prove each target's figures on every date on which an assumption changes."""
    found: list[Finding] = []
    for assumption in draft.assumptions.values():
        if assumption.on(draft.start) is None:
            message = f"'{assumption.name}' has no value on {draft.start}, the first day of the policy"
            fix = f"add a value dated {draft.start} or earlier"
            found.append(Finding("KR315", message, assumption.values[0].where, fix))
    if found:
        return found
    plausible = [draft.percent(i) for i in document.map("targets").scalars("plausible")]
    for day in constant_dates(draft.assumptions, draft.start, draft.end):
        bound = {a.name: a.on(day).value for a in draft.assumptions.values()}  # type: ignore[union-attr]
        for rule in draft.targets.rules:
            if not rule.built_in and rule.id != "own":
                found += figure_faults(rule, document, bound, (plausible[0], plausible[1]), f"on {day}")
        found += _baseline_faults(document, draft, bound, (plausible[0], plausible[1]))
        found += _top_down_faults(draft, bound, (plausible[0], plausible[1]), f"on {day}")
    return list({(f.code, f.where): f for f in reversed(found)}.values())


def _baseline_faults(document: Mapping, draft: Draft, bound: Pairs[str, Value], plausible: tuple[Fraction, Fraction]) -> list[Finding]:
    found = []
    for scalar in _scalars(document.map("targets").map("baselines")):
        node = draft.expression(scalar, "targets")
        value = evaluate(node, bound) if node is not None else None
        if isinstance(value, Fraction) and not plausible[0] <= value <= plausible[1]:
            near = hint(value, plausible) if isinstance(node, Const) else ""
            fix = f"did you mean {near}?" if near else "correct the figure, or widen targets.plausible"
            limits = f"{percent(plausible[0])} to {percent(plausible[1])}"
            found.append(Finding("KR306", f"a baseline of {percent(value)} is not plausible ({limits})", scalar.where, fix))
    return found


def _top_down_faults(draft: Draft, bound: Pairs[str, Value], plausible: tuple[Fraction, Fraction], when: str) -> list[Finding]:
    """Prove the ratio asked from above: plausible as every target is, and above 0%."""
    top_down = draft.reconciliation.top_down if draft.reconciliation else None
    value = evaluate(top_down.nrr, bound) if top_down and top_down.nrr is not None else None
    if top_down is None or not isinstance(value, Fraction) or (plausible[0] <= value <= plausible[1] and value > 0):
        return []
    written = isinstance(top_down.nrr, Const)
    near = hint(value, plausible) if written else ""
    fix = f"did you mean {near}?" if near else "correct the figure, or what it is made of"
    limits = f"{percent(plausible[0])} to {percent(plausible[1])}, above 0%"
    message = f"a top-down of {percent(value)} is not plausible{'' if written else f' {when}'} ({limits})"
    return [Finding("KR306", message, top_down.where, fix)]


def _scalars(doc: Doc) -> list[Scalar]:
    if isinstance(doc, Scalar):
        return [doc]
    below = [e.value for e in doc.entries] if isinstance(doc, Mapping) else list(doc.items)
    return [scalar for item in below for scalar in _scalars(item)]
