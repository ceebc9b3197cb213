"""Background jobs: the one loop that polls for work, and the one that holds work by lease."""
