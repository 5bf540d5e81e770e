"""What one policy means otherwise than another: rule by rule, with an account that shows it or the proof that there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kam_rules.model.policy import Policy
from kam_rules.model.program import TIERS
from kam_rules.model.progress import Progress, silent
from kam_rules.pipeline.assemble import GATES, STATES, TARGETS, TRIGGERS
from kam_rules.pipeline.diff.settle import settle
from kam_rules.pipeline.diff.shown import Kind, Settled
from kam_rules.pipeline.diff.sides import Side, Sides, sides
from kam_rules.pipeline.diff.subjects import Subject, subjects

READING = (GATES, TIERS, STATES, TARGETS, TRIGGERS)
NAMED = ("metrics.", "assumptions.")


@dataclass(frozen=True, slots=True)
class Diff:
    """Two policies and every change from the older to the newer, settled, in the order of the newer policy."""

    old: Policy
    new: Policy
    changes: tuple[Settled, ...]

    @property
    def material(self) -> tuple[Settled, ...]:
        """The changes that want every signature again."""
        return tuple(change for change in self.changes if change.material)


def diff(old: Policy, new: Policy, progress: Progress = silent, expect: Progress = silent) -> Diff:
    """Return what changes.

    Args:
        old: the policy before.
        new: the policy to come.
        progress: called with the number of changes settled since its last call.
        expect: called with their number.
    """
    written = subjects(old, new)
    if not written:
        return Diff(old, new, ())
    found = sides(old, new)
    every = (*written, *_through(found, written))
    expect(len(every))
    settled = []
    for subject in every:
        settled.append(settle(found, subject))
        progress(1)
    return Diff(old, new, tuple(one for one in settled if not (one.subject.through and one.kind is Kind.SAME)))


def _through(found: Sides, written: tuple[Subject, ...]) -> Iterator[Subject]:
    """Walk the rules whose own text is as it was, and that read a figure that is not."""
    there = {subject.name for subject in written}
    names = {name.partition(".")[2] for name in there if name.startswith(NAMED)}
    told: dict[str, set[str]] = {}
    for name, read in _readers(found.new):
        if name not in there and read & names:
            told.setdefault(name, set()).update(read & names)
    yield from (Subject(name, through=tuple(sorted(read))) for name, read in told.items())


def _readers(side: Side) -> Iterator[tuple[str, set[str]]]:
    """Walk every rule and criterion with the names that it reads."""
    for list_id in READING:
        for rule in side.lists[list_id].rules if list_id in side.lists else ():
            if not rule.built_in and rule.id != "own":
                name = rule.id.partition(".")[0] if list_id == TARGETS else rule.id
                yield f"{list_id}.{name}", {read for node in (rule.when, *rule.gives) for read in side.read(node)}
    for criterion in side.program.criteria:
        yield f"criteria.{criterion.id}", side.read(criterion.measure)
