"""A supporting function has not agreed to what the policy says that it brings.

States call on it, accounts are promised it, and nobody who would have to do it has said yes. A policy is not in force before
it has.

Example:
    product_management: {contributes: First access to new functionality, agreed: false}

Instead:
    product_management: {contributes: First access to new functionality, agreed: true, source: "Product, 14 January 2026"}
"""

TITLE = "A function has not agreed"
LEVEL = "warning"
