"""A policy's lists as sheets that a person edits, and back: what the sheets cannot hold stays in the policy, untouched."""
