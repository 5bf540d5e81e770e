"""A rule can never fire: every account that meets it falls to rules above it.

Rules are asked from the top and the first true one decides. An edge that lets everyone through above a stricter one
leaves the stricter one nobody. The rules that take its accounts are named, and an account shows it.

Example:
    - {id: key, when: score >= 40}
    - {id: strategic, when: score >= 80}

Instead:
    - {id: strategic, when: score >= 80}
    - {id: key, when: score >= 40}
"""

TITLE = "A rule that can never fire"
LEVEL = "error"
