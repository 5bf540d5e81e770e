"""The calculation mixes units that have nothing in common.

Amounts are added to amounts and percents to percents. An amount divided by an amount is a ratio. An amount times a
ratio, or times a bare number, is an amount. Days between two dates are counted with days(from, to).

Example:
    is: base_revenue + 5%

Instead:
    is: base_revenue * 105%
"""

TITLE = "Units that do not fit"
LEVEL = "error"
