"""Databases: the rows of a query, written down as CSV first, so that what was decided on can be shown and has a digest."""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kam_rules.model.book import Layout
from kam_rules.model.errors import DataError, Finding, Where

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

ROWS = 10_000
"""Rows that are fetched at a time."""
NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


@contextmanager
def fetched(layout: Layout, where: Where | None, beside: Path) -> Iterator[Path]:
    """Give the rows of a query as a CSV file for as long as they are read.

    Args:
        layout: `database` is an address without a password, or the name of the environment variable that holds one.
        where: the place in the data file.
        beside: the folder that a path of SQLite is seen from.

    Raises:
        DataError: KR430 the database cannot be asked; no message holds a password.
    """
    url = _url(layout.database, where, beside)
    with TemporaryDirectory(prefix=".kam-rules-") as folder:
        path = Path(folder) / "query.csv"
        _fetch(url, layout.query, where, path)
        yield path


def _url(database: str, where: Where | None, beside: Path) -> URL:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    named = bool(NAME.fullmatch(database))
    if named and database not in os.environ:
        message = f"the environment variable {database} is not set; it is to hold the address of the database"
        raise DataError(Finding("KR430", message, where, f"set it: export {database}=postgresql+psycopg://user@host/name"))
    try:
        url = make_url(os.environ[database] if named else database)
    except ArgumentError:
        message = "this is no address of a database" if not named else f"what {database} holds is no address of a database"
        raise DataError(Finding("KR430", message, where, "write dialect://user@host/name, such as sqlite:///crm.db")) from None
    if url.password is not None and not named:
        fix = "put the whole address into an environment variable, and write its name here"
        raise DataError(Finding("KR430", "a password stands in the data file", where, fix))
    if url.get_backend_name() == "sqlite" and url.database:
        file = beside / url.database
        if not file.is_file():
            raise DataError(Finding("KR430", f"there is no database {url.database}", where, "its path is seen from the data file"))
        return url.set(database=f"file:{file.resolve()}", query={"mode": "ro", "uri": "true"})
    return url


def _fetch(url: URL, query: str, where: Where | None, path: Path) -> None:
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = create_engine(url)
        try:
            with engine.connect() as connection, path.open("w", encoding="utf-8", newline="") as file:
                rows = connection.execution_options(stream_results=True).execute(text(query))
                writer = csv.writer(file)
                writer.writerow(rows.keys())
                for part in rows.partitions(ROWS):
                    writer.writerows([_text(value) for value in row] for row in part)
        finally:
            engine.dispose()
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        told = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        shown = url.render_as_string(hide_password=True)
        for secret in filter(None, (url.password, url.query.get("password"))):
            told, shown = told.replace(str(secret), "***"), shown.replace(str(secret), "***")
        missing = error.name if isinstance(error, ModuleNotFoundError) else ""
        fix = f"install the driver: pip install {missing}" if missing else "check the address, who may read, and the query"
        raise DataError(Finding("KR430", f"cannot ask {shown}: {told}", where, fix)) from None


def _text(value: object) -> str:
    """Write a value as text: a float as its shortest decimal, a day as year-month-day, NULL as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)
