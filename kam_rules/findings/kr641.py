"""A measure's form of attainment rises where the measure itself is to fall, or the other way round.

"Churn that exceeds the average" can be read both ways, so each measure declares its direction, and the form is held against
it. Where less is better there are two forms, and they pay differently: a churn of 5% against a target of 4% is 80% by
`target / actual`, 75% by `2 - actual / target`.

Example:
    {id: churn, weight: 10%, direction: lower, attainment: actual / target, target: results, curve: steady}

Instead:
    {id: churn, weight: 10%, direction: lower, attainment: 2 - actual / target, target: results, curve: steady}
"""

TITLE = "The form does not fit the direction"
LEVEL = "error"
