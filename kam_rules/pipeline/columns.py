"""Hold the columns of a source against the contract, before any row of it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kam_rules.model.book import AccountsSource, ColumnMap, Raw
from kam_rules.model.errors import DataError, Finding, Where
from kam_rules.model.names import did_you_mean
from kam_rules.model.program import Program
from kam_rules.model.types import Type
from kam_rules.sources._names import trap


def check_columns(raw: Raw, source: AccountsSource, program: Program, fed: dict[str, ColumnMap]) -> None:
    """Refuse a source whose columns cannot feed the fields, or that has no rows.

    Args:
        raw: its first part.
        source: what the data file says of it.
        program: the fields that are asked for.
        fed: the columns that feed a field.

    Raises:
        DataError: every such fault: KR403 no rows, KR404 a column is missing, KR426 a unit where none can be, KR680 the base
            is fed from a column that holds something else.
    """
    names = list(raw.names)
    found = []
    for name, column in source.columns.items():
        if column.column not in names:
            message = f"{source.shown} has no column '{column.column}'"
            if name in fed:
                found.append(Finding("KR404", message, column.where, did_you_mean(column.column, names)))
    for wanted in program.fields:
        mapped = fed.get(wanted.name)
        if mapped is not None and mapped.unit and mapped.where is not None and wanted.type is not Type.RATIO:
            message = f"'unit' says how a ratio is written; '{wanted.name}' is a {wanted.type}"
            found.append(Finding("KR426", message, mapped.where, "take unit: out"))
        if wanted.required and wanted.name not in fed:
            message = f"no column feeds '{wanted.name}', which the policy requires"
            found.append(Finding("KR404", message, source.where, f"add {wanted.name}: with its column under columns"))
    found += _traps(program, fed)
    if "account_id" not in fed:
        found.append(Finding("KR404", "no column feeds 'account_id'", source.where, "add account_id: with its column"))
    if not raw.table.height and not found:
        found.append(Finding("KR403", f"{source.shown} has no rows", Where(source.shown), "is it the right file?"))
    if found:
        raise DataError(found)


def _traps(program: Program, fed: Mapping[str, ColumnMap]) -> Iterator[Finding]:
    for name, column in fed.items():
        reason = trap(column.column) if name == program.base and not column.known else ""
        if reason:
            fix = f"map another column; if it is meant, write {name}: {{column: {column.column}, i_know: true}}"
            yield Finding("KR680", f"'{name}' is fed from '{column.column}': {reason}", column.where, fix)
