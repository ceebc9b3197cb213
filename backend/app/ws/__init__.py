"""Frames of the WebSocket, in and out."""
