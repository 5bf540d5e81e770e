"""The policy has tier_changes, and the data name no history.

Nobody holds a tier, so every account is seated by its score alone, as in a first year. From the second review on this
is probably not what is meant.

Example:
    accounts: {file: accounts.csv, …}

Instead:
    accounts: {file: accounts.csv, …}
    history: {file: history.csv, columns: {account_id: account_id, review: review, tier: tier}}
"""

TITLE = "No history"
LEVEL = "note"
