"""A function signed the policy after the policy had taken effect.

People were decided on by rules that nobody had agreed to yet. The policy is in force all the same, and every run says
that the signature came late.

Example:
    effective from 2026-02-01, signed on 2026-03-15

Instead:
    sign first; or let `effective:` begin later
"""

TITLE = "A policy signed after it takes effect"
LEVEL = "warning"
