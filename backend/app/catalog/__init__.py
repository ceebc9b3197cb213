"""Live tools and agents, whatever their source."""
