"""This key belongs to the language, and stands in another place than here.

It is refused, since a rule that is read and not applied would look like one that is. The message says where it is read.
Where nothing in a file belongs there, it is another file than the one asked for, such as the data file in the place of the
policy.

Example:
    nominations: {file: nominations.csv, columns: {list: asked, account_id: account_id}}

Instead:
    # nominations.yaml, read by: kam-rules report define RUN --nominations nominations.yaml
    nominations:
      file: nominations.csv
      columns: {list: asked, account_id: account_id, reason: why}
"""

TITLE = "Stands elsewhere"
LEVEL = "error"
