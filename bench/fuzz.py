"""Throw bytes at the reader of CSV, guided by what they reach: each file is read, or refused with a code; nothing breaks.

`python fuzz.py -max_total_time=60 [FOLDER]` needs atheris; a folder of files to start from helps. It ends with a trace where
a file breaks the reader.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports():
    from kam_rules.sources import csv_

from kam_rules.model.book import Layout
from kam_rules.model.errors import DataError

FILE = Path(tempfile.mkdtemp()) / "a.csv"


def read(data: bytes) -> None:
    """Read a file of these bytes; every row has a place, in the order of the file."""
    FILE.write_bytes(data)
    rows: list[int] = []
    try:
        for raw in csv_.read(FILE, FILE.name, ("id", "x"), Layout(key="id")):
            aside = [] if raw.aside is None else raw.aside["row"].to_list()
            rows += sorted([*raw.table["row"], *aside])
    except DataError:
        return
    assert rows == list(range(rows[0], rows[0] + len(rows))) if rows else True, rows


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
