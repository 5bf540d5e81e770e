"""Every command and code block of the README does what stands there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from kam_rules.cli.main import main
from kam_rules.pipeline.datafile import data_schema
from kam_rules.pipeline.load import parse
from kam_rules.pipeline.shape import check_shape
from tests.conftest import RESELLERS, ROOT, SAAS, Said

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """Return the code blocks of one kind."""
    return re.findall(rf"```{kind}\n(.*?)```", README, flags=re.DOTALL)


def sessions() -> Iterator[tuple[str, str]]:
    """Return each command with the output that stands below it."""
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.replace("\\\n", " ").partition("\n")
            yield command, output


def matches(wanted: str, said: str) -> bool:
    """Tell whether an output is the one wanted, where a line of three dots stands for any lines."""
    pattern = "".join("(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in wanted.splitlines())
    return re.fullmatch(pattern, said if said.endswith("\n") else f"{said}\n") is not None


def recipe(target: str) -> list[str]:
    """Return the kam-rules commands that a make target runs."""
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True)
    return [line.split("/bin/kam-rules ")[1] for line in done.stdout.splitlines() if "/bin/kam-rules " in line]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what the README's commands read."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("policies", "examples", "tests/cases", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def test_the_readme_s_commands_say_what_stands_below_them(checkout: Path, kam: Callable[..., Said], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(checkout)
    for command, output in sessions():
        if command == "make test":
            continue
        if command.startswith("python3 "):
            words = [sys.executable, *shlex.split(command)[1:]]
            text = subprocess.run(words, capture_output=True, text=True, check=True, cwd=checkout).stdout
        else:
            commands = recipe("demo") if command == "make demo" else [command.removeprefix("kam-rules ")]
            said = [kam(*shlex.split(line)) for line in commands]
            text = "".join(answer.out + answer.err for answer in said)
        if command == "make demo":
            text = "set-up\n" + text
        assert matches(output, text), f"$ {command}\n{text}"


def spans() -> list[str]:
    """Return what stands in the text as code and begins with the program's name, a line's end read as a blank."""
    text = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
    return [" ".join(span.split()) for span in re.findall(r"`(kam-rules [^`]+)`", text)]


@pytest.mark.parametrize("span", sorted(set(spans())))
def test_a_command_that_the_readme_names_has_the_options_named_with_it(span: str):
    command: click.Command = main
    context = click.Context(main)
    words = [word for word in shlex.split(span)[1:] if word != "…"]
    for word in [word for word in words if not word.startswith("-")]:
        if not isinstance(command, click.Group) or (found := command.get_command(context, word)) is None:
            break
        command = found
    named = {option for parameter in command.get_params(context) for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= named
    assert command is not main or not words or words[0].startswith("-"), f"there is no command {words[0]}"


REVIEW = ("examples/adventureworks/review_fy2021.yaml", "examples/adventureworks/data_review.yaml")
OVERRIDDEN = (*SAAS, "--roster", "examples/saas/roster.yaml", "--overrides", "examples/saas/overrides.yaml", "--ledger")


@pytest.mark.parametrize("book", [SAAS, RESELLERS, REVIEW, OVERRIDDEN], ids=["saas", "resellers", "review", "overridden"])
def test_every_file_of_a_run_folder_stands_in_the_readme(
    kam: Callable[..., Said], tmp_path: Path, book: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(ROOT)
    assert kam("ledger", "new", tmp_path / "ledger.db").code == 0
    words = (*book, tmp_path / "ledger.db") if book is OVERRIDDEN else book
    assert kam("run", *words, "--no-witness", "--out", tmp_path / "run").code == 0
    files = {path.name for path in (tmp_path / "run").iterdir()}
    assert files
    assert {name for name in files if f"`{name}`" not in README and f"`{Path(name).stem}.csv`" not in README} == set()


def test_the_readme_s_python_runs_as_it_stands(checkout: Path, kam: Callable[..., Said], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(checkout)
    shutil.rmtree("my-policy", ignore_errors=True)
    kam("init", "my-policy")
    for block in blocks("python"):
        done = subprocess.run(
            [sys.executable, "-c", block], capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)}
        )
        assert done.returncode == 0, done.stderr
        assert "525,000.00" in done.stdout


def test_the_readme_s_policies_stand_in_a_policy_that_is_shipped():
    shipped = [path.read_text(encoding="utf-8") for path in (ROOT / "policies").glob("*/fy*.yaml")]
    for block in blocks("yaml"):
        if not block.startswith("accounts:"):
            assert any(block in text for text in shipped), block


@pytest.mark.parametrize("block", [block for block in blocks("yaml") if block.startswith("accounts:")])
def test_the_readme_s_data_files_are_such(block: str):
    text = block if "columns:" in block else block.rstrip() + "\n  columns: {account_id: account_id}\n"
    assert check_shape(parse(text, "README.md"), data_schema()) == []


def test_the_readme_s_links_lead_somewhere():
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", README, flags=re.DOTALL), flags=re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= anchors
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / link).exists(), link


def test_make_test_is_what_the_readme_says():
    done = subprocess.run(["make", "-n", "test"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert all(word in done.stdout for word in ("ruff", "mypy", "lint-imports", "pytest"))
