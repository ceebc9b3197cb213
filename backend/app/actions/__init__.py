"""Writes: who must consent, and how each reaches its target at most once."""
