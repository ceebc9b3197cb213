"""What happened, in figures: kept as it happens, so that asking costs no more the longer the history is."""
