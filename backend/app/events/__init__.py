"""One event log per conversation: stored, then fanned out to whoever watches."""
