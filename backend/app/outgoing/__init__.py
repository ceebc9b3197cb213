"""Outgoing HTTP: requests to addresses that a person or a document supplied, and nowhere that was not allowed."""
