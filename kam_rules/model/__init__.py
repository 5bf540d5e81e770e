"""Frozen data: the nouns that every other floor speaks of. Nothing here reads, writes or decides."""
