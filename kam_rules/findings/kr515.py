"""The policy lets no run copy its data, and these came as a frame: nobody could find them again.

Write the frame to a file, name that in a data file, and run on it.

Example:
    engine.write(engine.run("policy.yaml", frame, as_of=day), "runs/july")

Instead:
    frame.to_csv("accounts.csv", index=False)
    engine.write(engine.run("policy.yaml", "data.yaml"), "runs/july")
"""

TITLE = "Data that could not be found again"
LEVEL = "error"
