"""The policy watches a table that the data do not name.

Its triggers are unknown for every account: nothing is proposed, and nothing is ruled out.

Example:
    accounts: {file: accounts.csv, …}

Instead:
    accounts: {file: accounts.csv, …}
    events: {file: events.csv, columns: {account_id: account_id, date: day, event: type}}
"""

TITLE = "A watched table that is not there"
LEVEL = "note"
