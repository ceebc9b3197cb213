"""Search, replay, export, redaction, erasure and retention of what happened in conversations."""
