"""A predecessor that the run does not know.

Lineage tells what became of the accounts of a run, by their ids of its first day; one without a base had nothing that could
go over. The year was not judged.

Example:
    from,into,kind,base_carried
    ACC-99,ACC-1,merged,100000

Instead:
    from,into,kind,base_carried
    ACC-9,ACC-1,merged,100000
"""

TITLE = "A predecessor without a base in the run"
LEVEL = "error"
