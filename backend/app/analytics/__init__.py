"""Analytics: figures of what happened, rolled up as it happens, so that asking costs no more the longer the history."""
