"""The policy says nothing of pay, the run does not know who holds which quota, or a quota is not assigned.

Plans are assigned by the facts of a person's book, and measures can be held against the quota of the run; both need a run
with `reps` in its data file and a `reconciliation` in its policy. A team that is escalated has no quota until somebody decides.

Example:
    kam-rules pay RUN pay.yaml        the policy has no incentives section

Instead:
    write incentives: into the policy (kam-rules schema incentives), run again, and pay by the new run
"""

TITLE = "This run cannot be paid by"
LEVEL = "error"
