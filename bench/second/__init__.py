"""The second policy, `policies/second.yaml`: its book, its plain-Python meaning, and the same rules in Polars by hand."""
