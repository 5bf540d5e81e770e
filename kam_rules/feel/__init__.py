"""The expression language: a subset of FEEL (OMG DMN) plus percent literals; grammar, types and printer, no meaning."""
