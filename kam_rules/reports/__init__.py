"""Reports: one kind a file, each a plain function from a noun to the format-free report."""
