"""Two rules of a list with hit: unique can be true for the same account.

Such a list decides only where exactly one rule is true. Where two are, nothing is decided, and the account stays
undecided. An account shows it.

Example:
    hit: unique
    rules:
      - {id: at_risk, when: health_score <= 50}
      - {id: mature, when: health_score >= 50}

Instead:
    hit: unique
    rules:
      - {id: at_risk, when: health_score < 50}
      - {id: mature, when: health_score >= 50}
"""

TITLE = "Two rules that can hold at once"
LEVEL = "error"
