"""A whole process, timed from outside: kam-ref from Parquet to Parquet by our engine. `python core.py SOURCE OUT`."""

import sys
from pathlib import Path

import ours
from book import AS_OF

if __name__ == "__main__":
    ours.core(Path(sys.argv[1]), Path(sys.argv[2]), AS_OF)
