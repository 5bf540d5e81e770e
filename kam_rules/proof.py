"""Evidence that outlasts a run: the ledger, who signed what, what is published. One function a verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kam_rules.evidence import anchors
from kam_rules.evidence.chain import entries as chain
from kam_rules.evidence.keys import new_key as make_key
from kam_rules.evidence.keys import read_key
from kam_rules.evidence.ledger import append, create, head_of, rows
from kam_rules.evidence.pack import read_manifest, sealed
from kam_rules.model.errors import Finding, UsageError, Where
from kam_rules.model.ledger import DECISION, OVERRIDE, PUBLICATION, RUN, Entry, Head, Held
from kam_rules.model.policy import Policy
from kam_rules.model.publication import Publication
from kam_rules.model.roster import Roster
from kam_rules.model.run import Checked, Run
from kam_rules.model.standing import Standing
from kam_rules.pipeline.beyond import authors, beyond
from kam_rules.pipeline.check import check
from kam_rules.pipeline.held import held
from kam_rules.pipeline.overridden import overridden
from kam_rules.pipeline.overrides import load as load_overrides
from kam_rules.pipeline.publish import publication
from kam_rules.pipeline.publish import published as published_of
from kam_rules.pipeline.reconcile import reconciled
from kam_rules.pipeline.restore import read
from kam_rules.pipeline.roster import load as load_roster
from kam_rules.pipeline.save import save
from kam_rules.pipeline.sign import approving, chosen
from kam_rules.pipeline.standing import Known, signed_contents, standing
from kam_rules.pipeline.standing import known as known_of
from kam_rules.pipeline.status import Status, held_back
from kam_rules.pipeline.status import status as status_of
from kam_rules.pipeline.told_overrides import entries as override_entries

ROSTER = "roster.yaml"
"""What the roster is called where it lies beside the ledger."""


def new_ledger(ledger: str | Path, at: str) -> Entry:
    """Open a new ledger and return its first entry.

    Args:
        ledger: the file to make.
        at: when, as ISO 8601 in UTC; here and below the caller reads the clock.

    Raises:
        UsageError: KR501 there is something already, KR882 it cannot be written.
    """
    return create(Path(ledger), at)


def entries(ledger: str | Path) -> tuple[Entry, ...]:
    """Return the entries of a ledger whose chain holds.

    Raises:
        UsageError: KR880 there is no ledger, KR881 a writer holds it.
        IntegrityError: KR883 it is of another format, KR884 it is damaged, KR885 the chain is broken.
    """
    return chain(rows(Path(ledger)), str(ledger))


def head(ledger: str | Path) -> Head:
    """Return where a ledger ends whose chain holds; see `entries` for what can go wrong."""
    return head_of(entries(ledger))


def verify_ledger(ledger: str | Path, anchor: Sequence[str] = (), roster: str | Path | None = None) -> Held:
    """Return a ledger looked through: integrity, and completeness as far as outside copies of its head prove it.

    Args:
        ledger: the ledger.
        anchor: receipts, folders of runs, or ``git:TAG``.
        roster: whose signatures count.

    Raises:
        UsageError: KR880, KR881; KR888 there is no receipt at a place.
        IntegrityError: KR883, KR884.
    """
    return held(Path(ledger), anchor, None if roster is None else load_roster(Path(roster)))


def anchor_ledger(
    ledger: str | Path,
    at: str,
    *,
    by: str = "",
    key: str | Path | None = None,
    out: str | Path | None = None,
    tag: str | None = None,
) -> str:
    """Return the receipt of a ledger's head, and keep it as a file or as a git tag.

    Args:
        ledger: the ledger.
        at: when.
        by: who signs the receipt.
        key: a file with the private key to sign it with.
        out: a file to make.
        tag: a git tag to make, in the repository of the working folder.

    Raises:
        UsageError: KR501 the file exists already, KR888 git refuses the tag, KR892 the key cannot be read.
    """
    told = anchors.receipt(head_of(entries(ledger)), at, by, None if key is None else read_key(Path(key)))
    if out is not None:
        save(Path(out), told)
    if tag is not None:
        anchors.tag(tag, told)
    return told


def known(ledger: str | Path, roster: str | Path | None = None) -> Known:
    """Return the entries of a ledger and the approvals in it that count.

    Args:
        ledger: the ledger.
        roster: whose signatures count; by default `roster.yaml` beside the ledger, and nobody's where there is none.

    Raises:
        UsageError: KR880, KR881.
        IntegrityError: KR883 to KR885.
        PolicyError: the roster is at fault.
    """
    beside = Path(ledger).with_name(ROSTER)
    path = Path(roster) if roster is not None else beside
    people = load_roster(path) if roster is not None or path.is_file() else Roster((), str(path), "")
    return known_of(entries(ledger), people)


def entered(run: Run, ledger: str | Path | None, roster: str | Path | None = None, by: str = "") -> Run:
    """Return a run with its standing: whether its policy is in force, and where the ledger ends in which it is recorded.

    Args:
        run: a run that is not written yet.
        ledger: the ledger; without one nobody is known to have signed anything.
        roster: see `known`, also for what can go wrong.
        by: who replaced assumptions or the figure from above by hand; somebody else has to approve that.
    """
    whose = authors(run, by.strip())
    named = replace(run, standing=Standing(authors=whose))
    return named if ledger is None else replace(named, standing=standing(run.policy, known(ledger, roster), beyond(named), whose))


def override(run: Run, overrides: str | Path, ledger: str | Path, roster: str | Path | None = None) -> Run:
    """Return a run in which the overrides of a file hold that the ledger holds an approval of; its ladder is climbed again.

    Args:
        run: a run without overrides.
        overrides: the file.
        ledger: where the approvals are.
        roster: see `known`.

    Raises:
        PolicyError: KR660 to KR664, KR668, KR669 the file holds what cannot be meant.
        UsageError: KR880, KR881.
        IntegrityError: KR883 to KR885.
    """
    changed = replace(run, overridden=overridden(run, load_overrides(Path(overrides)), known(ledger, roster)))
    return replace(changed, reconciled=reconciled(changed))


def status(policy: str | Path | Policy, ledger: str | Path, roster: str | Path | None = None) -> Status:
    """Return whether a policy is in force: who signed this exact content, who has not, and what of it is approved.

    Raises:
        PolicyError: the policy, its waivers or the roster is at fault.
        UsageError: KR880, KR881.
        IntegrityError: KR883 to KR885.
    """
    return status_of(policy if isinstance(policy, Policy) else check(Path(policy)), known(ledger, roster))


def approved(found: Checked, ledger: str | Path, roster: str | Path | None = None) -> Checked:
    """Return a check in which only waivers hold that the ledger holds an approval of; see `known` for what can go wrong."""
    return held_back(found, known(ledger, roster))


def signed(ledger: str | Path, policy: str, fiscal_year: str, roster: str | Path | None = None) -> dict[str, tuple[str, ...]]:
    """Return who signed each content of a policy's year, by the hash of the content; see `known` for what can go wrong."""
    return signed_contents(known(ledger, roster), policy, fiscal_year)


