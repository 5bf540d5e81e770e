"""A fault inside an expression, with its offset in the text."""

from __future__ import annotations


class ExpressionFault(Exception):
    """What is wrong at `offset` (from 0) of an expression, and how to mend it."""

    def __init__(self, code: str, message: str, offset: int, fix: str) -> None:
        """Keep the parts; the reader of the file turns the offset into a place."""
        super().__init__(message)
        self.code, self.message, self.offset, self.fix = code, message, offset, fix


class BrokenName(Exception):
    """The expression reads a name whose own definition is at fault; that fault is reported there."""
