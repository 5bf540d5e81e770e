"""The contract of what is measured rules out every value of the band.

Nobody will ever score it, so the scale has fewer steps than it shows. The example lies in the nearest band that can be
reached.

Example:
    fields:
      sellers: {type: integer, min: 1}
    bands: [{from: lowest, score: 0}, {from: 1, score: 100}]

Instead:
    fields:
      sellers: {type: integer, min: 0}
    bands: [{from: lowest, score: 0}, {from: 1, score: 100}]
"""

TITLE = "A band that no value can reach"
LEVEL = "warning"
