"""Two things have the same name, or a name is a word of the language itself.

Whoever reads the name elsewhere could not tell which of the two is meant. Fields, metrics and assumptions share one
set of names. account_id, account_name, parent, owner and currency are built in.

Example:
    fields:
      wallet: {type: money}
    metrics:
      wallet: {type: money, is: base_revenue * 2}

Instead:
    fields:
      wallet: {type: money}
    metrics:
      wallet_ceiling: {type: money, is: base_revenue * 2}
"""

TITLE = "A name is defined twice"
LEVEL = "error"
