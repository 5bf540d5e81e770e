"""What is wrong with the rows of a source: one line a fault, with the row, the column and the text as it stands there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from kam_rules.model.book import ColumnMap
from kam_rules.model.rates import PlanRates
from kam_rules.model.types import Field
from kam_rules.sources._contract import as_text
from kam_rules.sources._rates import foreign

FAULTS = {
    "row": pl.Int64,
    "account_id": pl.String,
    "field": pl.String,
    "column": pl.String,
    "raw": pl.String,
    "code": pl.String,
    "refused": pl.Boolean,
}
"""A line of the table of faults; `refused`: the row is not decided for it."""
ROW_FAULTS = ("KR407", "KR411", "KR412", "KR413", "KR414", "KR415", "KR417")
"""Codes that refuse the whole row, in whichever cell they stand."""


def of_rows(cells: pl.DataFrame, fed: dict[str, ColumnMap], misfits: dict[int, str], doubled: pl.Series) -> Iterator[pl.DataFrame]:
    """Name rows that do not fit the header, rows without an id, and rows of one id with several contents."""
    column = fed["account_id"].column
    if misfits:
        misfit = _fault_rows(cells.filter(pl.col("row").is_in(list(misfits))), "", "", "KR407")
        yield misfit.with_columns(raw=pl.col("row").replace_strict(misfits, default="", return_dtype=pl.String))
    if cells["account_id"].null_count():
        yield _fault_rows(cells.filter(pl.col("account_id").is_null()), "account_id", column, "KR411")
    if len(doubled):
        yield _fault_rows(cells.filter(pl.col("row").is_in(doubled.implode())), "account_id", column, "KR412")


def of_currencies(cells: pl.DataFrame, fed: dict[str, ColumnMap], rates: PlanRates) -> Iterable[pl.DataFrame]:
    """Name rows in a currency that has no plan rate."""
    if "currency" in fed:
        yield _fault_rows(cells.filter(foreign(cells["currency"], rates)), "currency", fed["currency"].column, "KR417")


def of_cells(cells: pl.DataFrame, field: Field, column: ColumnMap | None, codes: pl.Series) -> Iterable[pl.DataFrame]:
    """Name each cell that breaks the contract; in a required field it refuses the account."""
    if column is None or codes.null_count() == len(codes):
        return
    for code in codes.drop_nulls().unique().sort():
        rows = _fault_rows(cells.filter((codes == code).fill_null(value=False)), field.name, column.column, code)
        yield rows.with_columns(refused=pl.lit(field.required or code in ROW_FAULTS))


def of_absent(cells: pl.DataFrame, field: Field, column: ColumnMap | None, values: pl.Series, codes: pl.Series) -> Iterable[pl.DataFrame]:
    """Name rows whose required field holds nothing, unless another fault says so already."""
    if column is not None and field.required and values.null_count():
        absent = values.is_null() & codes.is_null()
        yield _fault_rows(cells.filter(absent), field.name, column.column, "KR413")


def _fault_rows(rows: pl.DataFrame, field: str, column: str, code: str) -> pl.DataFrame:
    text = as_text(field, rows.schema[field]) if field else pl.lit("")
    return rows.select(
        pl.col("row"),
        pl.col("account_id").fill_null(""),
        field=pl.lit(field),
        column=pl.lit(column),
        raw=text.fill_null(""),
        code=pl.lit(code),
        refused=pl.lit(code in ROW_FAULTS),
    ).cast(FAULTS)  # type: ignore[arg-type]
