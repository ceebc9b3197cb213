"""Turns: accepted durably, run one at a time per conversation, recorded as they happen."""
