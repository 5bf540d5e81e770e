"""Who the key accounts are: what they bring, beside who else brings it, and beside whom people would have named."""
