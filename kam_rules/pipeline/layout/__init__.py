"""A policy's text changed in place: its layout, its small faults, its figures. What is not changed stays, sign for sign."""
