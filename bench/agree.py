"""Hold what `core.py` wrote against plain Python. `python agree.py FILE COUNT`: the file, and how many accounts it holds."""

import sys
from pathlib import Path

import ours
from book import AS_OF, book
from peers import plain

AGREE = 20_000

if __name__ == "__main__":
    some = min(int(sys.argv[2]), AGREE)
    for found, wanted in zip(ours.told_in(Path(sys.argv[1]), AS_OF, some), plain.decide(plain.ready(book(some))), strict=True):
        assert found == wanted, (found, wanted)
