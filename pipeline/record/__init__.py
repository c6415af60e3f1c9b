"""The store of truth."""
