"""Write kam-ref's book to Parquet, chunk by chunk, and the data file beside it. `python write.py COUNT OUT`."""

import sys
from pathlib import Path

import ours
import pyarrow.parquet as pq
from book import AS_OF, CHUNK, chunk


def main(count: int, out: Path) -> None:
    """Write the first so many accounts, a row group a chunk."""
    writer = None
    for number in range(-(-count // CHUNK)):
        part = chunk(number).head(count - number * CHUNK).to_arrow()
        writer = writer or pq.ParquetWriter(out, part.schema, compression="snappy")
        writer.write_table(part)
    assert writer is not None
    writer.close()
    out.with_suffix(".yaml").write_text(ours.data_file(out, "kam_ref", AS_OF), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
