"""The JSON schemas that editors and other programs read, made from the words themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from kam_rules.evidence.pack import FORMAT as RUN_FORMAT
from kam_rules.model.refusal import unwritable
from kam_rules.model.schema import AWAY, Schema, partial
from kam_rules.pipeline.datafile import data_schema
from kam_rules.pipeline.explain import FORMAT as TRAIL_FORMAT
from kam_rules.pipeline.explain_quota import FORMAT as QUOTA_FORMAT
from kam_rules.pipeline.overrides import overrides_schema
from kam_rules.pipeline.roster import roster_schema
from kam_rules.pipeline.shapes_manifest import manifest_schema
from kam_rules.pipeline.shapes_quota import quota_schema, reconciliation_schema
from kam_rules.pipeline.shapes_trail import trail_schema
from kam_rules.pipeline.told_quota import FORMAT as RECONCILIATION_FORMAT
from kam_rules.pipeline.trials.shapes import tests_schema
from kam_rules.pipeline.waivers import waivers_schema
from kam_rules.sections import policy_schema
from kam_rules.yearly import year_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def all_schemas() -> Mapping[str, Schema]:
    """Return every published schema by its file name."""
    told = {
        "policy.schema.json": ("A kam-rules policy", policy_schema()),
        "extending.schema.json": ("A kam-rules policy that extends another", _extending()),
        "data.schema.json": ("A kam-rules data file", data_schema()),
        "waivers.schema.json": ("The waivers of a kam-rules policy", waivers_schema()),
        "overrides.schema.json": ("The overrides of a kam-rules policy", overrides_schema()),
        "roster.schema.json": ("A kam-rules roster", roster_schema()),
        "tests.schema.json": ("The tests of a kam-rules policy", tests_schema()),
        "year.schema.json": ("Tables that come during or after the year", year_schema()),
        "trail.schema.json": (f"The trail of one account, {TRAIL_FORMAT}", trail_schema()),
        "quota.schema.json": (f"The trail of a quota, {QUOTA_FORMAT}", quota_schema()),
        "reconciliation.schema.json": (f"The gap and the quotas of a run, {RECONCILIATION_FORMAT}", reconciliation_schema()),
        "manifest.schema.json": (f"The manifest of a run, {RUN_FORMAT}", manifest_schema()),
    }
    return {name: {"$schema": DIALECT, "title": title} | schema for name, (title, schema) in told.items()}


def _extending() -> Schema:
    """Return the schema of a policy that extends another: `extends` and days of its own, of the rest what differs."""
    found = partial(policy_schema())
    own = {name: policy_schema()["properties"][name] for name in ("extends", "effective")}
    return found | {"$defs": AWAY, "required": list(own), "properties": {**found["properties"], **own}}


def written(schema: Schema) -> str:
    """Return a schema as its file holds it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> tuple[Path, ...]:
    """Write all schemas into a folder.

    Raises:
        UsageError: KR502 the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in all_schemas().items():
            (folder / name).write_text(written(schema), encoding="utf-8")
    except OSError as error:
        raise unwritable(error, folder, "choose a folder that you may write to") from None
    return tuple(folder / name for name in all_schemas())
