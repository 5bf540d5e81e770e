"""What a trigger says of the table that it watches, lowered to a truth of each account and a condition on the rest."""

from __future__ import annotations

from kam_rules.feel.scope import Name, Scope
from kam_rules.model.document import Mapping
from kam_rules.model.names import did_you_mean
from kam_rules.model.tree import And, Node, Read, both, reads
from kam_rules.model.types import Type
from kam_rules.model.watch import EVENTS, Watch, Window
from kam_rules.sections._draft import Draft
from kam_rules.windows import keys, read, samples

SEEN = "_seen"


def watched(item: Mapping, draft: Draft) -> Node | None:
    """Return the condition of a trigger that watches a table, and keep the watch; None after a fault."""
    table, when, id_ = item.scalar("watch"), item.scalar("when"), item.text("id")
    if table is None or when is None:
        return None
    if table.text not in draft.tables:
        fix = did_you_mean(table.text, list(draft.tables)) if draft.tables else "declare its columns under tables"
        draft.fault("KR362", f"there is no table '{table.text}'", table.where, fix)
        return None
    window = _window(item, table.text, draft)
    columns = {field.name: Name(field.name, field.type, field.values) for field in draft.tables[table.text]}
    scope = draft.scope("triggers")
    node = draft.expression(when, Scope(table.text, {**scope.names, **columns}, scope.broken, scope.elsewhere), Type.FLAG)
    if node is None or window is None:
        return None
    parts = node.items if isinstance(node, And) else (node,)
    rows = [part for part in parts if set(reads(part)) & set(columns)]
    dated = {*columns, *draft.assumptions, "as_of"}
    mixed = [name for part in rows for name in reads(part) if name not in dated]
    if mixed:
        message = f"'{mixed[0]}' is of the account, and is compared with a row of {table.text}"
        draft.fault("KR361", message, when.where, f"compare the row with a number, and say the rest after and: … and {mixed[0]} …")
        return None
    if not rows:
        fix = f"name one of: {', '.join(columns)}; or take watch: out"
        draft.fault("KR361", f"the condition reads nothing of {table.text}", when.where, fix)
        return None
    fact = f"{id_}{SEEN}"
    if not draft.name(fact, item.key_where("id")):
        return None
    text = ", ".join(f"{key} {item.text(key)}" for key in keys() if key in item)
    draft.watches += (Watch(id_, fact, table.text, both(*rows), window, text, item.key_where("watch")),)
    return both(Read(fact, Type.FLAG), *(part for part in parts if part not in rows))


def _window(item: Mapping, table: str, draft: Draft) -> Window | None:
    """Return the window of a trigger; None after a fault."""
    said = [key for key in keys() if key in item]
    wants = " or ".join(sample for key in keys() for sample in samples(key) if not (table == EVENTS and key == "for"))
    if not said:
        message = f"'{item.text('id')}' watches {table} and does not say how often, or within how many days"
        draft.fault("KR360", message, item.key_where("watch"), f"add {wants}")
        return None
    window = Window()
    for key in said:
        if key == "for" and (table == EVENTS or len(said) > 1):
            message = "events have no quarters to count" if table == EVENTS else "'for' counts quarters by itself"
            draft.fault("KR360", message, item.key_where(key), f"write {wants}" if table == EVENTS else f"take out {said[-1]} or for")
            return None
        found = read(key, item.text(key), window)
        if found is None or (found.periods is not None and found.least > found.periods):
            samples_ = " or ".join(samples(key))
            draft.fault("KR360", f"'{key}: {item.text(key)}' is no window", item.key_where(key), f"write {samples_}")
            return None
        window = found
    return window
