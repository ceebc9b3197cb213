"""Routing: which agent answers a message."""
