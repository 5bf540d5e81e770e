"""The run keeps no data, since its policy says `evidence: {inputs: hashes}`, and the data are not where they lay.

Every figure that a rule read is then taken from the data themselves. Run the command in the folder in which the run was
made, or name the data file with `--data` (verify, explain, audit; in Python `engine.read(run, data=...)`).

Example:
    kam-rules verify runs/july                        # elsewhere than where the run was made

Instead:
    kam-rules verify runs/july --data vault/july/data.yaml
"""

TITLE = "The data of a run without data are not there"
LEVEL = "error"
