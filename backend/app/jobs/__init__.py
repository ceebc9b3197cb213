"""Background jobs: the one loop that looks for work, and the one that holds it by lease."""
