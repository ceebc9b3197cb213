"""Actions, the writes of tools: who must consent, and how each reaches its target at most once."""
