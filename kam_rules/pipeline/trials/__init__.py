"""Tests beside the policy: read, decided by every engine, compared, counted, and written."""
