"""The criteria cannot add up to a score that meets the condition.

Each criterion is taken at the best and the worst that its bands, its line and the contract of its measure allow. The
range that they add up to is told; the edge lies outside.

Example:
    criteria:
      - {id: growth, weight: 100%, bands: [{from: lowest, score: 0}, {from: 50000, score: 70}]}
    tiers:
      rules: [{id: strategic, when: score >= 75}, {id: core, otherwise: true}]

Instead:
    criteria:
      - {id: growth, weight: 100%, bands: [{from: lowest, score: 0}, {from: 50000, score: 100}]}
    tiers:
      rules: [{id: strategic, when: score >= 75}, {id: core, otherwise: true}]
"""

TITLE = "A tier that no score can reach"
LEVEL = "error"
