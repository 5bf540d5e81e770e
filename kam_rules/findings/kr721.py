"""No criterion looks at one quarter of article 001's two-by-two.

The article sorts criteria by three questions: do they tell of the customer (external) or of us (internal), of today or of
what may come, and are they counted or judged. Over each pair of them, a quarter without weight is a view nobody takes.

Example:
    - {id: revenue, about: us, horizon: current, weight: 60%}
    - {id: headroom, about: customer, horizon: future, weight: 40%}

Instead:
    - {id: revenue, about: us, horizon: current, weight: 30%}
    - {id: our_chance, about: us, horizon: future, weight: 20%}
    - {id: penetration, about: customer, horizon: current, weight: 20%}
    - {id: headroom, about: customer, horizon: future, weight: 30%}
"""

TITLE = "An empty quarter of the two-by-two"
LEVEL = "warning"
