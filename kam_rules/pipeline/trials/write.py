"""Write tests as the file beside a policy holds them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from kam_rules.model.amounts import decimals, percent, shown
from kam_rules.model.tree import Value
from kam_rules.model.trial import Attempt
from kam_rules.model.types import Field, Type
from kam_rules.pipeline.trials.run import told

WIDE = 120
PLAIN = re.compile(r"[^\W_][\w.%/+-]*( [\w.%/+-]+)*")
"""Text that YAML reads as it stands, in braces, too."""
READ_OTHERWISE = re.compile(r"(?i)~|null|true|false|yes|no|on|off|y|n|none|undecided")


def text_of(name: str, attempt: Attempt, contract: Mapping[str, Field], *, as_of: dt.date | None = None, indent: int = 2) -> str:
    """Return one test as an item of `tests`, with what is decided today as what is expected.

    Args:
        name: the rule of the business that it holds.
        attempt: the values, and what is decided of them.
        contract: the fields of the policy by name.
        as_of: the day that the values speak of, where it is not the file's.
        indent: how far the item is set in.
    """
    lines = [f"- name: {quoted(name)}"]
    lines += [f"  as_of: {as_of}"] if as_of else []
    lines += _braces("given", [f"{key}: {_value(value, contract.get(key))}" for key, value in attempt.given.items()])
    found = attempt.found
    expect = [f"{key}: {told(key, found[key])}" for key in ("tier", "state", "target")]
    for key in ("triggers", "amount", "score", "rules"):
        answer = found[key]
        if isinstance(answer, tuple) and answer:
            expect += f"{key}: [{', '.join(answer)}]".split(", ")
        elif answer not in (None, ()):
            expect.append(f"{key}: {told(key, answer)}")
    lines += _braces("expect", expect)
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def head(policy: str, as_of: dt.date | None = None, note: str = "") -> str:
    """Return what stands above the first test of a file."""
    day = f"as_of: {as_of}\n" if as_of else ""
    return f"# Tests of {policy}. Run them: kam-rules test {policy}\n{note}{day}tests:\n"


def quoted(text: str) -> str:
    """Return a text as YAML reads it back, in braces and out of them."""
    if PLAIN.fullmatch(text) and not READ_OTHERWISE.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'" if text.isprintable() else '"' + text.encode("unicode_escape").decode() + '"'


def _value(value: Value, field: Field | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        ratio = field is not None and field.type is Type.RATIO
        return percent(value) if ratio else shown(value, decimals(value), thousands=False)
    return str(value) if isinstance(value, dt.date) else quoted(str(value))


def _braces(key: str, parts: Iterable[str]) -> list[str]:
    """Return a mapping in braces, broken between parts where a line would be too long."""
    lines, line = [], f"  {key}: {{"
    for i, part in enumerate(parts):
        if i and len(line) + len(part) + 3 > WIDE:
            lines.append(f"{line},")
            line = f"    {part}"
        else:
            line += f", {part}" if i else part
    return [*lines, f"{line}}}"]
