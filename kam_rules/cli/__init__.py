"""The command line: one file a command; each parses, calls the engine and renders. No rule stands here."""