def new_key(path: str | Path) -> str:
    """Write a new private key that its owner alone can read, and return the public one as the roster holds it.

    Raises:
        UsageError: KR501 the file exists already, KR502 it cannot be written.
    """
    return make_key(Path(path))


def sign(
    what: str | Path,
    *,
    by: str,
    key: str | Path,
    ledger: str | Path,
    at: str,
    roster: str | Path | None = None,
    only: str | None = None,
) -> tuple[tuple[Entry, bool], ...]:
    """Put a name to everything in a file or a run that wants approval; all of it is entered in the ledger, or none.

    Args:
        what: a policy, its waivers, a file of overrides, or the folder of a run.
        by: who signs, as the roster writes the name.
        key: a file with the private key.
        ledger: where it is entered.
        at: when.
        roster: see `known`.
        only: the title of the one thing to sign, such as an account's id; by default all.

    Returns:
        The entries, each with whether it is new.

    Raises:
        UsageError: KR889 the signer is not on the roster, KR890 may not approve this, KR892 the key cannot be used,
            KR896 there is nothing to sign; KR880 to KR882.
        PolicyError: the file is at fault.
        IntegrityError: KR883 to KR885.
    """
    told = known(ledger, roster)
    found = approving(told, chosen(Path(what), only), by, read_key(Path(key)), at)
    return append(Path(ledger), found, at)


def publish(
    folder: str | Path,
    *,
    by: str,
    key: str | Path,
    ledger: str | Path,
    at: str,
    roster: str | Path | None = None,
    reason: str = "",
) -> tuple[Publication, bool]:
    """Make a run the quotas of its policy's year, or an amendment of those that are published; tell whether it is new.

    Args:
        folder: the folder of the run.
        by: who publishes it, as the roster writes the name.
        key: a file with the private key.
        ledger: where it is entered.
        at: when.
        roster: see `known`.
        reason: why; needed where it amends another.

    Raises:
        UsageError: KR893 the run cannot be published, KR894 the reason is missing, KR889, KR890, KR892, KR898; KR880 to KR882.
        IntegrityError: KR503 a file of the run was changed, KR883 to KR885.
    """
    told, run = known(ledger, roster), read(Path(folder))
    found = publication(run, sealed(Path(folder)), told, by, read_key(Path(key)), at, reason)
    if isinstance(found, Publication):
        return found, False
    append(Path(ledger), [(PUBLICATION, found)], at, head_of(told.entries))
    return published(ledger, roster)[-1], True


def published(ledger: str | Path, roster: str | Path | None = None) -> tuple[Publication, ...]:
    """Return every publication of a ledger, in its order; see `known` for what can go wrong."""
    return published_of(known(ledger, roster))


def record_run(folder: str | Path, ledger: str | Path, at: str) -> tuple[tuple[Entry, bool], ...]:
    """Record a written run, the decision to proceed and the overrides that it holds, in a ledger; what is there already stays as it is.

    Raises:
        UsageError: KR504 the folder is no run, KR893 it was made for another ledger or none, KR880 to KR882.
        IntegrityError: KR503 the manifest was changed, KR883 to KR885.
    """
    body, of = read_manifest(Path(folder)), sealed(Path(folder))
    known = body["standing"]["head"]
    if known is None or known["ledger"] != (first := entries(ledger)[0].sha256):
        what = "without a ledger" if known is None else f"for the ledger {known['ledger'][:12]}, not {first[:12]}"
        raise UsageError(Finding("KR893", f"this run was made {what}", Where(str(folder)), "run again with --ledger"))
    policy, decision = body["policy"], body["ladder"]["decision"]
    run = {
        "run_sha256": of,
        "folder": Path(folder).name,
        "policy": policy["id"],
        "fiscal_year": policy["fiscal_year"],
        "policy_sha256": [file["sha256"] for file in policy["files"]],
        "data_sha256": [file["sha256"] for file in body["data"]["files"]],
        "as_of": body["as_of"],
        "effective_on": body["effective_on"],
        "status": body["standing"]["status"],
        "counts": body["counts"],
    }
    things: list[tuple[str, dict[str, Any]]] = [(RUN, run)]
    if decision is not None:
        things.append((DECISION, {"run_sha256": of, "of": body["ladder"]["of"], **decision}))
    if body["overrides"] is not None:
        things += [(OVERRIDE, line) for line in override_entries(Path(folder), body, of)]
    return append(Path(ledger), things, at)
