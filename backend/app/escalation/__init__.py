"""Webhooks that tell another system of a conversation handed to a person."""
