"""Who is asking, what they may do, how often; and the secrets that show it."""
