"""The floor under `core.py`: Polars reads the same columns and writes a file of the same shape, with no rule in between.

`python floor.py SOURCE OUT SHAPE`: SHAPE is what `shape.py` tells of the file that `core.py` wrote.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

READ = (
    "account_id", "owner", "revenue_prior", "revenue_current", "gross_margin", "cost_to_serve", "potential_spend", "growth_forecast",
    "health_score", "nps", "exec_sponsor", "strategic_alignment", "values_strengths", "willing", "tenure_months", "open_escalations",
    "contract_end", "last_qbr",
)  # fmt: skip
"""The columns that a decision needs."""


def imitate(column: dict[str, Any]) -> pl.Expr:
    """Return an input column, or one value throughout, in the place of a column that rules would have given."""
    name, words = column["name"], column["words"]
    kind = pl.Enum(words) if words else getattr(pl, column["kind"])
    if column["constant"]:
        return pl.lit(column["constant"][0], kind).alias(name)
    if words:
        return pl.lit(pl.Series(words, dtype=kind)).gather((pl.col("strategic_alignment") % len(words)).cast(pl.UInt32)).alias(name)
    if kind == pl.String:
        return pl.col(name if name in READ else "owner").alias(name)
    if kind == pl.Boolean:
        return pl.col("willing").alias(name)
    return pl.col(column["near"]).cast(kind).alias(name)


def main(source: Path, out: Path, shape: Path) -> None:
    """Read, touch every value, write."""
    wanted = json.loads(shape.read_text(encoding="utf-8"))
    columns = [imitate(column) for column in wanted["columns"]]
    read = pl.scan_parquet(source).select(READ).filter(~pl.any_horizontal(pl.all().is_null()))
    read.select(columns).sink_parquet(out, compression=wanted["compression"])


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
