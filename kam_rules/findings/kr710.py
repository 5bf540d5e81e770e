"""Whatever the criterion scores, the tier stays the same.

Its weight is too small, or its scores lie too close, to carry any composite across an edge of a tier. It costs someone
the trouble of answering it. This is proved over every composite that the other criteria can add up to.

Example:
    - {id: growth, weight: 95%, bands: [{from: lowest, score: 0}, {from: 50000, score: 100}]}
    - {id: ease, weight: 5%, bands: [{is: 1, score: 0}, {is: 2, score: 100}]}
    tiers: {rules: [{id: key, when: score >= 50}, {id: core, otherwise: true}]}

Instead:
    - {id: growth, weight: 45%, bands: [{from: lowest, score: 0}, {from: 50000, score: 100}]}
    - {id: ease, weight: 55%, bands: [{is: 1, score: 0}, {is: 2, score: 100}]}
    tiers: {rules: [{id: key, when: score >= 50}, {id: core, otherwise: true}]}
"""

TITLE = "A criterion that changes no tier"
LEVEL = "warning"
