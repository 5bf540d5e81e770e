"""The blocks of a long report, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kam_rules.model.progress import Progress
from kam_rules.model.report import Block


def stepped(parts: Sequence[Callable[[], Iterable[Block]]], progress: Progress, expect: Progress) -> tuple[Block, ...]:
    """Make each part in turn and count it as one step; return all blocks in order."""
    expect(len(parts))
    blocks: list[Block] = []
    for part in parts:
        blocks += part()
        progress(1)
    return tuple(blocks)
