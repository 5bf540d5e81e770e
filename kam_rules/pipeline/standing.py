"""Whether a policy is in force: every function of its stewardship has signed this exact content, in the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kam_rules.model.ledger import Head
from kam_rules.model.standing import Signature, Standing


def told_standing(found: Standing) -> dict[str, Any]:
    """Return a standing as the manifest of a run holds it."""
    return asdict(found) | {"signed": [asdict(one) | {"on": one.on.isoformat()} for one in found.signed]}


def read_standing(told: Mapping[str, Any]) -> Standing:
    """Return the standing that a manifest holds."""
    signed = tuple(Signature(**{**one, "on": dt.date.fromisoformat(one["on"])}) for one in told["signed"])
    return Standing(told["status"], told["why"], signed, Head(**told["head"]) if told["head"] else None, told["roster"])
