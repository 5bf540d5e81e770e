"""Write the reviewed files anew, by hand: `python -m tests.write_goldens`. Read the difference before you keep it."""

from __future__ import annotations

import os

from kam_rules import engine
from tests import test_fail_cases as fail_cases
from tests.conftest import RESELLERS, ROOT, SAAS
from tests.explanations.test_reviewed import ACCOUNTS, HERE, rendered
from tests.money import test_examples_of_the_year as year


def explanations() -> None:
    """Write the ten explanations of each example."""
    for name, paths in {"saas": SAAS, "resellers": RESELLERS}.items():
        run = engine.run(*paths)
        for account in ACCOUNTS[name]:
            (HERE / f"{account}.txt").write_text(rendered(run, account), encoding="utf-8")


def failures() -> None:
    """Write what is said of every bad policy."""
    for name in fail_cases.CASES:
        (fail_cases.HERE / "fail" / f"{name}.txt").write_text(fail_cases.rendered(name), encoding="utf-8")


def reports() -> None:
    """Write the reports of the year over the examples."""
    for name, report in year.told():
        (year.HERE / f"{name}.txt").write_text(year.written(report), encoding="utf-8")


if __name__ == "__main__":
    os.chdir(ROOT)
    reports()
    explanations()
    failures()
