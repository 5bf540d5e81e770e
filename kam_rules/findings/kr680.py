"""A column looks like what customers pay us, and is something else.

`AnnualRevenue` of a CRM is what the customer itself turns over; a "converted" amount is at the rate of the day it was
exported. Either makes a base many times too large or never the same twice, so neither feeds the base by accident.

Example:
    columns:
      base_revenue: AnnualRevenue

Instead:
    columns:
      base_revenue: ARR__c
"""

TITLE = "A column that is not what it looks like"
LEVEL = "error"
