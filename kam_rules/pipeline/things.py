"""What a name can be put to: a policy, its waivers, what a run assumed or decided beyond it. Each has a hash of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kam_rules.model.errors import Where
from kam_rules.model.policy import Policy
from kam_rules.model.quota import Decision
from kam_rules.model.roster import Person
from kam_rules.model.waiver import Waiver
from kam_rules.pipeline.approvals import digest
from kam_rules.pipeline.waivers import ENDING


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to approve.

    Attributes:
        kind: its kind, one of `kam_rules.model.roster.KINDS`.
        of: its hash.
        about: what it says, signed with the hash; `title` says it in a few words.
        author: who wrote it, and so cannot approve it; empty where nobody is named.
        only: who alone approves it; empty where anybody may whom the roster lets.
        bars: why a person whom the roster lets may not approve it after all, from what it does in its run; None where it
            touches no account and no quota, or where that is judged elsewhere.
    """

    kind: str
    of: str
    about: Mapping[str, Any]
    author: str = ""
    only: str = ""
    where: Where | None = None
    bars: Callable[[Person], str] | None = None

    @property
    def nameless(self) -> bool:
        """Whether nobody can tell that somebody else than its author approves it, as no author is named."""
        return self.kind == "assumption" and not self.author


def content(policy: Policy) -> list[dict[str, str]]:
    """Return the files that make a policy, each with its hash; waivers beside it are approved by themselves."""
    return [{"path": source.path, "sha256": source.sha256} for source in policy.sources if not source.path.endswith(ENDING)]


def of_content(hashes: list[str]) -> str:
    """Return the hash that stands for a policy made of files with these hashes: of one file its own."""
    return hashes[0] if len(hashes) == 1 else digest(hashes)


def policy_thing(policy: Policy) -> Thing:
    """Return a policy's exact content; any change of a byte makes it another thing."""
    files = content(policy)
    about = {"title": f"{policy.id} {policy.fiscal_year}", "policy": policy.id, "fiscal_year": policy.fiscal_year}
    days = {"from": policy.start.isoformat(), "to": policy.end.isoformat()}
    return Thing("policy", of_content([file["sha256"] for file in files]), {**about, **days, "files": files})


def waiver_thing(policy: Policy, waiver: Waiver) -> Thing:
    """Return one waiver of one policy; only the person approves it who answers for it."""
    told = {
        "title": f"{waiver.finding} {waiver.about}".strip(),
        "policy": policy.id,
        "fiscal_year": policy.fiscal_year,
        "finding": waiver.finding,
        "about": waiver.about,
        "reason": waiver.reason,
        "author": waiver.author,
        "until": waiver.until.isoformat(),
    }
    return Thing("waiver", digest(told), told, author=waiver.author, only=waiver.approved_by, where=waiver.where)


def set_things(policy: Policy, sets: Mapping[str, str], authors: Mapping[str, str]) -> tuple[Thing, ...]:
    """Return the assumptions that were replaced for a run, and by whom, one thing each."""
    of = policy_thing(policy).of
    told = [
        {"title": f"{name}={value}", "policy_sha256": of, "name": name, "value": value, "by": authors.get(name, "")}
        for name, value in sorted(sets.items())
    ]
    return tuple(Thing("assumption", digest(one), one, author=one["by"]) for one in told)


def decision_thing(of: str, decision: Decision) -> Thing:
    """Return a decision to go on after the escalation of the run with the hash `of`; its day is no part of it."""
    told = {"title": f"to go on: {decision.how}", "run_sha256": of, "how": decision.how, "by": decision.by, "reason": decision.reason}
    return Thing("decision", digest(told), told, author=decision.by)
