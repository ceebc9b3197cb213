"""Finding, reading, keeping and forgetting what happened in conversations."""
