"""The database that the accounts come from cannot be asked: it is not there, or refuses, or does not know the query.

The address stands in the data file without a password, or whole in an environment variable that the data file names.
Passwords are never printed. Nothing was decided.

Example:
    accounts:
      database: postgresql+psycopg://kam:secret@crm.example/crm
      query: select * from accounts

Instead:
    accounts:
      database: CRM_DATABASE
      query: select * from accounts
"""

TITLE = "A database that cannot be asked"
LEVEL = "error"
