"""What tests of signatures share: a small project with a ledger, a roster, keys, and a policy with two functions."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kam_rules import engine, proof, workshop
from kam_rules.evidence import keys, ledger
from kam_rules.model.ledger import APPROVAL, Entry
from kam_rules.model.run import Run
from kam_rules.pipeline.approvals import statement
from kam_rules.pipeline.status import Status
from kam_rules.pipeline.things import Thing

DAYS = ("2026-01-01", "2027-12-31")
BEFORE = "2026-06-10T09:00:00+00:00"
"""When signatures of the starter policy, in force from 2026-07-01, are in time."""
STEWARDSHIP = """
stewardship:
  functions:
    customer_success: {contributes: Health, people: 2, signers: [service-director]}
    account_based_marketing: {contributes: Campaigns, people: 2, signers: [sales-director, sales-deputy]}
    product_management: {contributes: Features, people: 2, signers: [service-director]}
    sales_leadership: {contributes: A sponsor, people: 2, signers: [sales-director]}
"""


@dataclass
class Project:
    """A folder with a policy, its data, a ledger and a roster beside it."""

    folder: Path
    people: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    @property
    def policy(self) -> Path:
        """The policy's file."""
        return self.folder / "policy.yaml"

    @property
    def data(self) -> Path:
        """The data file."""
        return self.folder / "data.yaml"

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / "ledger.db"

    @property
    def roster(self) -> Path:
        """The roster's file."""
        return self.folder / "roster.yaml"

    def key(self, name: str) -> Path:
        """The private key of a person."""
        return self.folder / f"{name}.key"

    def put(self, name: str, functions: str, may: str = "policy: unlimited", days: tuple[str, str] = DAYS, reps: str = "") -> None:
        """Put a person on the roster, with a key of their own."""
        if name not in self.people:
            self.people[name] = keys.new_key(self.key(name))
        line = f"id: {name}, name: {name.title()}, functions: [{functions}], key: '{self.people[name]}', from: {days[0]}, to: {days[1]}"
        self.lines.append(f"  - {{{line}, reps: [{reps or f'none-{len(self.lines)}'}], may_approve: {{{may}}}}}")
        self.roster.write_text("\n".join(["roster:", *self.lines]) + "\n", encoding="utf-8")

    def sign(self, what: str | Path, name: str, at: str = BEFORE, only: str | None = None) -> tuple[tuple[Entry, bool], ...]:
        """Sign something in a person's name."""
        return proof.sign(self.folder / what, by=name, key=self.key(name), ledger=self.ledger, at=at, only=only)

    def slip_in(self, thing: Thing, name: str, kind: str = "", at: str = BEFORE) -> None:
        """Enter an approval past the command that would refuse it, as somebody does who has a key and can write to the ledger."""
        head = ledger.head_of(proof.entries(self.ledger))
        told = statement(head.ledger, kind or thing.kind, thing.of, thing.about, name, at)
        body = {key: value for key, value in told.items() if key not in {"format", "ledger"}}
        ledger.append(self.ledger, [(APPROVAL, body | {"signature": keys.sign(keys.read_key(self.key(name)), told)})], at)

    def status(self) -> Status:
        """Tell where the policy stands."""
        return proof.status(self.policy, self.ledger)

    def run(self, **given: object) -> Run:
        """Decide, with the standing that the ledger gives."""
        return proof.entered(engine.run(self.policy, self.data, witness=False, **given), self.ledger, by="planning")  # type: ignore[arg-type]


def project(folder: Path, functions: Mapping[str, str] | None = None) -> Project:
    """Return a project of which nothing is signed yet, with one person for each function."""
    workshop.init(folder)
    found = Project(folder)
    text = found.policy.read_text(encoding="utf-8")
    found.policy.write_text(text.rstrip("\n") + "\n" + STEWARDSHIP, encoding="utf-8")
    proof.new_ledger(found.ledger, "2026-01-05T09:00:00+00:00")
    for name, function in (functions or {}).items():
        found.put(name, function)
    return found


def repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder a git repository with one commit, and stand in it."""
    monkeypatch.chdir(folder)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A. Uditor")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "audit@example.com")
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "start"], check=True)
