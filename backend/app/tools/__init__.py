"""What an agent can do: API operations and built-in functions."""
