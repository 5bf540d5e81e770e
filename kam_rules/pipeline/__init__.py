"""The verbs: each a plain function from noun to noun. In order: load, shape, check, compile, decide, seat, explain."""
