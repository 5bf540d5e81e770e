"""The reports of the shipped examples say what was reviewed, and every command of the year answers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from kam_rules import engine, years
from kam_rules.formats import format_
from kam_rules.model.report import Report
from kam_rules.model.run import Run
from kam_rules.pipeline.hands import hands
from kam_rules.pipeline.judge import judge
from kam_rules.pipeline.load import parse
from kam_rules.pipeline.quarters import quarters
from kam_rules.pipeline.shape import check_shape
from kam_rules.reports.baselines import baselines
from kam_rules.reports.cushion import cushion
from kam_rules.reports.fairness import fairness
from kam_rules.reports.mid_year import mid_year
from kam_rules.reports.periods import periods
from kam_rules.reports.reference import reference
from kam_rules.reports.resources import resources
from kam_rules.reports.year_end import year_end
from kam_rules.tables import tables
from kam_rules.yearly import word, words, year_schema
from tests.conftest import RESELLERS, RESELLERS_2020, ROOT, SAAS, Said
from tests.test_words import example

HERE = Path(__file__).parent / "reports"
EXAMPLES = ROOT / "examples"
Kam = Callable[..., Said]


def told() -> Iterator[tuple[str, Report]]:
    """Return the reviewed reports of the examples by the name of their file; stand in the project's root."""
    saas, last, this = (engine.run(*paths) for paths in (SAAS, RESELLERS_2020, RESELLERS))
    for report in (fairness, baselines, cushion, resources):
        yield f"saas_{report.__name__}", report(saas)
    yield "saas_mid_year", mid_year(saas, hands(saas, EXAMPLES / "saas" / "changes.yaml"))
    yield "saas_periods", periods(saas, quarters(saas, None))
    yield "resellers_fairness", fairness(this)
    yield "resellers_periods", periods(this, quarters(this, EXAMPLES / "adventureworks" / "season_fy2020.yaml"))
    yield "resellers_year_end", year_end(last, judge(last, EXAMPLES / "adventureworks" / "actuals_fy2020.yaml"))


def written(report: Report) -> str:
    """Return a report as its reviewed file holds it."""
    return format_("text").render(report, width=140, color=False)


@pytest.mark.usefixtures("at_root")
def test_the_reports_of_the_examples_say_what_was_reviewed():
    found = {name: written(report) for name, report in told()}
    assert sorted(path.stem for path in HERE.glob("*.txt")) == sorted(found)
    for name, text in found.items():
        assert text == (HERE / f"{name}.txt").read_text(encoding="utf-8"), name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of the SaaS example."""
    found = tmp_path_factory.mktemp("run") / "run"
    engine.write(engine.run(ROOT / SAAS[0], ROOT / SAAS[1]), found)
    return found


@pytest.mark.parametrize("report", ["fairness", "baselines", "cushion", "resources", "rules"])
@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_report_answers_in_every_format(kam: Kam, folder: Path, report: str, form: str):
    said = kam("report", report, folder, "--format", form)
    assert (said.code, said.err) == (0, "")
    assert said.out.strip()


def test_the_commands_of_the_year_read_their_files_from_where_they_stand(kam: Kam, folder: Path, tmp_path: Path):
    shutil.copytree(EXAMPLES / "saas", tmp_path / "saas")
    said = kam("mid-year", folder, tmp_path / "saas" / "changes.yaml", "--accounts")
    assert (said.code, said.err) == (0, "")
    assert "8 accounts change hands" in said.out
    assert kam("periods", folder).code == 0
    (tmp_path / "actuals.csv").write_text("account_id,arr\nACC-1001,700000\n")
    text = "actuals:\n  file: actuals.csv\n  basis: opening_arr\n  absent_rows: zero\n  columns: {account_id: account_id, actual: arr}\n"
    (tmp_path / "actuals.yaml").write_text(text)
    said = kam("year-end", folder, tmp_path / "actuals.yaml", "--accounts", "--format", "csv")
    assert said.code == 0
    assert "ACC-1001" in said.out


@pytest.mark.parametrize(
    ("args", "code", "finding"),
    [
        pytest.param(("year-end", "{run}", "no.yaml"), 4, "KR001", id="a file that is not there"),
        pytest.param(("mid-year", "{run}", "empty.yaml"), 4, "KR102", id="a file without its table"),
        pytest.param(("periods", "{run}", "empty.yaml"), 2, "KR467", id="a season that nothing asks for"),
        pytest.param(("year-end", "no", "empty.yaml"), 2, "KR504", id="no run"),
    ],
)
def test_a_mistake_ends_with_its_code_and_a_fix(
    kam: Kam, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], code: int, finding: str
):
    monkeypatch.chdir(tmp_path)
    Path("empty.yaml").write_text("season: {file: a.csv, columns: {date: d, revenue: r}}\n")
    said = kam(*(folder if arg == "{run}" else arg for arg in args))
    assert said.code == code
    assert finding in said.err
    assert "fix:" in said.err


@pytest.mark.parametrize("name", words())
def test_a_table_of_the_year_has_a_page_whose_example_has_its_shape(name: str):
    document = parse(example(word(name).__doc__), "example")
    assert check_shape(document, year_schema()) == []
    assert name in document
    assert reference(name).title.startswith(f"{name}: ")


@pytest.mark.parametrize("name", tables())
def test_a_table_of_the_data_file_has_its_page(name: str):
    assert any(block.key == "meaning" for block in reference(f"data.{name}").blocks)


def test_the_run_is_not_altered_by_what_comes_after_it(kam: Kam, folder: Path):
    """A change of hands is told; the folder of the run stays as it was sealed."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert kam("mid-year", folder, EXAMPLES / "saas" / "changes.yaml").code == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_plan_rates_are_kept_with_the_run(tmp_path: Path):
    """Year end converts at the rates of the run, from its folder, whatever the file of rates says by then."""
    (tmp_path / "rates.csv").write_text("currency,rate\nEUR,1.10\n")
    text = (EXAMPLES / "saas" / "data.yaml").read_text().replace("file: accounts.csv", f"file: {tmp_path / 'accounts.csv'}")
    text = text.replace("file: reps.csv", f"file: {EXAMPLES / 'saas' / 'reps.csv'}").replace(
        "    owner: owner_id", "    currency: currency\n    owner: owner_id"
    )
    header, *rows = (EXAMPLES / "saas" / "accounts.csv").read_text().splitlines()
    lines = [f"{header},currency", f"{rows[0]},EUR", *(f"{row},USD" for row in rows[1:])]
    (tmp_path / "accounts.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "data.yaml").write_text(f"{text}\nplan_rates:\n  file: rates.csv\n  columns: {{currency: currency, to_policy: rate}}\n")
    found: Run = engine.run(ROOT / SAAS[0], tmp_path / "data.yaml", witness=False)
    engine.write(found, tmp_path / "run")
    (tmp_path / "rates.csv").unlink()
    (tmp_path / "actuals.csv").write_text("account_id,currency,arr\nACC-1001,EUR,661500\n")
    (tmp_path / "actuals.yaml").write_text(
        "actuals:\n  file: actuals.csv\n  basis: opening_arr\n  absent_rows: zero\n"
        "  columns: {account_id: account_id, currency: currency, actual: arr}\n"
    )
    accounts = years.year_end(tmp_path / "run", tmp_path / "actuals.yaml").accounts
    row = accounts.row(by_predicate=pl.col("account_id") == "ACC-1001", named=True)
    assert (row["start"], row["end"]) == (693000_00, 727650_00)
    assert row["end"] * 100 == row["start"] * 105
