"""Tell the shape of what `core.py` wrote, for `floor.py` to imitate. `python shape.py SOURCE FOLDER OUT`.

Each column of FOLDER, of which the first file stands for all, is its name, its type, and what may stand in its place: the
one value that it holds throughout, or the column of SOURCE that comes nearest to it in bytes a row, so that the floor writes
about as much.
"""

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq


def sizes(file: Path) -> dict[str, float]:
    """Return the bytes a row that each column takes."""
    found, told = pq.ParquetFile(file).metadata, {}
    for group in (found.row_group(i) for i in range(found.num_row_groups)):
        for column in (group.column(i) for i in range(group.num_columns)):
            told[column.path_in_schema] = told.get(column.path_in_schema, 0) + column.total_compressed_size / found.num_rows
    return told


def main(source: Path, folder: Path, out: Path) -> None:
    """Write the shape as JSON."""
    file = min(folder.glob("*.parquet"))
    written, given = sizes(file), sizes(source)
    whole = [name for name, kind in pl.read_parquet_schema(source).items() if kind.is_integer()]
    ends = (
        pl.scan_parquet(folder).select(pl.all().min().name.prefix("low."), pl.all().max().name.prefix("high.")).collect().row(0, named=True)
    )
    columns: list[dict[str, Any]] = []
    for name, kind in pl.read_parquet_schema(file).items():
        low, high = ends[f"low.{name}"], ends[f"high.{name}"]
        constant = [low] if low == high else None
        words = kind.categories.to_list() if isinstance(kind, pl.Enum) else None
        near = min(whole, key=lambda one, size=written[name]: abs(given[one] - size))
        columns.append({"name": name, "kind": str(kind.base_type()), "words": words, "constant": constant, "near": near})
    compression = pq.ParquetFile(file).metadata.row_group(0).column(0).compression.lower()
    out.write_text(json.dumps({"compression": compression, "columns": columns}), encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
