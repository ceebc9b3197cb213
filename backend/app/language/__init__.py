"""Text analysis that search, labels and the demo share. English."""
