"""Tools of agents: API operations and built-in functions."""
