"""kam-rules: a rules engine with policy as configuration for key-account management."""
