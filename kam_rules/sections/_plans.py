"""`incentives.curves` and `incentives.plans`, held against themselves: shares that sum, pay that never falls, forms that fit."""

from __future__ import annotations

from fractions import Fraction

from kam_rules.curves import forms
from kam_rules.feel.scope import Name, Scope
from kam_rules.model.amounts import percent
from kam_rules.model.document import Mapping, Scalar
from kam_rules.model.errors import Where
from kam_rules.model.names import did_you_mean
from kam_rules.model.pay import FORMS, Curve, Limit, Measure, Part, Plan
from kam_rules.model.types import Type
from kam_rules.plans import Kind, kind
from kam_rules.sections._draft import Draft


class Plans:
    """Lowers curves and plans; what is at fault is told and left out."""

    def __init__(self, draft: Draft) -> None:
        """Begin without a curve."""
        self.draft = draft
        self.curves: dict[str, Curve] = {}

    def lower(self, doc: Mapping) -> dict[str, Plan]:
        """Return the plans by id."""
        for entry in doc.map("curves").entries:
            if isinstance(entry.value, Mapping):
                self._curve(entry.key, entry.value)
        items = doc.maps("plans")
        self.draft.unique(((item.text("id"), item.key_where("id")) for item in items), "plan")
        known = {item.text("id"): item.text("kind") for item in items}
        return {item.text("id"): self._plan(item, known) for item in items}

    def _curve(self, name: str, doc: Mapping) -> None:
        words = [word for word in forms() if word in doc]
        if len(words) != 1:
            fix = f"add one of {', '.join(forms())}" if not words else f"keep one of {', '.join(words)}"
            self.draft.fault("KR304", f"the curve '{name}' has {'no form' if not words else 'two forms'}", doc.where, fix)
            return
        items = doc.maps(words[0])
        points = tuple((self.draft.percent(item.scalar("at")), self.draft.percent(item.scalar("pays"))) for item in items)
        for i, (item, (at, pays)) in enumerate(zip(items, points, strict=True)):
            if i and at <= points[i - 1][0]:
                message = f"the point at {percent(at)} does not lie above the one before, at {percent(points[i - 1][0])}"
                self.draft.fault("KR303", message, item.key_where("at"), "put the points in rising order")
            elif i and pays < points[i - 1][1]:
                message = f"the curve '{name}' falls: {percent(at)} pays {percent(pays)}, less than {percent(points[i - 1][0])} does"
                self.draft.fault("KR640", message, item.key_where("pays"), f"let it pay {percent(points[i - 1][1])} or more")
            elif min(at, pays) < 0:
                self.draft.fault("KR640", f"the curve '{name}' goes below 0%", item.where, "attainments and pay begin at 0%")
        if not any(at == 1 for at, _ in points):
            fix = "add {at: 100%, pays: 100%}"
            self.draft.fault("KR640", f"the curve '{name}' does not say what 100% pays", doc.where, fix)
        self.curves[name] = Curve(name, words[0], points, doc.where)

    def _plan(self, item: Mapping, known: dict[str, str]) -> Plan:
        id_, word = item.text("id"), item.text("kind")
        found = kind(word)
        parts = item.maps("parts")
        self._fits(item, found, parts)
        self.draft.unique(
            ((m.text("id"), m.key_where("id")) for part in parts for m in part.maps("measures")),
            "measure",
            "a plan has each measure once: name what the team reaches otherwise than what the person does",
        )
        self._sum((part.scalar("share") for part in parts), f"the shares of the parts of '{id_}'", item.key_where("parts"))
        blend = tuple((e.key, self.draft.percent(e.value)) for e in item.map("blend").entries if isinstance(e.value, Scalar))
        shares = (e.value for e in item.map("blend").entries if isinstance(e.value, Scalar))
        self._sum(shares, f"the shares of the blend '{id_}'", item.key_where("blend"))
        for entry in item.map("blend").entries:
            if known.get(entry.key, "blend") == "blend":
                plain = [name for name, what in known.items() if what != "blend"]
                fix = did_you_mean(entry.key, plain)
                what = f"'{entry.key}' is a blend itself" if entry.key in known else f"there is no plan '{entry.key}'"
                self.draft.fault("KR643", f"{what}; a blend is made of other plans", entry.where, fix)
        kept = tuple(self._part(part) for part in parts)
        return Plan(id_, word, kept, blend, item.text("because"), item.key_where("id"))

    def _fits(self, item: Mapping, found: Kind, parts: tuple[Mapping, ...]) -> None:
        """Hold the parts against the kind of plan."""
        given = tuple(part.text("of") for part in parts)
        wanted = found.PARTS
        if not wanted:
            right, need = not parts and "blend" in item, "no parts, and blend: with the plans that it is made of"
        elif found.ONE_OF:
            right, need = len(given) == 1 and "blend" not in item, f"one part, of: {' or '.join(wanted)}"
        else:
            right, need = sorted(given) == sorted(wanted) and "blend" not in item, f"one part each of: {' and of: '.join(wanted)}"
        if not right:
            self.draft.fault(
                "KR643", f"'{item.text('id')}' is a {found.TITLE} plan, which has {need}", item.key_where("kind"), f"give it {need}"
            )

    def _sum(self, shares: object, what: str, where: Where) -> None:
        found = [self.draft.percent(share) for share in shares if isinstance(share, Scalar)]  # type: ignore[attr-defined]
        total = sum(found, Fraction(0))
        if found and (total != 1 or min(found) <= 0):
            told = "hold one that is not above 0%" if total == 1 else f"sum to {percent(total)}, not to 100%"
            fix = "take it out" if total == 1 else f"{'raise' if total < 1 else 'lower'} them by {percent(abs(1 - total))} in all"
            self.draft.fault("KR642", f"{what} {told}", where, fix)

    def _part(self, doc: Mapping) -> Part:
        items = doc.maps("measures")
        self._sum((item.scalar("weight") for item in items), f"the weights of the part of: {doc.text('of')}", doc.key_where("measures"))
        measures = tuple(found for item in items if (found := self._measure(item)) is not None)
        scope = Scope("incentives", {m.text("id"): Name(m.text("id"), Type.RATIO) for m in items})
        gates = self._limits(doc.maps("gates"), "at_most", scope)
        modifiers = self._limits(doc.maps("modifiers"), "times", scope)
        return Part(doc.text("of"), self.draft.percent(doc.scalar("share")), measures, gates, modifiers)

    def _measure(self, item: Mapping) -> Measure | None:
        form, direction, curve = item.text("attainment"), item.text("direction"), item.scalar("curve")
        if FORMS[form] != direction:
            fitting = " or ".join(one for one, way in FORMS.items() if way == direction)
            message = f"'{form}' rises where '{item.text('id')}' gets {FORMS[form]}, and {direction} is better"
            self.draft.fault("KR641", message, item.key_where("attainment"), f"write attainment: {fitting}, or turn the direction round")
        if curve is None:
            return None
        if curve.text not in self.curves:
            self.draft.fault("KR311", f"there is no curve '{curve.text}'", curve.where, did_you_mean(curve.text, self.curves))
            return None
        quota = item.text("target") == "quota"
        weight = self.draft.percent(item.scalar("weight"))
        return Measure(item.text("id"), weight, form, self.curves[curve.text], quota, item.key_where("id"), item.text("because"))

    def _limits(self, items: tuple[Mapping, ...], key: str, scope: Scope) -> tuple[Limit, ...]:
        self.draft.unique(((item.text("id"), item.key_where("id")) for item in items), "gate" if key == "at_most" else "modifier")
        found = []
        for item in items:
            when = item.scalar("when")
            node = self.draft.expression(when, scope, Type.FLAG) if when is not None else None
            if node is not None and when is not None:
                share = self.draft.percent(item.scalar(key))
                found.append(Limit(item.text("id"), node, share, when.text, item.key_where("id"), item.text("because")))
        return tuple(found)
