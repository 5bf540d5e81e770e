"""What an explanation says of the tier that an account held: why it stays, why it goes, and the reviews behind it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kam_rules.model.report import Column, Table
from kam_rules.reports._place import short

Json = dict[str, Any]


def changing(seat: Json) -> Iterable[str]:
    """Say what an account held, and by which rule of tier_changes it stays or goes."""
    change = seat.get("change")
    if change is None:
        return
    before = change["tier_before"]
    if before is None:
        yield "held before: nothing, so nothing is held and nothing waited for"
        return
    since = f" since {change['since_before']}, {change['days']} days" if change["since_before"] else ""
    yield f"held before: {before}{since}"
    yield from (f"    {line} ({short(change['where'])})" for line in _why(seat, change))


def _why(seat: Json, change: Json) -> Iterable[str]:
    wait, after, points = change["wait_at_least"], change["demote_after"], change["keep_within"]
    before, tier, below = change["tier_before"], seat["seated_in"], change["reviews_below"]
    if below:
        count = "1 review" if below == 1 else f"{below} reviews in a row"
        yield f"without a seat of its own in {before}, with {points} points added or for want of seats, in {count}; it moves after {after}"
    said = {
        "held_waiting": f"held: it stays at least {wait} days in a tier, and {change['days']} have passed",
        "held_count": f"held: {after} reviews in a row must leave it without a seat of its own",
        "held_undecided": "held: its tier is undecided, a value is missing",
        "held_gate": "held: a gate is unanswered, and none is answered no",
        "kept": f"kept: with its score raised by {points} points it meets the condition of {before}",
        "immediate": f"moved at once by an immediate trigger, past count and waiting time of {wait} days",
    }.get(seat["outcome"])
    if said:
        yield said
    elif tier != before:
        waited = f"{change['days']} days are {wait} or more" if change["days"] is not None else "it never held a tier to wait in"
        yield f"moves to {tier or 'undecided'} on {change['since']}: {waited}"


def reviews(seat: Json) -> Table:
    """Return the reviews behind a decision."""
    labels = {"review": "Review", "tier": "Tier", "since": "Since", "state": "State", "score": "Score", "below": "Below", "place": "Place"}
    rows = []
    for row in (seat.get("change") or {"reviews": []})["reviews"]:
        below = {True: "yes", False: "no", None: "not said"}[row["below"]]
        place = f"{row['file']} row {row['row']}"
        rows.append((row["review"], row["tier"] or "-", row["since"] or "-", row["state"] or "-", row["score"] or "-", below, place))
    return Table("reviews", "Earlier reviews", tuple(Column(key, label) for key, label in labels.items()), tuple(rows))


def watched(trail: Json) -> Table:
    """Return every row that a trigger looked at."""
    labels = {"trigger": "Trigger", "asked": "Asked of each row", "date": "Day", "values": "Values", "truth": "It", "place": "Place"}
    rows = []
    for watch in trail.get("watched", ()):
        asked = f"{watch['when']}, {watch['window']}"
        for row in watch["rows"]:
            values = ", ".join(f"{name} = {value or 'missing'}" for name, value in row["values"].items())
            truth = {True: "holds", False: "fails", None: "is unknown"}[row["truth"]]
            rows.append((watch["trigger"], asked, row["date"], values, truth, f"{row['file']} row {row['row']}"))
        absent = set(watch["quarters"] or ()) - {row["date"] for row in watch["rows"]}
        rows += [(watch["trigger"], asked, day, "no row", "stands as the data file says", "-") for day in sorted(absent)]
    return Table("watched", "Rows that triggers looked at", tuple(Column(key, label) for key, label in labels.items()), tuple(rows))
