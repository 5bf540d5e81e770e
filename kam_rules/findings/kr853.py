"""The tests reach too little of the policy.

A rule is reached where it decides; an edge by a test exactly on it and one just past it; a gate by each of its answers.
What no test reaches can change unseen.

Example:
    kam-rules test policy.yaml --threshold 100        with no test in which a trigger fires

Instead:
    kam-rules test policy.yaml --coverage             lists what is missed
    kam-rules test generate policy.yaml               writes a test for each edge
"""

TITLE = "Too little is tested"
LEVEL = "error"
