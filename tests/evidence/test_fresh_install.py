"""A replay from a fresh install: what one machine decided, another decides again from the folder alone (F: run pack)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from importlib.metadata import distributions
from pathlib import Path

import pytest

from kam_rules import engine
from kam_rules.model.run import Run
from tests.conftest import RESELLERS, ROOT, SAAS

PROJECT = ("pyproject.toml", "README.md", "LICENSE", "kam_rules")
ELSEWHERE = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}


def done(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in another folder, with nothing of this environment on its path."""
    return subprocess.run([str(part) for part in command], cwd=cwd, env=ELSEWHERE, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the `kam-rules` of a new environment: the package as it is shipped, with what it needs in the versions of here."""
    folder = tmp_path_factory.mktemp("fresh")
    for name in PROJECT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, folder / name)
    versions = {found.metadata["Name"].lower(): found.version for found in distributions() if found.metadata["Name"]}
    versions.pop("kam-rules")
    (folder / "constraints.txt").write_text("\n".join(f"{name}=={version}" for name, version in sorted(versions.items())))
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    built = done(python, "-m", "pip", "install", "--quiet", "--constraint", "constraints.txt", ".", cwd=folder)
    if built.returncode:
        pytest.skip(f"pip reaches no package index: {built.stderr.strip().splitlines()[-1]}")
    for name in PROJECT:
        (shutil.rmtree if (folder / name).is_dir() else os.unlink)(folder / name)
    where = done(python, "-c", "import kam_rules; print(kam_rules.__file__)", cwd=folder)
    assert where.stdout.startswith(str(folder / "env"))
    return folder / "env" / "bin" / "kam-rules"


@pytest.mark.parametrize(("name", "accounts"), [("saas", 86), ("resellers", 701)])
def test_every_account_is_decided_again_by_a_fresh_install(
    name: str, accounts: int, fresh: Path, request: pytest.FixtureRequest, tmp_path: Path
):
    run: Run = request.getfixturevalue(name)
    engine.write(run, tmp_path / "run")
    said = done(fresh, "verify", "run", "--all", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "verified" in said.stdout
    assert f"{accounts} accounts by columnar" in said.stdout
    assert "every account comes out as it is recorded" in said.stdout


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize("files", [SAAS, RESELLERS], ids=["saas", "resellers"])
def test_a_fresh_install_writes_the_same_bytes(files: tuple[str, str], fresh: Path, tmp_path: Path):
    here = engine.write(engine.run(*files), tmp_path / "here")
    said = done(fresh, "run", *files, "--out", tmp_path / "there", cwd=ROOT)
    assert said.returncode in (0, 1), said.stderr
    there = tmp_path / "there"
    assert sorted(path.name for path in here.iterdir()) == sorted(path.name for path in there.iterdir())
    manifests = [json.loads((folder / "manifest.json").read_text(encoding="utf-8")) for folder in (here, there)]
    assert manifests[0]["run_sha256"] == manifests[1]["run_sha256"]
    for path in sorted(here.iterdir()):
        if path.name != "manifest.json":
            assert path.read_bytes() == (there / path.name).read_bytes(), path.name


def test_the_fresh_install_is_not_the_one_under_test(fresh: Path):
    """The neighbour: it stands in an environment of its own."""
    assert Path(sys.prefix).resolve() not in fresh.resolve().parents
