"""The faults F01 to F30 of real extracts: each is read and told, set aside, or has a code with a page and a fixture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kam_rules import intake
from kam_rules.findings import codes, page
from kam_rules.model.errors import DataError
from kam_rules.pipeline.findings import data_findings
from kam_rules.pipeline.read import read_source
from kam_rules.pipeline.spill import Spill
from tests.sources.test_contract import policy, source

OK = "A-1,5,Warehouse"
HEAD = "id,arr,kind\n"
TOLD = {
    "F01": ((HEAD + OK + "\n").encode("utf-8-sig"), ("encoding", "UTF-8-SIG")),
    "F02": ((HEAD + OK + "\n").replace(",", "\t").encode("utf-16"), ("encoding", "UTF-16")),
    "F03": ((HEAD + OK + "\nA-2,5,Zürich\n").encode("cp1252"), ("encoding", "CP1252")),
    "F04": (b'"id","arr","kind"\n"A-1","5","First Street\n12"\n', ("header", "row 1")),
    "F05": (b"id;arr;kind\nA-1;1.234,50;Warehouse\nA-2;7,5;Warehouse\n", ("separator", "semicolon")),
    "F06": ((HEAD + OK + '\n\n"Confidential Information - Do Not Distribute"\n').encode(), ("set aside", "footer")),
    "F07": ((HEAD + OK + "\nTotal,5,\n").encode(), ("set aside", "total")),
    "F08": (("My report,,\n,,\n" + HEAD + OK + "\n").encode(), ("header", "row 3")),
    "F29": ((HEAD + OK + "\n,,\n").encode(), ("set aside", "blank")),
}
"""Faults that a reader mends, and what it tells of it."""
SEEN = {
    "F09": ("id,arr,arr\nA-1,5,6\n", "KR405"),
    "F10": (f"{HEAD}{OK}\nA-1,6,Warehouse\n", "KR412"),
    "F11": ("id,arr\n001A000001abcde,1\n001A000001abcdeIAA,2\n", "KR684"),
    "F17": ("id,growth\nA-1,12%\nA-2,0.12\n", "KR681"),
    "F18": ("id,last\nA-1,03/04/2020\nA-2,05/06/2020\n", "KR427"),
    "F19": ("id,Amount (converted)\nA-1,5\n", "KR680"),
    "F21": ("id,kind\nA-1,At risk\nA-2,AT-RISK\n", "KR683"),
    "F23": ("id,arr\nAW001,1\nAW002,2\n3,3\n", "KR682"),
}
"""Faults that a look at the file tells."""
GIVEN = "account_id,base_revenue"
RUN = {
    "F15": (f"{GIVEN}\nA-1,5\nA-2,-\n", "KR413"),
    "F16": (f'{GIVEN}\nA-1,"$1,234.50"\nA-2,"1.234,50"\nA-3,"$1,000.00"\n', "KR429"),
    "F18": (f"{GIVEN},since\nA-1,5,03/04/2020\nA-2,5,05/06/2020\n", "KR427"),
    "F19": (f"{GIVEN},currency\nA-1,5,USD\nA-2,5,EUR\n", "KR417"),
    "F20": (f"{GIVEN},willing\nA-1,5,✓\nA-2,5,perhaps\n", "KR425"),
    "F21": (f"{GIVEN},kind\nA-1,5,Retail\nA-2,5,RETAIL\n", "KR424"),
    "F22": (f"{GIVEN}\nA-1,5\nA\u200b-1,6\n", "KR412"),
    "F26": (f"{GIVEN}\nA-1,5\nA-2,-5\n", "KR422"),
}
"""Faults that a run tells."""
ELSEWHERE = {
    "F12": "KR444",
    "F13": "KR445",
    "F14": "KR446",
    "F25": "KR447",
    "F24": "KR910",
    "F27": "KR911",
    "F30": "KR912",
}
"""Faults of how rows go together; their fixtures stand in test_hierarchy and test_oddities."""
WRITTEN = {"F28"}
"""A fault of what we write, not of what we read: see the tests of the command line."""


def test_every_fault_of_the_list_has_its_place() -> None:
    numbers = {f"F{i:02}" for i in range(1, 31)}
    assert {*TOLD, *SEEN, *RUN, *ELSEWHERE, *WRITTEN} == numbers


@pytest.mark.parametrize("number", TOLD)
def test_what_a_reader_mends_it_tells(tmp_path: Path, number: str) -> None:
    content, pair = TOLD[number]
    (tmp_path / "a.csv").write_bytes(content)
    found = intake.inspect_file(tmp_path / "a.csv")
    assert pair in {*found.told, *(("set aside", why) for _, why, _ in found.aside)}
    assert found.rows >= 1


@pytest.mark.parametrize("number", SEEN)
def test_a_look_at_the_file_tells_the_fault(tmp_path: Path, number: str) -> None:
    text, code = SEEN[number]
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    try:
        told = {finding.code: finding for finding in intake.inspect_file(tmp_path / "a.csv").faults}
    except DataError as error:
        told = {finding.code: finding for finding in error.findings}
    assert told[code].fix
    assert (page(code).__doc__ or "").strip()


@pytest.mark.parametrize("number", RUN)
def test_a_run_tells_the_fault_with_row_column_and_fix(tmp_path: Path, number: str) -> None:
    text, code = RUN[number]
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    header = text.partition("\n")[0].split(",")
    fields = tuple(field for field in policy().program.fields if field.name in header)
    program = replace(policy().program, fields=fields)
    try:
        book = read_source(source(tmp_path / "a.csv", header, ""), program, Spill())
        told = {finding.code: finding for finding in data_findings(book, program)}
        assert "row" in told[code].message
    except DataError as error:
        told = {finding.code: finding for finding in error.findings}
    assert "column" in told[code].message
    assert told[code].fix


@pytest.mark.parametrize("code", sorted({*ELSEWHERE.values()}))
def test_a_fault_of_rows_together_has_a_page(code: str) -> None:
    assert code in codes()
